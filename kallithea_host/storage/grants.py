"""The permission rows that new objects begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, literal, select

from kallithea_host import schema
from kallithea_host.kinds import LEVEL_NAMES, Kind, Level

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def default_level(db: Connection, kind: Kind) -> Level:
    """What everybody gets on a new object of a kind, by the permission names of ``default``."""
    named = schema.user_permissions
    names = db.scalars(select(named.c.name).where(named.c.user_id == schema.default_user_id))
    levels = [LEVEL_NAMES[name][1] for name in names if name.startswith(f"{kind.prefix}.")]
    return max(levels, default=Level.NONE)


def grant_user(db: Connection, kind: Kind, user_id: int, object_id: int, level: Level) -> None:
    """Add the row of a user on a new object."""
    row = {"user_id": user_id, "object_id": object_id, "level": int(level)}
    db.execute(insert(kind.grants.users).values(row))


def replace_user(db: Connection, kind: Kind, user_id: int, object_id: int, level: Level) -> None:
    """As ``grant_user``, for an object on which the user may have got a row already."""
    rows = kind.grants.users
    db.execute(delete(rows).where(rows.c.user_id == user_id, rows.c.object_id == object_id))
    grant_user(db, kind, user_id, object_id, level)


def copy(db: Connection, source: Kind, source_id: int, target: Kind, target_id: int) -> None:
    """Give a new object the rows of another one, level for level, in their order."""
    _copy(db, source.grants.users, target.grants.users, "user_id", source_id, target_id)
    _copy(
        db,
        source.grants.user_groups,
        target.grants.user_groups,
        "users_group_id",
        source_id,
        target_id,
    )


def _copy(
    db: Connection, source: Table, target: Table, grantee: str, source_id: int, target_id: int
) -> None:
    rows = (
        select(source.c[grantee], literal(target_id), source.c.level)
        .where(source.c.object_id == source_id)
        .order_by(source.c.grant_id)
    )
    db.execute(insert(target).from_select([grantee, "object_id", "level"], rows))
