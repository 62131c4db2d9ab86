"""User groups: accounts that are granted permissions together.

Methods, by module:

- ``reading``: ``get_user_group``, ``get_user_groups``
- ``changing``: ``create_user_group``, ``update_user_group``, ``delete_user_group``
- ``members``: ``add_user_user_group``, ``remove_user_from_user_group``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import hookimpl
from kallithea_plugins.usergroups import changing, members, reading
from kallithea_plugins.usergroups.declared import methods

if TYPE_CHECKING:
    from kallithea_host import Methods

__all__ = ["changing", "members", "reading"]


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods
