"""The web resource of all views: from a request to the gate, to the view, and back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from kallithea_host.errors import (
    ApiError,
    BadRequest,
    Busy,
    Conflict,
    Forbidden,
    NotAuthenticated,
    NotFound,
    Vetoed,
)
from kallithea_host.gate import Gate, NotOpen
from kallithea_host.replies import ClientLeft
from kallithea_host.vcs import VcsError
from kallithea_host.views import ViewCall
from kallithea_host.web.answering import NOT_STORED, REVALIDATED, SAFE, answer, known_etags
from kallithea_host.web.in_flight import InFlight
from kallithea_host.web.pages import FAILED, NOT_ALLOWED, NOT_FOUND, REFUSED, ErrorPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from twisted.python.failure import Failure

    from kallithea_host.gate import Admitted
    from kallithea_host.host import Host
    from kallithea_host.replies import Reply
    from kallithea_host.routes import Candidate
    from kallithea_host.web.clients import Clients
    from kallithea_host.web.site import LimitedRequest

_VERBS: Final = (b"GET", b"HEAD")
_KEY: Final = "api_key"
_STATUS: Final[Mapping[type[ApiError], HTTPStatus]] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}
_RETRY_AFTER: Final = b"5"
"""Seconds after which a busy server may be asked again."""
_log: Final = Logger()


class ViewsResource(Resource):
    """Answers for every path that is no other resource's."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, host: Host, clients: Clients) -> None:
        super().__init__()
        self._host = host
        self._clients = clients
        self._routes = host.registry.routes
        self._gate = Gate(host, host.settings.api_access_controllers_whitelist)
        self.in_flight = InFlight()

    def render(self, request: LimitedRequest) -> int:
        """Answer a request of any HTTP method."""
        parameters = _parameters(request)
        in_url = parameters.pop(_KEY, None)
        for name, value in SAFE:
            request.setHeader(name, value)
        stored = REVALIDATED if in_url is None else NOT_STORED
        request.setHeader(b"Cache-Control", stored)
        candidates = self._routes.candidates([*(request.prepath or ()), *(request.postpath or ())])
        if not candidates:
            return NOT_FOUND.render(request)
        if request.method not in _VERBS:
            request.setHeader(b"Allow", b", ".join(_VERBS))
            return NOT_ALLOWED.render(request)
        key = self._clients.bearer(request) if in_url is None else in_url
        asked = _Asked(request, candidates, key, self._clients.address(request), parameters)
        answered = Deferred.fromCoroutine(self._answer(asked))
        self.in_flight.add(answered)
        answered.addErrback(_break_off, asked)
        return NOT_DONE_YET

    async def _answer(self, asked: _Asked) -> None:
        request = asked.request
        if self.in_flight.closing:
            request.setHeader(b"Connection", b"close")
        reply = await self._reply_or_page(asked)
        if isinstance(reply, ErrorPage):
            if not asked.left:
                reply.render(request)
            return
        try:
            if not asked.left:
                await answer(request, reply, asked.known)
        finally:
            if reply.body is not None and not isinstance(reply.body, bytes):
                reply.body.discard()  # unless it was delivered

    async def _reply_or_page(self, asked: _Asked) -> Reply | ErrorPage:
        try:
            return await self._reply(asked)
        except Vetoed as refusal:
            _log.warn("{view} was refused: {reason}", view=asked.view_name, reason=str(refusal))
            return REFUSED
        except ApiError as refusal:
            if _is_bad_key(refusal) and asked.key is not None:
                await self._clients.slow_down(asked.address)
            return _page(asked.request, refusal)
        except ClientLeft:
            return FAILED  # which nobody reads
        except Exception:  # noqa: BLE001 - a bug, in a view or here: told to the log in full, and only there
            _log.failure("the view {view} failed", view=asked.view_name)
            return FAILED

    async def _reply(self, asked: _Asked) -> Reply:
        admitted = await self._host.jobs.read(
            self._gate.admit, asked.candidates, asked.key, asked.address
        )
        chosen = admitted.candidate
        asked.view_name = chosen.view.name
        call = self._call(asked, admitted)
        reply: Reply = await chosen.view.function(call, **chosen.arguments)
        if reply.body is None and call.wants(reply.etag):
            raise ValueError("a view made no body for somebody who reads it")
        return reply

    def _call(self, asked: _Asked, admitted: Admitted) -> ViewCall:
        request = asked.request
        return ViewCall(
            caller=admitted.caller,
            host=self._host,
            target=admitted.target,
            base_url=self._clients.base_url(request),
            path=quote(request.path, safe="/%~!$&'()*+,;=:@"),
            query=asked.parameters,
            head=request.method == b"HEAD",
            known_etags=asked.known,
            when_left=asked.when_left,
        )


class _Asked:
    """What a request asks for."""

    def __init__(
        self,
        request: LimitedRequest,
        candidates: Sequence[Candidate],
        key: str | None,
        address: str,
        parameters: Mapping[str, str],
    ) -> None:
        self.request = request
        self.candidates = candidates
        self.key = key
        self.address = address
        self.parameters = parameters
        self.view_name = candidates[0].view.name
        self.known = known_etags(request.requestHeaders.getRawHeaders(b"If-None-Match", ()))
        self.left: list[Any] = []
        self._ends: list[Callable[[], object]] = []
        request.notifyFinish().addErrback(self._leave)

    def when_left(self, function: Callable[[], object]) -> None:
        """Call a function when the client leaves; at once if he has left already."""
        if self.left:
            function()
        else:
            self._ends.append(function)

    def _leave(self, reason: Failure) -> None:
        self.left.append(reason)
        for function in self._ends:
            function()


def _break_off(failure: Failure, asked: _Asked) -> None:
    """An answer was not finished: what was sent of it must not look whole."""
    if failure.check(VcsError):
        _log.warn("{view} broke off: {reason}", view=asked.view_name, reason=str(failure.value))
    elif not failure.check(ClientLeft):
        _log.failure("{view} broke off", failure=failure, view=asked.view_name)
    if asked.request.channel is not None:
        transport: Any = asked.request.channel.transport
        transport.abortConnection()


def _parameters(request: LimitedRequest) -> dict[str, str]:
    """The parameters of the URL, the first of each name; one without a value is an empty one."""
    query = request.uri.partition(b"?")[2].decode("ascii", "replace")
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return dict(reversed(pairs))


def _is_bad_key(refusal: ApiError) -> bool:
    return isinstance(refusal, NotAuthenticated) or (
        isinstance(refusal, NotOpen) and refusal.bad_key
    )


def _page(request: LimitedRequest, refusal: ApiError) -> ErrorPage:
    """The page of an error; what is none of the client's doing is a failure."""
    kinds = (status for kind, status in _STATUS.items() if isinstance(refusal, kind))
    status = next(kinds, HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.UNAUTHORIZED:
        request.setHeader(b"WWW-Authenticate", b'Bearer realm="kallithea"')
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        request.setHeader(b"Retry-After", _RETRY_AFTER)
    return ErrorPage(status, str(refusal))
