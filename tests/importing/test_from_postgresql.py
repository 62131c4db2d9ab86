"""The same database, kept by PostgreSQL: copied there table by table, as far as SQL is the same."""

import pytest
import sqlalchemy
from sqlalchemy import CheckConstraint, MetaData, create_engine, select, text

from kallithea_host import migrating, schema
from kallithea_host.config import ConfigError
from kallithea_host.database import Database
from kallithea_host.importing import source
from kallithea_host.testing import SERVER_URL

SCHEMA = "test_kallithea"

pytestmark = pytest.mark.skipif(not SERVER_URL, reason="no PostgreSQL server is given")


@pytest.fixture
def installation(release, unpack, tmp_path):
    """A whole one: PostgreSQL takes no rows that point nowhere."""
    (tmp_path / "old").mkdir()
    return unpack(release, tmp_path / "old")


@pytest.fixture
def url(installation):
    """Copy the database of an installation to the server; its URL there."""
    there = sqlalchemy.make_url(SERVER_URL).update_query_dict(
        {"options": f"-csearch_path={SCHEMA}"}
    )
    target = create_engine(there.set(drivername="postgresql+psycopg"))
    origin = create_engine(installation.url)
    tables = MetaData()
    tables.reflect(origin)
    for table in tables.tables.values():
        table.constraints -= {c for c in table.constraints if isinstance(c, CheckConstraint)}
        for column in table.columns:
            column.type = column.type.as_generic()
    with target.begin() as new, origin.connect() as old:
        new.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        new.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        tables.create_all(new)
        for table in tables.sorted_tables:
            if rows := [dict(row._mapping) for row in old.execute(select(table))]:
                new.execute(table.insert(), rows)
    origin.dispose()
    yield there.render_as_string(hide_password=False)
    with target.begin() as new:
        new.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    target.dispose()


@pytest.mark.parametrize("release", ["0.3.2", "0.7.0"])
def test_a_database_of_postgresql_is_imported_like_one_of_sqlite(
    host, installation, take_over, as_user, url
):
    take_over(host, installation, url=url)
    assert as_user("alice").get_user()["user_id"] == installation.users["alice"]["user_id"]
    with host.database.read() as db:
        locked = schema.repositories.c
        since = select(locked.locked_at).where(locked.repo_name == "locked")
        expected = 1556938921.25 if installation.release == "0.3.2" else None
        assert db.scalar(since) == expected


def test_the_old_database_cannot_be_written_through_the_import(url, installation):
    with source.opened(url) as old, pytest.raises(sqlalchemy.exc.InternalError, match="read-only"):
        old.db.execute(text("DELETE FROM user_logs"))


def test_the_server_itself_keeps_refusing_a_database_of_kallithea(url):
    database = Database(url)
    with pytest.raises(ConfigError, match="imported into a new one"):
        migrating.upgrade(database)
    database.close()
