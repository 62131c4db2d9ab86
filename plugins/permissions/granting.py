"""Granting and revoking: names checked against their kind, one row for a grantee and an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, update

from kallithea_host import BadRequest, NotFound
from kallithea_host.permissions import GLOBAL_NAMES, LEVEL_NAMES

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Table

    from kallithea_host import Kind, Level


def level_of(kind: Kind, name: str) -> Level:
    """The level that a permission name stands for; refuses what is no name, and other kinds'."""
    if name not in LEVEL_NAMES and name not in GLOBAL_NAMES:
        raise NotFound(f"permission `{name}` does not exist")
    named, level = LEVEL_NAMES.get(name, (None, None))
    if named is not kind or level is None:
        raise BadRequest(f"permission `{name}` is invalid, should start with {kind.prefix}.")
    return level


def put(db: Connection, rows: Table, level: Level, **key: int) -> None:
    """Set the level of the row with a key, which keeps its place if it exists."""
    changed = db.execute(update(rows).where(_has(rows, key)).values(level=int(level)))
    if not changed.rowcount:
        db.execute(insert(rows).values(**key, level=int(level)))


def remove(db: Connection, rows: Table, **key: int) -> bool:
    """Remove the row with a key; whether there was one."""
    return db.execute(delete(rows).where(_has(rows, key))).rowcount > 0


def _has(rows: Table, key: dict[str, int]) -> ColumnElement[bool]:
    return and_(*(rows.c[column] == value for column, value in key.items()))
