"""The rules by which rows decide, as one check of the chain.

On an object: an administrator may everything, and so may the owner. For everybody else the
user's own row decides, else the highest row of his active groups, else the row of ``default``,
which a private repository masks. Under the rule ``highest`` the highest of the three decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, func, literal, or_, select, union_all

from kallithea_host import schema
from kallithea_host.permissions import (
    ADMINISTRATOR,
    GLOBAL_PAIRS,
    REPOSITORY,
    PermissionCheck,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, ScalarSelect

    from kallithea_host import Caller
    from kallithea_host.permissions import Kind, Level, Opinion
    from kallithea_host.rules import PermissionRule

ADMINISTRATOR_NAMES: Final = (ADMINISTRATOR, "hg.create.write_on_repogroup.true")

_members, _groups = schema.user_group_members, schema.user_groups
_own, _of_groups = schema.user_permissions, schema.user_group_permissions
_NAMES: Final = union_all(
    select(_own.c.user_id, _own.c.name).where(
        _own.c.user_id.in_((schema.default_user_id, bindparam("user_id")))
    ),
    select(literal(0), _of_groups.c.name)
    .join(_groups, _groups.c.users_group_id == _of_groups.c.users_group_id)
    .join(_members, _members.c.users_group_id == _groups.c.users_group_id)
    .where(_groups.c.active, _members.c.user_id == bindparam("user_id")),
)


class GrantedPermissions(PermissionCheck):
    """What was granted, by the rule that the server's owner chose."""

    def __init__(self, rule: PermissionRule) -> None:
        self._rule = rule

    def may(self, db: Connection, caller: Caller, permission: str) -> bool | None:
        """Administrators may everything; others what the names they have say."""
        return caller.admin or permission in self.names(db, caller) or None

    def names(self, db: Connection, caller: Caller) -> Iterable[str]:
        """Everybody's names, those of the user's active groups, and his own.

        Of a choice between names, a row of the user's own replaces what the others say.
        """
        if caller.admin:
            return set(ADMINISTRATOR_NAMES)
        rows = db.execute(_NAMES, {"user_id": caller.user_id}).all()
        own = {name for user_id, name in rows if user_id == caller.user_id}
        inherited = {name for user_id, name in rows if user_id != caller.user_id}
        for choice in GLOBAL_PAIRS:
            if own.intersection(choice):
                inherited.difference_update(choice)
        return own | inherited

    def may_on(self, db: Connection, caller: Caller, kind: Kind, level: Level) -> Opinion:  # noqa: ARG002
        """The rows on which the caller has the level, by ownership or by grants."""
        if caller.admin:
            return True
        own = _own_level(kind, caller.user_id)
        groups = _groups_level(kind, caller.user_id)
        default = _default_level(kind)
        if self._rule == "highest":
            enough = or_(own >= int(level), groups >= int(level), default >= int(level))
        else:
            enough = func.coalesce(own, groups, default, 0) >= int(level)
        return or_(kind.table.c.owner_id == caller.user_id, func.coalesce(enough, False))


def _own_level(kind: Kind, user_id: int) -> ScalarSelect[Any]:
    rows = kind.grants.users.alias()
    return (
        select(rows.c.level)
        .where(rows.c.object_id == kind.id, rows.c.user_id == user_id)
        .correlate(kind.table)
        .scalar_subquery()
    )


def _groups_level(kind: Kind, user_id: int) -> ScalarSelect[Any]:
    rows, groups = kind.grants.user_groups, schema.user_groups.alias()
    return (
        select(func.max(rows.c.level))
        .join(groups, groups.c.users_group_id == rows.c.users_group_id)
        .join(_members, _members.c.users_group_id == groups.c.users_group_id)
        .where(rows.c.object_id == kind.id, groups.c.active, _members.c.user_id == user_id)
        .correlate(kind.table)
        .scalar_subquery()
    )


def _default_level(kind: Kind) -> Any:
    level = _own_level(kind, schema.default_user_id)
    if kind is REPOSITORY:
        return case((kind.table.c.private, 0), else_=level)
    return level
