"""The database: two doors, one that reads and one that writes, each a transaction.

SQLite runs in WAL mode with one writer at a time in all processes: a writing transaction opens
with ``BEGIN IMMEDIATE`` and waits its turn, so that nobody sees "database is locked". PostgreSQL
gets the same discipline from an advisory lock that ends with the transaction. Reading
connections cannot write: the database itself refuses.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from threading import local
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from kallithea_host import memory
from kallithea_host.config import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT: Final = 60_000
"""Milliseconds that a writer waits for the one before it."""
WRITER_LOCK: Final = 0x6B616C6C
"""The advisory lock of PostgreSQL that makes writers take turns."""
_READERS: Final = {"pool_size": 8, "max_overflow": -1, "hide_parameters": True}
"""A reading thread never waits for a connection: the settings say how many threads there are."""
_WRITERS: Final = {
    "pool_size": 2,
    "max_overflow": 0,
    "pool_timeout": BUSY_TIMEOUT / 1000,
    "hide_parameters": True,
}
"""A writer waits for the one before it in any case, so more connections would be of no use."""


class Database:
    """The engines of one database; safe to use from any thread."""

    def __init__(self, url: str) -> None:
        try:
            self.url = sqlalchemy.make_url(url)
            self._reader = _engine(self.url, writes=False)
            self._writer = _engine(self.url, writes=True)
            self._local = local()
            self._readers: list[Connection] = []
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise ConfigError(f"`sqlalchemy.url` cannot be used: {error}") from None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and cannot change it."""
        with self._reading() as connection, connection.begin():
            yield connection

    def _reading(self) -> AbstractContextManager[Connection]:
        """The connection to read through: of SQLite the thread's own, for what it remembers."""
        if self._reader.dialect.name == "sqlite":
            return nullcontext(self._own_reader())
        return self._reader.connect()

    def _own_reader(self) -> Connection:
        """The connection that this thread reads through, kept for the next time."""
        connection: Connection | None = getattr(self._local, "reader", None)
        if connection is None or connection.closed:
            connection = self._local.reader = self._reader.connect()
            self._readers.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that changes the database, alone among writers; commits when it ends."""
        with self._writer.begin() as connection:
            yield connection

    def tables(self) -> set[str]:
        """The names of the tables that are there; a look that leaves no trace.

        Raises ``ConfigError``, in one line, when the database does not answer.
        """
        engine = sqlalchemy.create_engine(_with_driver(self.url), poolclass=NullPool)
        try:
            return set(sqlalchemy.inspect(engine).get_table_names())
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise ConfigError(f"the database does not answer: {reason}") from None

    def close(self) -> None:
        """Close every connection; for whoever knows that no thread works with one."""
        for connection in self._readers:
            connection.close()
        self._reader.dispose()
        self._writer.dispose()


def _engine(url: sqlalchemy.URL, *, writes: bool) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, writes=writes)
    if url.get_backend_name() == "postgresql":
        return _postgresql(url, writes=writes)
    raise ConfigError("`sqlalchemy.url` must name an SQLite or a PostgreSQL database")


def _sqlite(url: sqlalchemy.URL, *, writes: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigError("`sqlalchemy.url` must name a file: SQLite's memory is a thread's own")
    engine = sqlalchemy.create_engine(url, **(_WRITERS if writes else _READERS))

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the begin event below opens transactions
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"query_only = {0 if writes else 1}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if writes:
            driver.execute("BEGIN IMMEDIATE")
        else:
            driver.execute("BEGIN")
            memory.begin(connection, driver.execute("PRAGMA data_version").fetchone())

    return engine


def _with_driver(url: sqlalchemy.URL) -> sqlalchemy.URL:
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def _postgresql(url: sqlalchemy.URL, *, writes: bool) -> Engine:
    # A connection that the server has closed, as it does when it restarts, is replaced unseen.
    pool = _WRITERS if writes else _READERS
    make = partial(sqlalchemy.create_engine, _with_driver(url), pool_pre_ping=True, **pool)
    if not writes:
        engine = make(
            isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True}
        )
        event.listen(engine, "begin", memory.begin)
        return engine
    engine = make()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    return engine
