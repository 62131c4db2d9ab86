"""The database's promises, on SQLite and, with the environment's variable, on PostgreSQL."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from secrets import token_hex

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from kallithea_host import migrating, schema
from kallithea_host.config import ConfigError
from kallithea_host.database import Database
from kallithea_host.testing import SERVER_URL

PROCESSES = 3
THREADS = 67
"""Together a little more than 200 writers."""
READERS = 20
"""More than SQLAlchemy's pools let connect at once unless they are told."""

ADD_ONE = f"""
import sys, threading
from kallithea_host.database import Database
from tests.test_database import add_one
database = Database(sys.argv[1])
failures = []
def write():
    try:
        add_one(database)
    except Exception as error:
        failures.append(repr(error))
threads = [threading.Thread(target=write) for _ in range({THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit("; ".join(failures) or 0)
"""
"""What a child process runs."""

UPGRADE = """
import sys
from kallithea_host import migrating
from kallithea_host.database import Database
migrating.upgrade(Database(sys.argv[1]))
"""


def add_one(database):
    """Read a number and write it back one higher, as a method that checks and then changes."""
    with database.write() as db:
        number = int(db.scalar(select(schema.settings.c.value)))
        db.execute(update(schema.settings).values(value=str(number + 1)))


def run_in_processes(program, url):
    """Run a program in several processes at once; what they complain about."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(PROCESSES)
    ]
    return [process.communicate()[1] for process in running]


@pytest.fixture
def url(tmp_path):
    """The URL of an empty database of the test's own."""
    if not SERVER_URL:
        yield f"sqlite:///{tmp_path / 'kallithea.db'}"
        return
    server = sqlalchemy.make_url(SERVER_URL).set(drivername="postgresql+psycopg")
    name = f"test_{token_hex(8)}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def empty(url):
    """An empty database."""
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def database(empty):
    """A database with this version's schema, and one row of settings."""
    migrating.upgrade(empty)
    with empty.write() as db:
        db.execute(insert(schema.settings).values(name="number", value="0"))
    return empty


def described(database):
    """The whole schema as the database itself tells it, but for Alembic's own table."""
    with database.read() as db:
        inspector = sqlalchemy.inspect(db)
        return {
            table: {
                "columns": [
                    {**column, "type": str(column["type"])}
                    for column in inspector.get_columns(table)
                ],
                "primary key": inspector.get_pk_constraint(table),
                "foreign keys": sorted(inspector.get_foreign_keys(table), key=str),
                "unique": sorted(inspector.get_unique_constraints(table), key=str),
                "indexes": sorted(map(plain, inspector.get_indexes(table)), key=str),
                "checks": sorted(inspector.get_check_constraints(table), key=str),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def plain(index):
    """An index with its conditions as text, which can be compared."""
    options = index.get("dialect_options", {})
    return {**index, "dialect_options": {name: str(value) for name, value in options.items()}}


def in_any_order(description):
    """A description in which columns may stand in any order."""
    for table in description.values():
        table["columns"].sort(key=lambda column: column["name"])
    return description


def test_two_hundred_writers_in_threads_and_processes_all_get_their_turn(database, url):
    assert run_in_processes(ADD_ONE, url) == [""] * PROCESSES
    with database.read() as db:
        assert db.scalar(select(schema.settings.c.value)) == str(PROCESSES * THREADS)


def test_a_writer_waits_for_the_one_before(database):
    inside, go_on = threading.Event(), threading.Event()

    def first():
        with database.write():
            inside.set()
            go_on.wait()

    one = threading.Thread(target=first)
    two = threading.Thread(target=add_one, args=(database,))
    one.start()
    inside.wait()
    two.start()
    two.join(0.2)
    waited = two.is_alive()
    go_on.set()
    one.join()
    two.join()
    assert waited


def test_readers_do_not_wait_for_a_writer(database):
    with database.write() as writer:
        writer.execute(update(schema.settings).values(value="1"))
        with database.read() as reader:
            assert reader.scalar(select(schema.settings.c.value)) == "0"


def test_a_reader_sees_one_state_to_its_end(database):
    with database.read() as reader:
        before = reader.scalar(select(schema.settings.c.value))
        add_one(database)
        assert reader.scalar(select(schema.settings.c.value)) == before


def test_as_many_read_at_once_as_there_are_threads(database):
    all_inside = threading.Barrier(READERS)

    def read():
        with database.read() as reader:
            reader.scalar(select(schema.settings.c.value))
            all_inside.wait(20)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not all_inside.broken


@pytest.mark.skipif(not SERVER_URL, reason="SQLite has no server")
@pytest.mark.parametrize("door", ["read", "write"])
def test_a_connection_that_the_server_closed_is_replaced_unseen(database, url, door):
    with getattr(database, door)() as db:
        db.scalar(text("SELECT 1"))
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    other = Database(url)
    with other.write() as db:
        db.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    other.close()
    with getattr(database, door)() as db:
        assert db.scalar(text("SELECT 1")) == 1


def test_the_reading_door_refuses_to_write(database):
    with pytest.raises(DBAPIError, match=r"read.?only"), database.read() as db:
        db.execute(update(schema.settings).values(value="1"))


def test_the_reading_door_refuses_to_write_after_a_writer_used_the_database(database):
    add_one(database)
    with pytest.raises(DBAPIError, match=r"read.?only"), database.read() as db:
        db.execute(update(schema.settings).values(value="7"))


def test_what_fails_leaves_nothing_behind(database):
    with suppress(ZeroDivisionError), database.write() as db:
        db.execute(update(schema.settings).values(value="1"))
        raise ZeroDivisionError
    with database.read() as db:
        assert db.scalar(select(schema.settings.c.value)) == "0"


def test_a_row_that_points_nowhere_is_refused(database):
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), database.write() as db:
        db.execute(insert(schema.user_addresses).values(user_id=77, network="10.0.0.0/8"))


@pytest.mark.skipif(bool(SERVER_URL), reason="how SQLite is set up")
@pytest.mark.parametrize("door", ["read", "write"])
def test_sqlite_writes_ahead_and_syncs_every_commit(database, door):
    with getattr(database, door)() as db:
        assert db.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert db.scalar(text("PRAGMA foreign_keys")) == 1
        assert db.scalar(text("PRAGMA busy_timeout")) >= 30_000


def test_the_migrations_make_what_the_tables_say(database):
    with database.write() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []


def test_the_migrations_make_every_constraint_of_the_tables(empty):
    with empty.write() as db:
        schema.metadata.create_all(db)
    wanted = in_any_order(described(empty))
    with empty.write() as db:
        schema.metadata.drop_all(db)
    migrating.upgrade(empty)
    assert in_any_order(described(empty)) == wanted


def test_every_migration_can_be_undone_and_done_again(database):
    before = described(database)
    revisions = ScriptDirectory(str(migrating.SCRIPTS)).walk_revisions()
    for revision in revisions:
        with database.write() as db:
            command.downgrade(migrating.scripts(db), revision.down_revision or "base")
    assert described(database) == {}
    migrating.upgrade(database)
    assert described(database) == before


def test_an_upgrade_of_a_database_at_this_version_does_nothing(database):
    before, after = migrating.upgrade(database)
    assert before == after


def test_processes_that_start_at_once_make_the_schema_once(empty, url):
    assert run_in_processes(UPGRADE, url) == [""] * PROCESSES
    assert set(described(empty)) == set(schema.metadata.tables)


def test_a_database_of_a_newer_version_is_refused(database):
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="made by a newer version"):
        migrating.upgrade(database)


def test_a_database_of_kallithea_itself_is_refused(empty):
    with empty.write() as db:
        db.execute(text("CREATE TABLE user_logs (user_log_id INTEGER)"))
    with pytest.raises(ConfigError, match="Kallithea's own"):
        migrating.upgrade(empty)
    assert empty.tables() == {"user_logs"}


@pytest.mark.skipif(bool(SERVER_URL), reason="a database that is a file")
def test_a_file_of_kallithea_itself_is_not_touched(tmp_path):
    path = tmp_path / "kallithea.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE db_migrate_version (repository_id VARCHAR)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="Kallithea's own"):
        migrating.upgrade(Database(f"sqlite:///{path}"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(bool(SERVER_URL), reason="a database that is a file")
def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path):
    path = tmp_path / "kallithea.db"
    path.write_text("These are notes, and long enough to be no header of a database. " * 20)
    with pytest.raises(ConfigError, match=r"^the database does not answer: [^\n]+$"):
        migrating.upgrade(Database(f"sqlite:///{path}"))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("mysql://localhost/kallithea", "SQLite or a PostgreSQL"),
        ("no url", "cannot be used"),
        ("postgresql://localhost:1/kallithea", "does not answer"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_line(bad, reason):
    with pytest.raises(ConfigError, match=rf"^[^\n]*{reason}[^\n]*$"):
        migrating.upgrade(Database(bad))


def test_a_password_in_a_url_is_not_told():
    with pytest.raises(ConfigError) as caught:
        migrating.upgrade(Database("postgresql://kallithea:s3cret@localhost:1/kallithea"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.skipif(bool(SERVER_URL), reason="the words of SQLite")
@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("users", "username"),
        ("user_groups", "group_name"),
        ("repository_groups", "group_name"),
        ("repositories", "repo_name"),
    ],
)
def test_a_name_is_found_without_looking_at_every_row(database, table, name):
    with database.read() as db:
        plan = db.execute(
            text(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {name} = 'x'")
        ).all()
    assert f"USING INDEX ix_{table}_{name}" in plan[0].detail
