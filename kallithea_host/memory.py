"""Remembering what was read for as long as it is sure to be true.

A reading connection keeps what was read through it until any process commits a change: SQLite
tells (``PRAGMA data_version``) for the price of a tenth of a statement. PostgreSQL does not tell,
so there a transaction remembers only what it read itself. A writing connection remembers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Connection

MOST: Final = 4096
"""Things a connection remembers before it begins anew."""
_MEMORY: Final = "kallithea memory"
_VERSION: Final = "kallithea data version"

Value = TypeVar("Value")


def remembered(db: Connection, key: Hashable, read: Callable[[], Value]) -> Value:
    """What ``read`` gives, without asking again before the database changes.

    The value is shared: nobody may change it. Things that grow with the database are too large.
    """
    memory: dict[Any, Any] | None = db.info.get(_MEMORY)
    if memory is None:
        return read()
    if key not in memory:
        if len(memory) >= MOST:
            memory.clear()
        memory[key] = read()
    value: Value = memory[key]
    return value


def begin(db: Connection, version: object = None) -> None:
    """A reading transaction begins; ``version`` differs when the database changed since.

    Without a version nothing of earlier transactions is remembered.
    """
    info = db.info
    if version is None or info.get(_VERSION) != version:
        info[_MEMORY] = {}
        info[_VERSION] = version
