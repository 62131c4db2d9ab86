"""The web resource at ``/_admin/api``: the only API code that touches a web request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.web.http import NO_CONTENT
from twisted.web.server import NOT_DONE_YET
from txjsonrpc_ng.web.jsonrpc import JSONRPC

from kallithea_host import dialects
from kallithea_host.dispatch import Dispatcher
from kallithea_host.errors import ApiError, NotAuthenticated
from kallithea_host.web.clients import Clients
from kallithea_host.web.in_flight import InFlight
from kallithea_host.web.pages import NOT_FOUND

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime
    from twisted.python.failure import Failure
    from twisted.web.resource import IResource

    from kallithea_host.dialects import Dialect
    from kallithea_host.host import Host
    from kallithea_host.web.site import LimitedRequest

_UNCACHED: Final = ((b"Cache-Control", [b"no-cache"]), (b"Pragma", [b"no-cache"]))
_JSON: Final = [b"application/json"]
_log: Final = Logger()


class ApiResource(JSONRPC):
    """Speaks Kallithea's dialect, and JSON-RPC 2.0, on txjsonrpc-ng's resource.

    All of that library's own dialects begin in ``render``, which is another one here. Every
    answer has status 200, and 204 when nothing in the body asks for one. The requests of a batch
    run one after the other, so that each finds what those before it did. A request whose client
    has left is finished all the same: its work is done and its answer goes nowhere.
    """

    isLeaf = False  # noqa: N815 - Twisted's name

    def __init__(self, host: Host, clock: IReactorTime, clients: Clients | None = None) -> None:
        super().__init__()
        settings = host.settings
        self._dispatcher = Dispatcher(host, dialects.encode_result)
        self._clients = clients or Clients(settings, clock)
        self._limits = dialects.Limits(
            settings.nesting_limit,
            settings.digits_limit,
            settings.values_limit,
            settings.batch_limit,
        )
        self.in_flight = InFlight()

    def getChild(self, path: bytes, request: LimitedRequest) -> IResource:  # noqa: N802 - Twisted's name
        """The slash at the end of the URL means nothing; a path below it is nowhere."""
        return self if path == b"" and not request.postpath else NOT_FOUND

    def render(self, request: LimitedRequest) -> int:
        """Answer a request of any HTTP method."""
        left: list[object] = []
        request.notifyFinish().addErrback(left.append)
        answered = Deferred.fromCoroutine(self._answer(request, left))
        self.in_flight.add(answered)
        answered.addErrback(self._failed, request)
        return NOT_DONE_YET

    async def _answer(self, request: LimitedRequest, left: list[object]) -> None:
        address, bearer = self._clients.address(request), self._clients.bearer(request)
        asked = dialects.decode(request.body, address, bearer, self._limits)
        bad_keys: set[str] = set()
        if isinstance(asked, list):
            replies = [await self._reply(*each, bad_keys) for each in asked]
            answers = b",".join(filter(None, replies))
            answer = b"[%b]" % answers if answers else b""
        else:
            answer = await self._reply(*asked, bad_keys)
        if bad_keys:
            await self._clients.slow_down(address, len(bad_keys))
        if not left:
            self._send(answer, request)

    async def _reply(
        self, dialect: Dialect, asked: dialects.Request | dialects.Refusal, bad_keys: set[str]
    ) -> bytes:
        """The answer to one request; empty for a notification, whatever becomes of it."""
        try:
            if isinstance(asked, dialects.Refusal):
                raise asked
            result = await self._dispatcher.dispatch(asked)
        except ApiError as error:
            if isinstance(error, NotAuthenticated) and isinstance(asked, dialects.Request):
                bad_keys.add(asked.key if isinstance(asked.key, str) else "")
            if asked.id == dialects.UNASKED:
                _log.debug("a notification was refused: {kind}", kind=type(error).__name__)
                return b""
            return dialect.failure(asked.id, error)
        return b"" if asked.id == dialects.UNASKED else dialect.success(asked.id, result)

    def _send(self, answer: bytes, request: LimitedRequest) -> None:
        headers = request.responseHeaders
        for name, values in _UNCACHED:
            headers.setRawHeaders(name, values)
        if self.in_flight.closing:
            headers.setRawHeaders(b"Connection", [b"close"])
        if answer:
            headers.setRawHeaders(b"Content-Type", _JSON)
            headers.setRawHeaders(b"Content-Length", [b"%d" % len(answer)])
            request.write(answer)
        else:
            request.setResponseCode(NO_CONTENT)
        request.finish()

    def _failed(self, failure: Failure, request: LimitedRequest) -> None:
        """Nothing comes here unless this module is wrong, or a method ends its thread."""
        _log.failure("a request was not answered", failure=failure)
        request.loseConnection()
