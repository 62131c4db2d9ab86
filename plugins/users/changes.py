"""Accounts made, changed and deleted: each in the caller's transaction, wholly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from kallithea_host import Conflict, Forbidden, schema
from kallithea_host.account_events import announce
from kallithea_host.accounts import add_key, get_user, get_user_by_id, user_object
from kallithea_host.clock import now
from kallithea_host.failing import failing
from kallithea_host.keys import generate
from kallithea_host.login import end_sessions_after
from kallithea_host.names import fold, is_plain
from kallithea_plugins.users import emails
from kallithea_plugins.users.refusals import refuse_fall, refuse_owner
from kallithea_plugins.users.rules import check_username

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from kallithea_host import DbJob, Ident
    from kallithea_host.result_types import User

_users, _repositories = schema.users, schema.repositories
_TOLD_AS: Final = {"password_hash": "password"}


def refuse_taken(job: DbJob, username: str, email: str | None) -> None:
    """Raise ``Conflict`` if another account has the name or the address, in whatever case."""
    if _taken(job.db, username):
        raise Conflict(f"user `{username}` already exist")
    emails.refuse_taken(job.db, email)


def get_editable(job: DbJob, ident: Ident) -> Row[Any]:
    """An account's row; raises ``NotFound``, or ``Forbidden`` for everybody's."""
    user = get_user(job.db, ident)
    if user.user_id == schema.default_user_id:
        raise Forbidden("editing default user is forbidden")
    return user


def create(job: DbJob, username: str, email: str | None, columns: Mapping[str, Any]) -> User:
    """Make an account with a built-in API key; its user object."""
    refuse_taken(job, username, email)
    with failing(f"failed to create user `{username}`", Conflict):
        check_username(username)
        added = insert(_users).values(**columns, **_named(username), created_on=now())
        user_id: int = job.db.execute(added.returning(_users.c.user_id)).scalar_one()
        emails.set_primary(job.db, user_id, email)
        add_key(job.db, job.host.vault, user_id, generate(), builtin=True)
        announce(job, "user.created", user_id)
    return user_object(job, get_user_by_id(job.db, user_id))


def change(
    job: DbJob, ident: Ident, username: str | None, email: str | None, columns: Mapping[str, Any]
) -> User:
    """Change what is given of an account; its user object."""
    user = get_editable(job, ident)
    with failing(f"failed to update user `{ident}`", Conflict):
        refuse_fall(job, user, columns)
        changed = {_TOLD_AS.get(name, name) for name in columns}
        if username is not None and username != user.username:
            columns = {**columns, **_renamed(job.db, user, username)}
            changed.add("username")
        if columns:
            job.db.execute(update(_users).where(_users.c.user_id == user.user_id).values(columns))
            end_sessions_after(job.db, user.user_id, columns)
        if email is not None:
            emails.set_primary(job.db, user.user_id, email)
            changed.add("email")
        announce(job, "user.updated", user.user_id, changed)
    return user_object(job, get_user_by_id(job.db, user.user_id))


def remove(job: DbJob, ident: Ident) -> Row[Any]:
    """Delete an account with everything that is only his, and let go of his locks; the old row."""
    user = get_user(job.db, ident)
    with failing(f"failed to delete user ID:{user.user_id} {user.username}", Conflict):
        if user.user_id == schema.default_user_id:
            raise Conflict("everybody's permissions hang on the default user")
        refuse_fall(job, user, {"active": False})
        refuse_owner(job.db, user)
        announce(job, "user.deleted", user.user_id)
    held = _repositories.c.locked_by_id == user.user_id
    job.db.execute(update(_repositories).where(held).values(locked_by_id=None, locked_at=None))
    job.db.execute(delete(_users).where(_users.c.user_id == user.user_id))
    return user


def _renamed(db: Connection, user: Row[Any], username: str) -> dict[str, str]:
    check_username(username)
    if _taken(db, username, by_others_than=user.user_id):
        raise Conflict(f"user `{username}` already exist")
    return _named(username)


def _named(username: str) -> dict[str, str]:
    return {"username": username, "username_key": fold(username)}


def _taken(db: Connection, username: str, *, by_others_than: int = 0) -> bool:
    """Whether the name, in whatever case, is another user's."""
    if not is_plain(username):  # no name is like that, and no database can be asked about all of it
        return False
    owner = db.scalar(select(_users.c.user_id).where(_users.c.username_key == fold(username)))
    return owner not in (None, by_others_than)
