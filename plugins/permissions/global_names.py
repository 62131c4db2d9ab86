"""Global permission names: granted to users, to user groups, and to ``default``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, exists, insert, select

from kallithea_host import BadRequest, NotFound, schema
from kallithea_host.kinds import ADMINISTRATOR, GLOBAL_NAMES, GLOBAL_PAIRS, LEVEL_NAMES, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, Connection, Table


class Grantees(NamedTuple):
    """Users or user groups, and the table of the names granted to them."""

    word: str
    names: Table
    key: Column[int]
    """The column of that table that says to whom."""
    id: Column[int]
    name: Column[str]


USERS: Final = Grantees(
    "user",
    schema.user_permissions,
    schema.user_permissions.c.user_id,
    schema.users.c.user_id,
    schema.users.c.username,
)
GROUPS: Final = Grantees(
    "group",
    schema.user_group_permissions,
    schema.user_group_permissions.c.users_group_id,
    schema.user_groups.c.users_group_id,
    schema.user_groups.c.group_name,
)


class Grantee(NamedTuple):
    """One user or user group."""

    among: Grantees
    id: int
    name: str

    @property
    def is_everybody(self) -> bool:
        """Whether this is ``default``."""
        return self.among is USERS and self.id == schema.default_user_id


def granted(db: Connection, among: Grantees, only: int | None = None) -> list[tuple[str, str, str]]:
    """Who was granted what, ordered by id: ``user`` or ``group``, its name, the permission.

    Args:
        db: the transaction.
        among: users or user groups.
        only: the id of the one to list.
    """
    rows = (
        select(among.name, among.names.c.name)
        .join_from(among.id.table, among.names, among.id == among.key)
        .order_by(among.id, among.names.c.name)
    )
    if only is not None:
        rows = rows.where(among.id == only)
    return [(among.word, grantee, name) for grantee, name in db.execute(rows)]


def grant(db: Connection, grantee: Grantee, name: str) -> None:
    """Grant a name in place of what else its choice offers."""
    choice, names = _choice(grantee, name), grantee.among.names
    mine = grantee.among.key == grantee.id
    others = [other for other in choice if other != name]
    db.execute(delete(names).where(mine, names.c.name.in_(others)))
    if not db.scalar(select(exists().where(mine, names.c.name == name))):
        db.execute(insert(names).values({grantee.among.key: grantee.id, names.c.name: name}))


def revoke(db: Connection, grantee: Grantee, name: str) -> None:
    """Take a name back; refused if it was not granted."""
    _choice(grantee, name)
    if name in LEVEL_NAMES:
        raise BadRequest(f"`{name}` cannot be revoked, only replaced: grant another of its kind")
    names = grantee.among.names
    mine = grantee.among.key == grantee.id
    if not db.execute(delete(names).where(mine, names.c.name == name)).rowcount:
        raise NotFound(
            f"permission `{name}` was not granted to {grantee.among.word} `{grantee.name}`"
        )


def _choice(grantee: Grantee, name: str) -> Sequence[str]:
    """The names of which a grantee has one at most; refuses what he cannot be granted."""
    if name == ADMINISTRATOR:
        raise BadRequest(f"`{name}` is not granted: it is a flag of the user")
    if name in GLOBAL_NAMES:
        return next(choice for choice in GLOBAL_PAIRS if name in choice)
    if name not in LEVEL_NAMES:
        raise NotFound(f"permission `{name}` does not exist")
    if not grantee.is_everybody:
        raise BadRequest(f"`{name}` is what new objects give to everybody: only for `default`")
    kind, _ = LEVEL_NAMES[name]
    return [kind.permission(level) for level in Level]
