"""Times as this server keeps them: naive UTC in the database, ISO 8601 without zone in results."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, as the database stores it (UTC, no zone)."""
    return datetime.now(UTC).replace(tzinfo=None)


def stored(moment: datetime) -> datetime:
    """An aware moment, as the database stores it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds only when they are not zero, as results show it."""
    text = moment.isoformat(timespec="milliseconds")
    return text.removesuffix(".000")


def from_epoch(seconds: float) -> datetime:
    """The stored form of a moment given in seconds since 1970."""
    return stored(datetime.fromtimestamp(seconds, UTC))
