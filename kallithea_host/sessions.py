"""Sessions of the account page: who is signed in, found by what the browser's cookie holds.

The cookie holds a random text, the database its digest. Each transaction of a page looks the
session up anew, so that one that was ended opens nothing from then on: at a logout, a change of
the password, when the account loses ``active`` or is deleted, or when its time is over.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from kallithea_host import schema
from kallithea_host.auth import Caller, check_address
from kallithea_host.clock import now
from kallithea_host.errors import NotAuthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from kallithea_host.config import Settings
    from kallithea_host.keys import Vault

NOTED: Final = timedelta(seconds=60)
"""How old the note of a session's last use may get: a page that is read costs no write."""

_sessions, _users, _addresses = schema.sessions, schema.users, schema.user_addresses
_BY_DIGEST: Final = (
    select(_sessions, _users.c.username, _users.c.admin, _addresses.c.network)
    .join(_users, _users.c.user_id == _sessions.c.user_id)
    .outerjoin(
        _addresses,
        or_(
            _addresses.c.user_id == _users.c.user_id,
            _addresses.c.user_id == schema.default_user_id,
        ),
    )
    .where(
        _sessions.c.digest == bindparam("digest"),
        _sessions.c.seen_on > bindparam("idle_since"),
        _sessions.c.created_on > bindparam("begun_after"),
        _users.c.active,
    )
)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in."""

    session_id: int
    caller: Caller
    notice: str
    """What was done last, to be told once."""
    shown_key_id: int | None
    """The key that the user asked to see, to be shown once."""
    seen_on: datetime

    @property
    def to_be_noted(self) -> bool:
        """Whether the database should learn that the session is used, or that something is told."""
        told = bool(self.notice) or self.shown_key_id is not None
        return told or now() - self.seen_on > NOTED


def new_token() -> str:
    """A text for a cookie that nobody guesses."""
    return secrets.token_urlsafe(32)


def form_token(vault: Vault, token: str) -> str:
    """What the forms of a browser with this cookie hold, and no other site's can know."""
    return vault.digest(f"form of {token}").hex()


def is_form_token(vault: Vault, token: str, given: str) -> bool:
    """Whether a form comes from a page that was made for the browser with this cookie."""
    wanted = form_token(vault, token)
    return bool(token) and hmac.compare_digest(wanted.encode(), given.encode(errors="replace"))


def find(db: Connection, vault: Vault, settings: Settings, token: str, address: str) -> Session:
    """The living session of a cookie.

    Raises ``NotAuthenticated`` when there is none, and ``AddressRefused`` when the user's rules, or
    everybody's, do not permit the address.
    """
    rows = db.execute(_BY_DIGEST, {"digest": _digest(vault, token), **_limits(settings)}).all()
    if not rows:
        raise NotAuthenticated("nobody is signed in")
    check_address(address, [row.network for row in rows])
    first = rows[0]
    caller = Caller(first.user_id, first.username, first.admin, address)
    return Session(
        first.session_id, caller, first.notice, first.shown_key_id, seen_on=first.seen_on
    )


def begin(db: Connection, vault: Vault, settings: Settings, user_id: int) -> str:
    """Begin a session of a user; the text for the cookie. Sessions whose time is over are purged.

    It is a new text always: what a browser held before a login is worth nothing after it.
    """
    limits = _limits(settings)
    over: ColumnElement[bool] = _sessions.c.seen_on <= limits["idle_since"]
    over |= _sessions.c.created_on <= limits["begun_after"]
    db.execute(delete(_sessions).where(over))
    token, moment = new_token(), now()
    added = insert(_sessions).values(
        user_id=user_id, digest=_digest(vault, token), created_on=moment, seen_on=moment
    )
    db.execute(added)
    return token


def renew(db: Connection, vault: Vault, session: Session) -> str:
    """Give a session another text for its cookie, and end all others of its user."""
    others = _sessions.c.user_id == session.caller.user_id
    db.execute(delete(_sessions).where(others, _sessions.c.session_id != session.session_id))
    token = new_token()
    renewed = update(_sessions).where(_sessions.c.session_id == session.session_id)
    db.execute(renewed.values(digest=_digest(vault, token)))
    return token


def end(db: Connection, vault: Vault, token: str) -> None:
    """End the session of a cookie, if there is one."""
    db.execute(delete(_sessions).where(_sessions.c.digest == _digest(vault, token)))


def end_all(db: Connection, user_id: int) -> None:
    """End every session of a user."""
    db.execute(delete(_sessions).where(_sessions.c.user_id == user_id))


def note(
    db: Connection, session_id: int, *, notice: str = "", shown_key_id: int | None = None
) -> None:
    """Note that a session is used, and what its next page has to tell."""
    values: Mapping[str, Any] = {
        "notice": notice,
        "shown_key_id": shown_key_id,
        "seen_on": now(),
    }
    db.execute(update(_sessions).where(_sessions.c.session_id == session_id).values(values))


def _digest(vault: Vault, token: str) -> bytes:
    return vault.digest(f"session {token}")


def _limits(settings: Settings) -> dict[str, datetime]:
    """The moments before which a session must not have been begun, or used for the last time."""
    moment = now()
    return {
        "idle_since": moment - timedelta(seconds=settings.session_idle),
        "begun_after": moment - timedelta(seconds=settings.session_lifetime),
    }
