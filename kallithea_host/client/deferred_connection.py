"""A connection to the API of one server, for programs that run in a Twisted reactor.

It needs treq: ``pip install 'kallithea-host[treq]'``.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TooLate
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.web.client import (
    Agent,
    HTTPConnectionPool,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseFailed,
)
from twisted.web.http_headers import Headers

from kallithea_host.client.address import endpoint
from kallithea_host.client.connection import ANSWER_SECONDS
from kallithea_host.client.errors import Unreachable
from kallithea_host.client.messages import KALLITHEA, HttpAnswer, result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.client.messages import Dialect, Post

CONNECTIONS: Final = 16
"""Connections to the server that are kept open for the next calls."""
CONNECT_SECONDS: Final = 10.0
"""How long a connection may take."""
AGENT: Final = "kallithea-host"

_BROKEN: Final = (
    ConnectError,
    ConnectionClosed,
    DNSLookupError,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseFailed,
)


class DeferredConnection:
    """Calls the methods of a server with one API key; a call gives a ``Deferred``.

    Many calls may be under way at a time. Every error but a cancellation is a ``ClientError``.
    Certificates are verified, redirects are not followed, and no call is made twice.
    """

    def __init__(
        self,
        reactor: Any,
        host: str,
        key: str,
        *,
        dialect: Dialect = KALLITHEA,
        timeout: float | None = ANSWER_SECONDS,
    ) -> None:
        """``timeout`` is in seconds; None waits for ever."""
        self.url: Final = endpoint(host)
        self._reactor = reactor
        self._key = key
        self._dialect = dialect
        self._timeout = timeout
        self._ids = count(1)
        self._place = urlsplit(self.url).netloc
        self._pool = HTTPConnectionPool(reactor)
        self._pool.maxPersistentPerHost = CONNECTIONS
        agent = Agent(reactor, connectTimeout=CONNECT_SECONDS, pool=self._pool)
        self._client = HTTPClient(agent)

    def call(self, method: str, args: Mapping[str, Any] | None = None) -> Deferred[Any]:
        """The result of a method; ``CallError`` has the text of the server's error."""
        return Deferred.fromCoroutine(self._call(method, args or {}))

    def close(self) -> Deferred[None]:
        """Close the connections that were kept; a later call opens new ones."""
        closed: Deferred[None] = self._pool.closeCachedConnections()
        return closed

    async def _call(self, method: str, args: Mapping[str, Any]) -> Any:
        call_id = next(self._ids)
        post = self._dialect.encode(call_id, self._key, method, args)
        return result_of(self.url, self._dialect, call_id, await self._answer(post))

    async def _answer(self, post: Post) -> HttpAnswer:
        answered = Deferred.fromCoroutine(self._exchange(post))
        if self._timeout is not None:
            answered.addTimeout(self._timeout, self._reactor)
        try:
            return await answered
        except TooLate as error:
            within = f"within {self._timeout:g} s; it may still be at work"
            raise Unreachable(f"no answer of {self._place} {within}") from error

    async def _exchange(self, post: Post) -> HttpAnswer:
        try:
            return await self._sent(post)
        except _BROKEN as error:
            if any(reason.check(CancelledError) for reason in getattr(error, "reasons", ())):
                raise CancelledError from error
            raise Unreachable(f"no connection to {self._place}: {_reason(error)}") from error

    async def _sent(self, post: Post) -> HttpAnswer:
        headers = Headers({name: [value] for name, value in post.headers.items()})
        headers.setRawHeaders("User-Agent", [AGENT])
        response = await self._client.post(
            self.url,
            data=post.body,
            headers=headers,
            allow_redirects=False,  # the body holds a key
        )
        answered = response.headers
        return HttpAnswer(
            response.code,
            await response.content(),
            _last(answered.getRawHeaders("Content-Type")),
            _last(answered.getRawHeaders("Location")),
        )


def _last(values: list[str] | None) -> str:
    return values[-1] if values else ""


def _reason(error: BaseException) -> str:
    """What happened, in one line: of several reasons the first."""
    reasons = getattr(error, "reasons", None)
    if reasons:
        return _reason(reasons[0].value)
    return " ".join(str(error).split()) or type(error).__name__
