"""What the modules of this plugin declare their methods on."""

from __future__ import annotations

from typing import Any, Final

from kallithea_host import Methods

methods: Final = Methods("permissions")

ALIASES: Final = {"usergroupid": ("usersgroupid",)}
"""The documentation of the API names the argument either way."""


def success(msg: str) -> dict[str, Any]:
    """What granting and revoking answer."""
    return {"msg": msg, "success": True}
