"""Kallithea's own database, opened so that nothing can change it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import column, event, func, inspect, null, select, table
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from kallithea_host.importing import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Row, Table

AT_ONCE: Final = 1000
"""Rows that are fetched at one time from tables that may be long."""
_ALEMBIC: Final = {
    "9358dc3d6828": "0.4",
    "a020f7044fd6": "0.4",
    "ad357ccd9521": "0.5",
    "b74907136bc1": "0.5",
    "151b4a4e8c48": "0.5",
    "4851d15bc437": "0.5",
    "d7ec25b66e47": "0.5",
    "a0a1bf09c143": "0.6",
    "f62826179f39": "0.7",
    "7ba0d2cad930": "0.7",
}
"""Versions of the schema and the releases they lead to."""
_MIGRATE: Final[Mapping[tuple[object, ...], str]] = {("kallithea_db_migrations", 31): "0.3"}
_EARLY: Final = frozenset({"0.3", "0.4"})
"""Releases that decide in other ways than the later ones."""


class ImportRefused(Exception):
    """The import cannot begin; the text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Source:
    """The old database, in one transaction that reads."""

    db: Connection
    release: str
    """``0.3`` to ``0.7``."""
    columns: Mapping[str, frozenset[str]]
    """The columns of each table that is there."""

    @property
    def highest_wins(self) -> bool:
        """Whether the highest permission row decides, as from 0.5 on; before, a user's own did."""
        return self.release not in _EARLY

    @property
    def inactive_may_call(self) -> bool:
        """Whether the API took the keys of users who are not active, as before 0.5."""
        return self.release in _EARLY

    def rows(self, of: Table) -> list[Row[Any]]:
        """All rows of a table, in the order of the first column."""
        with _answering():
            return list(self.db.execute(self._select(of)))

    def batches(self, of: Table) -> Iterator[list[Row[Any]]]:
        """All rows of a table that may be long, some at a time."""
        with _answering():
            found = self.db.execution_options(stream_results=True).execute(self._select(of))
            batches = found.partitions(AT_ONCE)
        while True:
            with _answering():
                rows = next(batches, None)
            if rows is None:
                return
            yield list(rows)

    def count(self, name: str) -> int:
        """How many rows a table has that may not be there."""
        if name not in self.columns:
            return 0
        with _answering():
            return self.db.scalar(select(func.count()).select_from(table(name))) or 0

    def _select(self, of: Table) -> sqlalchemy.Select[Any]:
        there = self.columns[of.name]
        wanted = [each if each.name in there else null().label(each.name) for each in of.columns]
        return select(*wanted).select_from(of).order_by(next(iter(of.columns)))


@contextmanager
def opened(url: str) -> Iterator[Source]:
    """Open the database of a URL; raises ``ImportRefused`` where that is of no use."""
    engine = _engine(url)
    with closing(_connected(engine)) as db:
        with _answering():
            columns = _columns(db)
            release = _release(db, columns)
        yield Source(db, release, columns)
    engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    """Tell a failure of the old database from one of ours."""
    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise ImportRefused(f"the old database does not answer: {reason}") from None
    except ValueError as error:  # of what SQLAlchemy makes of SQLite's texts
        raise ImportRefused(f"the old database holds a value of another type: {error}") from None


def _connected(engine: Engine) -> Connection:
    with _answering():
        db = engine.connect()
        db.begin()
        return db


def _columns(db: Connection) -> dict[str, frozenset[str]]:
    looked = inspect(db)
    return {
        name: frozenset(each["name"] for each in looked.get_columns(name))
        for name in looked.get_table_names()
    }


def _release(db: Connection, columns: Mapping[str, frozenset[str]]) -> str:
    if missing := tables.REQUIRED - columns.keys():
        raise ImportRefused(f"this is no database of Kallithea: it has no table {min(missing)}")
    found: Any = None
    if "alembic_version" in columns:
        found = db.scalar(select(column("version_num")).select_from(table("alembic_version")))
        release = _ALEMBIC.get(found)
    elif "db_migrate_version" in columns:
        version = sqlalchemy.text("SELECT repository_id, version FROM db_migrate_version")
        found = db.execute(version).first()
        release = _MIGRATE.get(tuple(found or ()))
    else:
        release = None
    if release is None:
        raise ImportRefused(
            f"the schema of this database is not known ({found}): bring it to a release from "
            "0.3.2 to 0.7.0 with Kallithea's own commands first"
        )
    return str(release)


def _engine(text: str) -> Engine:
    try:
        url = sqlalchemy.make_url(text)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url.database or "")
        if url.get_backend_name() == "postgresql":
            return sqlalchemy.create_engine(
                url.set(drivername="postgresql+psycopg"),
                isolation_level="REPEATABLE READ",
                execution_options={"postgresql_readonly": True},
                poolclass=NullPool,
                hide_parameters=True,
            )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ImportRefused(f"the URL of the old database cannot be used: {error}") from None
    raise ImportRefused("the old database must be an SQLite or a PostgreSQL one")


def _sqlite(path: str | Path) -> Engine:
    def connect() -> sqlite3.Connection:
        found = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        found.execute("PRAGMA query_only = ON")
        return found

    engine = sqlalchemy.create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
