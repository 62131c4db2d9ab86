"""Signing in with a password: the account is found, the password checked, a session begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, or_, select, update

from kallithea_host import schema, sessions
from kallithea_host.account_events import announce
from kallithea_host.auth import check_address
from kallithea_host.clock import now
from kallithea_host.errors import NotAuthenticated
from kallithea_host.names import fold, is_plain
from kallithea_host.passwords import hash_password, is_outdated, verify_password

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from kallithea_host.jobs import DbJob

INTERNAL: Final = "internal"
"""Whose password this server knows; accounts of other types are authenticated elsewhere."""

_users, _emails, _addresses = schema.users, schema.emails, schema.user_addresses
_HAS_EMAIL: Final = select(_emails.c.user_id).where(_emails.c.email_key == bindparam("given"))
_MAY_SIGN_IN: Final = and_(
    _users.c.active, _users.c.extern_type == INTERNAL, _users.c.user_id != schema.default_user_id
)
_BY_LOGIN: Final = (
    select(_users.c.user_id, _users.c.username, _users.c.admin, _users.c.password_hash)
    .where(
        or_(_users.c.username_key == bindparam("given"), _users.c.user_id.in_(_HAS_EMAIL)),
        _MAY_SIGN_IN,
    )
    .order_by((_users.c.username_key == bindparam("given")).desc())
    .limit(1)
)


class Account(NamedTuple):
    """Who may sign in, before the password is looked at."""

    user_id: int
    username: str
    admin: bool
    password_hash: str | None


class Checked(NamedTuple):
    """What a look at a password gave."""

    right: bool
    new_hash: str | None = None
    """The hash to store instead of one that is outdated."""


def find_account(db: Connection, login: str) -> Account | None:
    """The account of a user name in any case, or else of an e-mail address.

    One statement, whoever there is. None is: nobody, an inactive user, one whose password is
    known elsewhere, and ``default``.
    """
    given = fold(login) if is_plain(login) else ""
    row = db.execute(_BY_LOGIN, {"given": given}).first()
    return Account(*row) if row else None


def check(stored: str | None, password: str) -> Checked:
    """Look at a password, for as long as that takes whoever it is; for the hashing pool."""
    if not verify_password(stored, password) or stored is None:
        return Checked(right=False)
    return Checked(right=True, new_hash=hash_password(password) if is_outdated(stored) else None)


def sign_in(job: DbJob, account: Account, new_hash: str | None, old_token: str) -> str:
    """Begin a session for the caller, whose password was right; the text for its cookie.

    Args:
        job: a transaction that writes.
        account: as the password was checked against it.
        new_hash: what to store instead of its hash, if that is outdated.
        old_token: the text of the browser's cookie so far; a session it stands for ends.

    Raises ``NotAuthenticated`` when the account has changed meanwhile, ``AddressRefused`` when
    it may not be used from the caller's address.
    """
    user_id = account.user_id
    present = select(_users.c.password_hash).where(_users.c.user_id == user_id, _MAY_SIGN_IN)
    if job.db.scalar(present) != account.password_hash:
        raise NotAuthenticated("the account has changed")
    _check_address(job)
    columns: dict[str, Any] = {"last_login": now()}
    if new_hash is not None:
        columns["password_hash"] = new_hash
    job.db.execute(update(_users).where(_users.c.user_id == user_id).values(columns))
    announce(job, "user.logged_in", user_id)
    vault = job.host.vault
    sessions.end(job.db, vault, old_token)
    return sessions.begin(job.db, vault, job.host.settings, user_id)


def end_sessions_after(db: Connection, user_id: int, columns: Mapping[str, Any]) -> None:
    """End a user's sessions when a change of his account means that he has to sign in anew.

    Args:
        db: the transaction.
        user_id: whose account it is.
        columns: what was changed: another password, no longer active, authenticated elsewhere.
    """
    active = columns.get("active", True)
    internal = columns.get("extern_type", INTERNAL) == INTERNAL
    if "password_hash" in columns or not active or not internal:
        sessions.end_all(db, user_id)


def _check_address(job: DbJob) -> None:
    whose = (job.caller.user_id, schema.default_user_id)
    networks = job.db.scalars(select(_addresses.c.network).where(_addresses.c.user_id.in_(whose)))
    check_address(job.caller.address, networks)
