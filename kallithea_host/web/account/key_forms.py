"""What a user does with his API keys: see, replace, make and revoke them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from kallithea_host import api_keys, sessions
from kallithea_host.account_events import announce
from kallithea_host.clock import now
from kallithea_host.errors import Conflict, Forbidden, NotFound
from kallithea_host.failing import failing
from kallithea_host.names import is_plain
from kallithea_host.web.account.places import ACCOUNT
from kallithea_host.web.account.queries import may_show
from kallithea_host.web.account.rendering import Page, Redirect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kallithea_host.jobs import DbJob
    from kallithea_host.sessions import Session
    from kallithea_host.web.account.door import Door
    from kallithea_host.web.account.own_pages import OwnPages
    from kallithea_host.web.account.visitors import Visitor

MOST: Final = 100
"""Keys that a user makes for himself."""
LONGEST: Final = 255
"""Characters of a description."""
REFUSED: Final = "The server does not let you change your keys."


class KeyForms:
    """The handlers of the forms about keys; each sends the browser back to the page of keys."""

    def __init__(self, door: Door, pages: OwnPages) -> None:
        self._door = door
        self._pages = pages

    async def show(self, visitor: Visitor) -> Redirect:
        """Let the next page show a key."""
        await self._door.write(visitor, _show, _key_id(visitor.form))
        return Redirect(ACCOUNT)

    async def reset(self, visitor: Visitor) -> Redirect:
        """Replace the built-in key."""
        await self._door.write(visitor, _reset)
        return Redirect(ACCOUNT)

    async def create(self, visitor: Visitor) -> Page | Redirect:
        """Make a further key."""
        description = visitor.form.get("description", "").strip()
        expires_on, errors = _expiry(visitor.form.get("expires", ""))
        if not description:
            errors["description"] = "Say what the key is for."
        elif len(description) > LONGEST or not is_plain(description):
            errors["description"] = f"At most {LONGEST} characters, all of them printable."
        if errors:
            return await self._pages.keys_again(visitor, errors)
        await self._door.write(visitor, _create, description, expires_on)
        return Redirect(ACCOUNT)

    async def revoke(self, visitor: Visitor) -> Redirect:
        """Revoke a further key."""
        await self._door.write(visitor, _revoke, _key_id(visitor.form))
        return Redirect(ACCOUNT)


def _key_id(form: Mapping[str, str]) -> int:
    text = form.get("key_id", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - 63 bits
        raise NotFound("There is no such key.")
    return int(text)


def _expiry(text: str) -> tuple[datetime | None, dict[str, str]]:
    """When a key expires that is good to the end of a day; none is asked for by an empty text."""
    if not text:
        return None, {}
    try:
        moment = api_keys.end_of(date.fromisoformat(text))
    except ValueError:
        return None, {"expires": "Write the date as in 2027-01-31."}
    if moment <= now():
        return None, {"expires": "This day is over."}
    return moment, {}


def _show(job: DbJob, session: Session, key_id: int) -> None:
    if not may_show(job, session):
        raise Forbidden("This server shows no keys.")
    if api_keys.text_of(job, session.caller.user_id, key_id) is None:
        raise NotFound("There is no such key.")
    sessions.note(job.db, session.session_id, shown_key_id=key_id)


def _reset(job: DbJob, session: Session) -> None:
    made = api_keys.reset(job, session.caller.user_id)
    _changed(job, session)
    sessions.note(job.db, session.session_id, notice="key.reset", shown_key_id=made.key_id)


def _create(job: DbJob, session: Session, description: str, expires_on: datetime | None) -> None:
    user_id = session.caller.user_id
    if len(api_keys.listed(job, user_id)) > MOST:
        raise Conflict("You have too many keys: revoke one that is not used.")
    made = api_keys.create(job, user_id, description, expires_on)
    _changed(job, session)
    sessions.note(job.db, session.session_id, notice="key.created", shown_key_id=made.key_id)


def _revoke(job: DbJob, session: Session, key_id: int) -> None:
    try:
        api_keys.revoke(job, session.caller.user_id, key_id)
    except (NotFound, Conflict):
        raise NotFound("There is no such key.") from None
    _changed(job, session)
    sessions.note(job.db, session.session_id, notice="key.revoked")


def _changed(job: DbJob, session: Session) -> None:
    with failing(REFUSED):
        announce(job, "user.updated", session.caller.user_id, ("api_keys",))
