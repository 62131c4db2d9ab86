"""Permissions: the rules by which rows, groups and ownership decide, and granting and revoking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import Methods, hookimpl
from kallithea_plugins.permissions.rules import GrantedPermissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host.config import Settings
    from kallithea_host.permissions import PermissionCheck

methods = Methods("permissions")


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods


@hookimpl
def kallithea_permission_checks(settings: Settings) -> Iterable[PermissionCheck]:
    """The rules of Kallithea."""
    return [GrantedPermissions(settings.permission_rule)]
