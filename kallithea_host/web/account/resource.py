"""The web resources of the account page: from requests to handlers, and what goes wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from kallithea_host.errors import ApiError, Busy, Forbidden, NotAuthenticated, NotFound
from kallithea_host.sessions import is_form_token
from kallithea_host.web.account.forms import BadForm, parse
from kallithea_host.web.account.places import AGAIN, LOGIN
from kallithea_host.web.account.rendering import Page, Redirect, send
from kallithea_host.web.account.visitors import from_own_page, visitor_of
from kallithea_host.web.pages import FAILED, NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from twisted.python.failure import Failure
    from twisted.web.resource import IResource

    from kallithea_host.keys import Vault
    from kallithea_host.web.account.visitors import Visitor
    from kallithea_host.web.clients import Clients
    from kallithea_host.web.in_flight import InFlight
    from kallithea_host.web.site import LimitedRequest

Handler: TypeAlias = "Callable[[Visitor], Awaitable[Page | Redirect]]"

BUSY_SECONDS: Final = 5
FOREIGN: Final = (
    "This form is too old, or no page of this server's sent it. Open the page again, then try "
    "again; cookies have to be allowed."
)
_STATUSES: Final = (
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (ApiError, HTTPStatus.CONFLICT),
)
_log: Final = Logger()


class Answering:
    """What all pages share: who asks, whether a form is ours, and how refusals look."""

    def __init__(self, vault: Vault, clients: Clients, in_flight: InFlight) -> None:
        self._vault = vault
        self._clients = clients
        self._in_flight = in_flight

    def answer(self, request: LimitedRequest, handler: Handler) -> None:
        """Let a handler answer; a client that leaves gets nothing, but its work is done."""
        left: list[object] = []
        request.notifyFinish().addErrback(left.append)
        answered = Deferred.fromCoroutine(self._answer(request, handler, left))
        answered.addErrback(self._failed, request, left)
        self._in_flight.add(answered)

    async def _answer(self, request: LimitedRequest, handler: Handler, left: list[object]) -> None:
        reply = await self._reply(request, handler)
        if not left:
            if self._in_flight.closing:
                request.setHeader("Connection", "close")
            send(request, reply, secure=self._clients.is_secure(request))

    async def _reply(self, request: LimitedRequest, handler: Handler) -> Page | Redirect:
        try:
            return await handler(self._visitor(request))
        except NotAuthenticated:
            return Redirect(AGAIN if request.method == b"POST" else LOGIN)
        except BadForm as error:
            return _refusal(HTTPStatus.BAD_REQUEST, f"The form cannot be read: {error}.")
        except ApiError as error:
            status = next(found for kind, found in _STATUSES if isinstance(error, kind))
            return _refusal(status, str(error), BUSY_SECONDS if isinstance(error, Busy) else 0)

    def _visitor(self, request: LimitedRequest) -> Visitor:
        if request.method != b"POST":
            return visitor_of(request, self._clients, {})
        if not from_own_page(request, self._clients.base_url(request)):
            raise Forbidden(FOREIGN)
        form = parse(request.getHeader("content-type") or "", request.body or b"")
        visitor = visitor_of(request, self._clients, form)
        if not is_form_token(self._vault, visitor.token, form.get("form_token", "")):
            raise Forbidden(FOREIGN)
        return visitor

    def _failed(self, failure: Failure, request: LimitedRequest, left: list[object]) -> None:
        _log.failure("a page failed", failure=failure)
        if not left and not request.startedWriting:
            FAILED.render(request)


class PageResource(Resource):
    """One page: a handler for each HTTP method it has; HEAD is GET without a body."""

    def __init__(self, answering: Answering, **handlers: Handler) -> None:
        super().__init__()
        self._answering = answering
        self._handlers: Mapping[bytes, Handler] = {
            verb.upper().encode(): handler for verb, handler in handlers.items()
        }

    def getChild(self, path: bytes, request: Any) -> IResource:  # noqa: N802 - Twisted's name
        """The slash at the end of the URL means nothing; below it are other pages, or nothing."""
        return self if path == b"" and not request.postpath else NOT_FOUND

    def render(self, request: Any) -> int:
        """Answer, or say which methods there are."""
        handler = self._handlers.get(b"GET" if request.method == b"HEAD" else request.method)
        if handler is None:
            raise UnsupportedMethod(tuple(self._handlers))
        self._answering.answer(request, handler)
        return NOT_DONE_YET


def _refusal(status: HTTPStatus, text: str, retry_after: int = 0) -> Page:
    values = {"title": status.phrase, "text": text}
    return Page("refusal.html", values, status, retry_after=retry_after)
