"""What the modules of this plugin declare their methods on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kallithea_host import Methods

if TYPE_CHECKING:
    from kallithea_host.result_types import Done

methods: Final = Methods("permissions")

ALIASES: Final = {"usergroupid": ("usersgroupid",)}
"""The documentation of the API names the argument either way."""


def success(msg: str) -> Done:
    """What granting and revoking answer."""
    return {"msg": msg, "success": True}
