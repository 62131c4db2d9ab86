"""E-mail addresses of users: one primary each, and additional ones, unique over all users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, or_, select

from kallithea_host import Conflict, NotFound, schema
from kallithea_host.names import fold, is_plain
from kallithea_plugins.users.rules import check_email, stored_email

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_emails: Final = schema.emails


def refuse_taken(db: Connection, email: str | None, *, by_others_than: int = 0) -> None:
    """Raise ``Conflict`` if an address is somebody's, primary or additional, in any case."""
    address = stored_email(email)
    if address is None or not is_plain(address):  # ``check_email`` refuses it
        return
    owner = db.scalar(select(_emails.c.user_id).where(_emails.c.email_key == fold(address)))
    if owner not in (None, by_others_than):
        raise Conflict(f"email `{email}` already exist")


def set_primary(db: Connection, user_id: int, email: str | None) -> None:
    """Make an address, or none, the primary one of a user, in place of the present one.

    An additional address of his own is promoted. Raises ``Conflict`` or ``BadName``.
    """
    refuse_taken(db, email, by_others_than=user_id)
    address = stored_email(email)
    replaced: ColumnElement[bool] = _emails.c.is_primary
    if address is not None:
        check_email(address)
        replaced = or_(replaced, _emails.c.email_key == fold(address))
    db.execute(delete(_emails).where(_emails.c.user_id == user_id, replaced))
    if address is not None:
        _insert(db, user_id, address, primary=True)


def add(db: Connection, user_id: int, email: str) -> str:
    """Give a user an additional address; as it is stored. Raises ``Conflict`` or ``BadName``."""
    refuse_taken(db, email)
    address = stored_email(email)
    if address is None:
        raise Conflict("an e-mail address must not be empty")
    check_email(address)
    _insert(db, user_id, address, primary=False)
    return address


def remove(db: Connection, user_id: int, email: str) -> None:
    """Take an additional address from a user; the primary one is only ever replaced."""
    found = db.execute(
        select(_emails.c.email_id, _emails.c.is_primary).where(
            _emails.c.user_id == user_id, _emails.c.email_key == fold(stored_email(email) or "")
        )
    ).first()
    if found is None:
        raise NotFound(f"the user has no e-mail address `{email}`")
    if found.is_primary:
        raise Conflict(f"`{email}` is the primary address: set another one instead")
    db.execute(delete(_emails).where(_emails.c.email_id == found.email_id))


def _insert(db: Connection, user_id: int, address: str, *, primary: bool) -> None:
    db.execute(
        insert(_emails).values(
            user_id=user_id, email=address, email_key=fold(address), is_primary=primary
        )
    )
