"""Bringing a database's schema to this version; a fresh database is made the same way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kallithea_host.config import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kallithea_host.database import Database

SCRIPTS: Final = Path(__file__).with_name("migrations")
FOREIGN_TABLE: Final = "db_migrate_version"
FOREIGN_TABLES: Final = frozenset({FOREIGN_TABLE, "user_to_perm", "repo_to_perm", "user_logs"})
"""Tables that only Kallithea's own databases have."""


def upgrade(database: Database) -> tuple[str | None, str]:
    """Run the migrations that are missing; the versions before and after.

    Raises ``ConfigError`` for a database that does not answer, that a newer version made, or that
    is Kallithea's own; such a one is left as it is.
    """
    if database.tables() & FOREIGN_TABLES:
        raise ConfigError(
            "the database is Kallithea's own and was left untouched: "
            "it has to be imported into a new one"
        )
    before = _version(database)
    script = ScriptDirectory(str(SCRIPTS))
    newest = script.get_current_head() or ""
    if before is not None and before not in {step.revision for step in script.walk_revisions()}:
        raise ConfigError("the database was made by a newer version of kallithea-host")
    if before != newest:
        with database.write() as connection:  # a second process waits here, and then finds it done
            command.upgrade(scripts(connection), "head")
    return before, newest


def require_newest(database: Database) -> None:
    """Raise ``ConfigError`` unless the database has this version's schema."""
    newest = ScriptDirectory(str(SCRIPTS)).get_current_head()
    if _version(database) != newest:
        raise ConfigError(
            "the database is not of this version: run `kallithea-host db upgrade` or the daemon"
        )


def scripts(connection: Connection) -> Config:
    """The migrations, for Alembic's commands, to be run on a connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _version(database: Database) -> str | None:
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()
