"""Changing one's own password."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from kallithea_host import login, schema, sessions
from kallithea_host.account_events import announce
from kallithea_host.errors import Conflict
from kallithea_host.failing import failing
from kallithea_host.passwords import LONGEST, hash_password
from kallithea_host.web.account.places import PASSWORD
from kallithea_host.web.account.rendering import Page, Redirect
from kallithea_host.web.account.tries import TooMany

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.host import Host
    from kallithea_host.jobs import DbJob
    from kallithea_host.sessions import Session
    from kallithea_host.web.account.door import Door
    from kallithea_host.web.account.own_pages import OwnPages
    from kallithea_host.web.account.tries import Tries
    from kallithea_host.web.account.visitors import Visitor

SHORTEST: Final = 8
"""Characters of a password that a user chooses here."""
REFUSED: Final = "The server does not let you change your password."
_users: Final = schema.users


class PasswordForm:
    """The handler of the form for a new password."""

    def __init__(self, host: Host, door: Door, pages: OwnPages, tries: Tries) -> None:
        self._host = host
        self._door = door
        self._pages = pages
        self._tries = tries

    async def change(self, visitor: Visitor) -> Page | Redirect:
        """Store a new password, and end all other sessions."""
        errors = _errors(visitor.form)
        if errors:
            return await self._pages.password_again(visitor, errors)
        session, stored = await self._door.read(visitor, _stored)
        name = session.caller.username
        try:
            self._tries.begin(visitor.address, name)
        except TooMany as refusal:
            errors = {"current": f"Too many tries. Wait {refusal.seconds} seconds."}
            status = HTTPStatus.TOO_MANY_REQUESTS
            wait = refusal.seconds
            return await self._pages.password_again(
                visitor, errors, status=status, retry_after=wait
            )
        checked = await self._host.jobs.hash(login.check, stored, visitor.form["current"])
        if not checked.right:
            errors = {"current": "This is not your password."}
            return await self._pages.password_again(visitor, errors)
        self._tries.succeeded(visitor.address, name)
        new = await self._host.jobs.hash(hash_password, visitor.form["new"])
        token = await self._door.write(visitor, _change, stored, new)
        return Redirect(PASSWORD, token)


def _errors(form: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    new = form.get("new", "")
    if not form.get("current"):
        errors["current"] = "Give your present password."
    if len(new) < SHORTEST:
        errors["new"] = f"At least {SHORTEST} characters."
    elif len(new.encode()) > LONGEST:
        errors["new"] = f"At most {LONGEST} bytes."
    elif form.get("again") != new:
        errors["again"] = "This is not the same."
    return errors


def _stored(job: DbJob, session: Session) -> str | None:
    of_user = _users.c.user_id == session.caller.user_id
    return job.db.scalar(select(_users.c.password_hash).where(of_user))


def _change(job: DbJob, session: Session, stored: str, new: str) -> str:
    if _stored(job, session) != stored:
        raise Conflict("Your password was changed meanwhile.")
    user_id = session.caller.user_id
    job.db.execute(update(_users).where(_users.c.user_id == user_id).values(password_hash=new))
    with failing(REFUSED):
        announce(job, "user.updated", user_id, ("password",))
    token = sessions.renew(job.db, job.host.vault, session)
    sessions.note(job.db, session.session_id, notice="password.changed")
    return token
