"""The rules by which rows decide, as one check of the chain.

On an object: an administrator may everything, and so may the owner. For everybody else the
user's own row decides, else the highest row of his active groups, else the row of ``default``,
which a private repository masks. Under the rule ``highest`` the highest of the three decides.
No row at all is as good as none. Whom the rows give too little, other checks may give more: this
one has no opinion then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, func, literal, or_, select, true, union_all

from kallithea_host import schema
from kallithea_host.permissions import (
    ADMINISTRATOR,
    GLOBAL_PAIRS,
    KINDS,
    REPOSITORY,
    PermissionCheck,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

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

        Of a choice between names, a row of the user's own replaces what the others say; else the
        most permissive one holds. ``hg.admin`` is a flag of the account, never a row.
        """
        if caller.admin:
            return set(ADMINISTRATOR_NAMES)
        rows = db.execute(_NAMES, {"user_id": caller.user_id}).all()
        own = {name for user_id, name in rows if user_id == caller.user_id}
        names = own | {name for _, name in rows}
        names.discard(ADMINISTRATOR)
        for choice in GLOBAL_PAIRS:
            stated = [name for name in choice if name in (own if own & {*choice} else names)]
            names.difference_update(choice)
            names.update(stated[-1:])
        return names

    def may_on(self, db: Connection, caller: Caller, kind: Kind, level: Level) -> Opinion:  # noqa: ARG002 - nothing to ask the database beforehand
        """The rows on which the caller has the level, by ownership or by grants."""
        if caller.admin:
            return True
        levels = _LEVELS[kind.prefix].of(caller.user_id)
        if self._rule == "highest":
            enough = or_(*(func.coalesce(stated, 0) >= int(level) for stated in levels))
        else:
            enough = func.coalesce(*levels, 0) >= int(level)
        return case((or_(kind.table.c.owner_id == caller.user_id, enough), true()))


class _Levels:
    """The levels that rows state, as subqueries of a statement over the table of a kind.

    All but the user's id is put together once: building such statements costs more than running
    them on one object.
    """

    def __init__(self, kind: Kind) -> None:
        users, groups = kind.grants.users.alias(), kind.grants.user_groups.alias()
        of, members = schema.user_groups.alias(), schema.user_group_members.alias()
        self._user_id, self._member_id = users.c.user_id, members.c.user_id
        self._user = select(users.c.level).where(users.c.object_id == kind.id).correlate(kind.table)
        self._groups = (
            select(func.max(groups.c.level))
            .join(of, of.c.users_group_id == groups.c.users_group_id)
            .join(members, members.c.users_group_id == of.c.users_group_id)
            .where(groups.c.object_id == kind.id, of.c.active)
            .correlate(kind.table)
        )
        self._default = self._own(schema.default_user_id)
        if kind is REPOSITORY:
            self._default = case((kind.table.c.private, 0), else_=self._default)

    def of(self, user_id: int) -> list[ColumnElement[Any]]:
        """The level of the user, of his groups and of ``default``; NULL where there is no row.

        The own row of ``default`` is everybody's, and masked like it.
        """
        groups = self._groups.where(self._member_id == user_id).scalar_subquery()
        own = [] if user_id == schema.default_user_id else [self._own(user_id)]
        return [*own, groups, self._default]

    def _own(self, user_id: int) -> ColumnElement[Any]:
        return self._user.where(self._user_id == user_id).scalar_subquery()


_LEVELS: Final = {kind.prefix: _Levels(kind) for kind in KINDS.values()}
