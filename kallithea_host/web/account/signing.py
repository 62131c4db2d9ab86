"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from twisted.logger import Logger

from kallithea_host import login, sessions
from kallithea_host.auth import Caller
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.errors import NotAuthenticated
from kallithea_host.failing import failing
from kallithea_host.web.account.places import ACCOUNT, LOGIN
from kallithea_host.web.account.rendering import Page, Redirect
from kallithea_host.web.account.tries import TooMany

if TYPE_CHECKING:
    from kallithea_host.host import Host
    from kallithea_host.login import Account
    from kallithea_host.web.account.door import Door
    from kallithea_host.web.account.tries import Tries
    from kallithea_host.web.account.visitors import Visitor

WRONG: Final = "There is no active account with this name and password."
"""Said of everything but a right password, whatever was wrong."""
OVER: Final = "Your session is over, and nothing was changed. Sign in again."
_log: Final = Logger()


class Signing:
    """The handlers of ``/_admin/login`` and ``/_admin/logout``."""

    def __init__(self, host: Host, door: Door, tries: Tries) -> None:
        self._host = host
        self._door = door
        self._tries = tries

    async def form(self, visitor: Visitor) -> Page | Redirect:
        """The form; for whoever is signed in already, his account."""
        if await self._door.knows(visitor):
            return Redirect(ACCOUNT)
        return self._form(visitor, notice=OVER if visitor.again else "")

    async def sign_in(self, visitor: Visitor) -> Page | Redirect:
        """Look at what was typed, and begin a session."""
        name, password = visitor.form.get("username", "").strip(), visitor.form.get("password", "")
        try:
            self._tries.begin(visitor.address, name)
            token = await self._session(visitor, name, password)
        except TooMany as refusal:
            wait = refusal.seconds
            text = f"Too many tries. Wait {wait} seconds, then try again."
            status = HTTPStatus.TOO_MANY_REQUESTS
            return self._form(visitor, name, text, status=status, retry_after=wait)
        except NotAuthenticated:
            # Not the name: it may be a password that was typed into the wrong field.
            _log.warn("a login from {address} was refused", address=visitor.address)
            return self._form(visitor, name, WRONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self._tries.succeeded(visitor.address, name)
        return Redirect(ACCOUNT, token)

    async def sign_out(self, visitor: Visitor) -> Redirect:
        """End the session, and let the browser forget it."""
        await self._host.jobs.write(self._end, visitor.token)
        return Redirect(LOGIN, token="")

    def _form(
        self, visitor: Visitor, name: str = "", refusal: str = "", *, notice: str = "", **more: Any
    ) -> Page:
        fresh = "" if visitor.token else sessions.new_token()
        form_token = sessions.form_token(self._host.vault, visitor.token or fresh)
        texts = {"name": name, "refusal": refusal, "notice": notice}
        values = {"form_token": form_token, **texts}
        return Page("login.html", values, token=fresh or None, **more)

    async def _session(self, visitor: Visitor, name: str, password: str) -> str:
        """The cookie's text for a new session; the same work for everybody, known or not."""
        jobs = self._host.jobs
        account = await jobs.read(self._find, name)
        checked = await jobs.hash(login.check, account and account.password_hash, password)
        if account is None or not checked.right:
            raise NotAuthenticated(WRONG)
        token: str = await jobs.write(self._begin, visitor, account, checked.new_hash)
        return token

    def _find(self, name: str) -> Account | None:
        with self._host.database.read() as db:
            return login.find_account(db, name)

    def _begin(self, visitor: Visitor, account: Account, new_hash: str | None) -> Any:
        caller = Caller(account.user_id, account.username, account.admin, visitor.address)
        args = (account, new_hash, visitor.token)
        with failing("The server does not let you sign in."):
            return self._host.in_transaction(caller, NO_TARGET, login.sign_in, args)

    def _end(self, token: str) -> None:
        with self._host.database.write() as db:
            sessions.end(db, self._host.vault, token)
