"""Putting rows with ids of their own into a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Table


def add(db: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows, if there are any."""
    listed = list(rows)
    if listed:
        db.execute(insert(table), listed)


def go_on(db: Connection, table: Table) -> None:
    """Let PostgreSQL give out ids beyond those that were inserted; SQLite does so itself."""
    (key,) = table.primary_key.columns
    if db.dialect.name == "postgresql" and (last := db.scalar(select(func.max(key)))) is not None:
        sequence = "SELECT setval(pg_get_serial_sequence(:table, :column), :last)"
        db.execute(text(sequence), {"table": table.name, "column": key.name, "last": last})


def plain(value: str | None) -> str:
    """A text as the database takes it: null is empty, and NUL is no character."""
    return (value or "").replace("\0", "\ufffd")


def moment(value: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    """A time of the old server, which kept the local one, as UTC; ``zone``: None is this host's."""
    if value is None:
        return None
    local = value.replace(tzinfo=zone) if zone else value
    return local.astimezone(UTC).replace(tzinfo=None)
