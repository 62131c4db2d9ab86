"""The rules by which rows decide, as one check of the chain.

On an object: an administrator may everything, and so may the owner. For everybody else the
user's own row decides, else the highest row of his active groups, else the row of ``default``,
which a private repository masks. Under the rule ``highest`` the highest of the three decides.
No row at all is as good as none. Whom the rows give too little, other checks may give more: this
one has no opinion then.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, func, literal, or_, select, true, union_all

from kallithea_host import schema
from kallithea_host.kinds import ADMINISTRATOR, GLOBAL_PAIRS, KINDS, REPOSITORY, Level
from kallithea_host.memory import remembered
from kallithea_host.permissions import CALLER_ID, PermissionCheck, constant
from kallithea_host.rules import STORED_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from kallithea_host import Caller
    from kallithea_host.kinds import Kind
    from kallithea_host.permissions import Opinion
    from kallithea_host.rules import ChosenRule, PermissionRule

ADMINISTRATOR_NAMES: Final = frozenset({ADMINISTRATOR, "hg.create.write_on_repogroup.true"})

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

    def __init__(self, rule: ChosenRule) -> None:
        self._rule: PermissionRule | None = None if rule == "as_imported" else rule

    def may(self, db: Connection, caller: Caller, permission: str) -> bool | None:
        """Administrators may everything; others what the names they have say."""
        return caller.admin or permission in self.names(db, caller) or None

    def names(self, db: Connection, caller: Caller) -> Iterable[str]:
        """Everybody's names, those of the user's active groups, and his own.

        Of a choice between names, a row of the user's own replaces what the others say; else the
        most permissive one holds. ``hg.admin`` is a flag of the account, never a row.
        """
        if caller.admin:
            return ADMINISTRATOR_NAMES
        return remembered(db, (_names, caller.user_id), lambda: _names(db, caller.user_id))

    def may_on(self, db: Connection, caller: Caller, kind: Kind, level: Level) -> Opinion:
        """The rows on which the caller has the level, by ownership or by grants."""
        if caller.admin:
            return True
        if self._rule is None:  # asked once: an import needs a folder that no daemon works on
            self._rule = _stored_rule(db)
        return _opinions(self._rule)[kind.prefix, level]


def _names(db: Connection, user_id: int) -> frozenset[str]:
    rows = db.execute(_NAMES, {"user_id": user_id}).all()
    own = {name for owner_id, name in rows if owner_id == user_id}
    names = own | {name for _, name in rows}
    names.discard(ADMINISTRATOR)
    for choice in GLOBAL_PAIRS:
        stated = [name for name in choice if name in (own if own & {*choice} else names)]
        names.difference_update(choice)
        names.update(stated[-1:])
    return frozenset(names)


def _stored_rule(db: Connection) -> PermissionRule:
    settings = schema.settings
    stored = db.scalar(select(settings.c.value).where(settings.c.name == STORED_RULE))
    return "highest" if stored == "highest" else "most_specific"


@cache
def _opinions(rule: PermissionRule) -> Mapping[tuple[str, Level], ColumnElement[Any]]:
    return {
        (kind.prefix, level): _opinion(kind, level, rule)
        for kind in KINDS.values()
        for level in Level
    }


def _opinion(kind: Kind, level: Level, rule: PermissionRule) -> ColumnElement[Any]:
    """Yes on what the caller owns, and where the rows give him enough; else no opinion."""
    needed, none = constant(level), constant(Level.NONE)
    if rule == "highest":
        enough = or_(*(func.coalesce(stated, none) >= needed for stated in _stated(kind)))
    else:
        enough = func.coalesce(*_stated(kind), none) >= needed
    return case((or_(kind.table.c.owner_id == CALLER_ID, enough), true()))


def _stated(kind: Kind) -> tuple[ColumnElement[Any], ...]:
    """The level of the caller's row, of his groups and of ``default``; NULL where there is no row.

    The own row of ``default`` is everybody's, and masked like it.
    """
    users, groups = kind.grants.users.alias(), kind.grants.user_groups.alias()
    of, members = schema.user_groups.alias(), schema.user_group_members.alias()
    default_id = constant(schema.default_user_id)
    row = select(users.c.level).where(users.c.object_id == kind.id).correlate(kind.table)
    own = row.where(users.c.user_id == CALLER_ID, users.c.user_id != default_id)
    of_groups = (
        select(func.max(groups.c.level))
        .join(of, of.c.users_group_id == groups.c.users_group_id)
        .join(members, members.c.users_group_id == of.c.users_group_id)
        .where(groups.c.object_id == kind.id, of.c.active, members.c.user_id == CALLER_ID)
        .correlate(kind.table)
    )
    default: ColumnElement[Any]
    default = row.where(users.c.user_id == default_id).scalar_subquery()
    if kind is REPOSITORY:
        default = case((kind.table.c.private, constant(Level.NONE)), else_=default)
    return own.scalar_subquery(), of_groups.scalar_subquery(), default
