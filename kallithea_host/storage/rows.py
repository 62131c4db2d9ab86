"""Rows of the database as JSON, to be put back as they were."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, LargeBinary, insert, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Table


def dump(db: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The rows of a table that fit a condition, as plain JSON, in the order of their keys."""
    rows = db.execute(select(table).where(condition).order_by(*table.primary_key.columns))
    return [{key: _to_json(value) for key, value in row._mapping.items()} for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def load(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows back that ``dump`` gave."""
    if rows:
        db.execute(insert(table), [_from_json(table, row) for row in rows])


def _from_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    for column in table.columns:
        value = values.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, DateTime):
            values[column.name] = datetime.fromisoformat(value)
        elif isinstance(column.type, LargeBinary):
            values[column.name] = base64.b64decode(value)
    return values
