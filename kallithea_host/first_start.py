"""What a new installation holds: the users ``default`` and ``admin``, and their permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, text

from kallithea_host import keys, schema
from kallithea_host.accounts import add_key
from kallithea_host.clock import now
from kallithea_host.names import fold
from kallithea_host.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from kallithea_host.database import Database
    from kallithea_host.keys import Vault

ADMIN: Final = "admin"
FIRST_ADMINISTRATOR_ID: Final = 2
DEFAULT_PERMISSIONS: Final = (
    "repository.read",
    "group.read",
    "usergroup.read",
    "hg.create.repository",
    "hg.create.write_on_repogroup.true",
    "hg.fork.repository",
    "hg.register.manual_activate",
    "hg.extern_activate.auto",
)


def populate(database: Database, vault: Vault, key_file: Path) -> bool:
    """Make the first users unless there are any; whether they were made.

    The administrator's key is in its file before the account is: a start that is interrupted
    between the two begins anew.
    """
    if is_populated(database):
        return False
    with database.write() as db:
        key = keys.generate()
        write_private(key_file, f"{key}\n".encode(), replace=True)
        _add_user(db, vault, keys.generate(), _default_user())
        _add_user(db, vault, key, _first_administrator())
        db.execute(
            insert(schema.user_permissions),
            [{"user_id": schema.default_user_id, "name": name} for name in DEFAULT_PERMISSIONS],
        )
        if db.dialect.name == "postgresql":  # its sequence does not see ids that are given
            db.execute(
                text("SELECT setval('users_user_id_seq', :last)"), {"last": FIRST_ADMINISTRATOR_ID}
            )
    return True


def is_populated(database: Database) -> bool:
    """Whether there are users."""
    with database.read() as db:
        return bool(db.scalar(select(func.count()).select_from(schema.users)))


def _default_user() -> dict[str, Any]:
    return {
        "user_id": schema.default_user_id,
        "username": "default",
        "firstname": "Anonymous",
        "lastname": "User",
        "active": False,
        "admin": False,
    }


def _first_administrator() -> dict[str, Any]:
    return {
        "user_id": FIRST_ADMINISTRATOR_ID,
        "username": ADMIN,
        "firstname": "Kallithea",
        "lastname": "Admin",
        "active": True,
        "admin": True,
    }


def _add_user(db: Connection, vault: Vault, key: str, columns: dict[str, Any]) -> None:
    added = insert(schema.users).values(
        **columns, username_key=fold(columns["username"]), created_on=now()
    )
    db.execute(added)
    add_key(db, vault, columns["user_id"], key, builtin=True)
