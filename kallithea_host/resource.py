"""The web resource at ``/_admin/api``: the only API code that touches a web request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.web.server import NOT_DONE_YET
from txjsonrpc_ng.web.jsonrpc import JSONRPC

from kallithea_host import envelope
from kallithea_host.errors import ApiError, NotAuthenticated
from kallithea_host.throttle import Throttle

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime
    from twisted.web.server import Request as WebRequest

    from kallithea_host.addresses import ClientAddresses
    from kallithea_host.dispatch import Dispatcher

_BEARER: Final = "bearer "
_log: Final = Logger()


class ApiResource(JSONRPC):
    """Speaks Kallithea's dialect on txjsonrpc-ng's resource.

    Every answer of the dialect has status 200. A request whose client has left is finished all
    the same: its work is done and its answer goes nowhere.
    """

    def __init__(
        self, dispatcher: Dispatcher, addresses: ClientAddresses, clock: IReactorTime
    ) -> None:
        super().__init__()
        self._dispatcher = dispatcher
        self._addresses = addresses
        self._clock = clock
        self._throttle = Throttle(clock.seconds)
        self._in_flight: set[Deferred[None]] = set()

    def getChild(self, path: bytes, request: WebRequest) -> Any:  # noqa: N802 - Twisted's name
        """The slash at the end of the URL means nothing; a path below it is nowhere."""
        return self if path == b"" and not request.postpath else super().getChild(path, request)

    isLeaf = False  # noqa: N815 - Twisted's name

    def render(self, request: WebRequest) -> int:
        """Answer a request of any HTTP method."""
        request.setHeader(b"content-type", b"application/json")
        request.setHeader(b"cache-control", b"no-cache")
        request.setHeader(b"pragma", b"no-cache")
        left: list[object] = []
        request.notifyFinish().addErrback(left.append)
        answered = Deferred.fromCoroutine(self._answer(request, left))
        self._in_flight.add(answered)
        answered.addErrback(self._ebRender, request).addBoth(self._ended, answered)
        return NOT_DONE_YET

    async def _answer(self, request: WebRequest, left: list[object]) -> None:
        asked = self._decode(request)
        result, error = envelope.NULL, None
        if isinstance(asked, envelope.Refusal):
            error = str(asked.error)
        else:
            try:
                result = await self._dispatcher.dispatch(asked)
            except ApiError as refusal:
                error = str(refusal)
                await self._slow_down(refusal, asked.address)
        if not left:
            self._cbRender(envelope.encode(asked.id, result, error), request)

    def _decode(self, request: WebRequest) -> envelope.Request | envelope.Refusal:
        return envelope.decode(_body(request), self._client(request), _bearer(request))

    async def _slow_down(self, refusal: ApiError, address: str) -> None:
        """Let the answer to a bad key wait, the longer the more of them came."""
        if isinstance(refusal, NotAuthenticated):
            delay = self._throttle.failed(address)
            if delay:
                await deferLater(self._clock, delay)

    def _client(self, request: WebRequest) -> str:
        peer = getattr(request.getClientAddress(), "host", "")
        named = request.requestHeaders.getRawHeaders(self._addresses.header) or []
        return self._addresses.client(peer, named)

    def _cbRender(self, result: bytes, request: WebRequest) -> None:  # noqa: N802 - txjsonrpc's
        request.setHeader(b"content-length", b"%d" % len(result))
        if request.method != b"HEAD":
            request.write(result)
        request.finish()

    def _ebRender(self, failure: Any, request: WebRequest) -> None:  # noqa: N802 - txjsonrpc's
        """Nothing comes here unless this module is wrong."""
        _log.failure("an answer was not sent", failure=failure)
        request.loseConnection()

    def _ended(self, _result: object, answered: Deferred[None]) -> None:
        self._in_flight.discard(answered)

    @property
    def in_flight(self) -> int:
        """How many requests are being worked on."""
        return len(self._in_flight)


def _body(request: WebRequest) -> bytes | None:
    request.content.seek(0)
    body = request.content.read()
    if not body and request.getHeader("content-length") is None:
        return None
    return bytes(body)


def _bearer(request: WebRequest) -> str | None:
    header = request.getHeader("authorization") or ""
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else None
