"""The pages of whoever is signed in: his keys, his password, his permissions."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from kallithea_host import sessions
from kallithea_host.web.account import queries
from kallithea_host.web.account.rendering import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.host import Host
    from kallithea_host.jobs import DbJob
    from kallithea_host.sessions import Session
    from kallithea_host.web.account.door import Door
    from kallithea_host.web.account.visitors import Visitor

NOTICES: Final = {
    "": "",
    "key.created": "The key was made. Take it now: it may not be shown again.",
    "key.reset": "The built-in key was replaced. The old one opens nothing any more.",
    "key.revoked": "The key was revoked. It opens nothing any more.",
    "password.changed": "The password was changed. All other sessions were ended.",
}
"""What a page tells of what was done last, by what the session notes."""


class OwnPages:
    """The handlers that show, and what the handlers of forms show again."""

    def __init__(self, host: Host, door: Door) -> None:
        self._host = host
        self._door = door

    async def keys(self, visitor: Visitor) -> Page:
        """API keys, and what else there is to an account."""
        return await self.keys_again(visitor, {})

    async def keys_again(self, visitor: Visitor, errors: Mapping[str, str]) -> Page:
        """The same, with what is wrong with the form for a new key."""
        session, account = await self._door.read(visitor, queries.account)
        return self._page("account.html", visitor, session, account, errors)

    async def password(self, visitor: Visitor) -> Page:
        """The form for a new password."""
        return await self.password_again(visitor, {})

    async def password_again(
        self, visitor: Visitor, errors: Mapping[str, str], **more: Any
    ) -> Page:
        """The same, with what is wrong with it."""
        session, account = await self._door.read(visitor, _name)
        return self._page("password.html", visitor, session, account, errors, **more)

    async def permissions(self, visitor: Visitor) -> Page:
        """What he may do, and on which repositories."""
        session, found = await self._door.read(visitor, queries.permissions, visitor.page)
        return self._page("permissions.html", visitor, session, found, {})

    def _page(
        self,
        template: str,
        visitor: Visitor,
        session: Session,
        shown: Mapping[str, Any],
        errors: Mapping[str, str],
        **more: Any,
    ) -> Page:
        values = {
            **shown,
            "form_token": sessions.form_token(self._host.vault, visitor.token),
            "notice": NOTICES[session.notice],
            "errors": errors,
            "form": visitor.form,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return Page(template, values, **{"status": status, **more})


def _name(_job: DbJob, session: Session) -> Mapping[str, Any]:
    return {"username": session.caller.username}
