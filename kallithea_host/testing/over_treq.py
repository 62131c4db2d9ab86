"""A client for tests that run in the reactor: it awaits its answers, many at a time.

Import it from a test, not from a pytest plugin: treq installs a reactor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import treq
from twisted.internet.defer import ensureDeferred
from twisted.web.client import Agent, HTTPConnectionPool

from kallithea_host.testing.client import PATH, ApiFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IReactorTCP

CONNECTIONS: Final = 16
"""Connections that are kept open for the next call."""


class TreqApi:
    """Calls the methods of a server as one user; ``await api.get_user(userid=1)`` is a call."""

    def __init__(self, reactor: IReactorTCP, url: str, key: str) -> None:
        self._pool = HTTPConnectionPool(reactor)
        self._pool.maxPersistentPerHost = CONNECTIONS
        self._client = treq.client.HTTPClient(Agent(reactor, pool=self._pool))
        self._url = url.removesuffix(PATH) + PATH
        self._key = key

    def __getattr__(self, method: str) -> Callable[..., Deferred[Any]]:
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda **args: ensureDeferred(self.call(method, args))

    async def call(self, method: str, args: Any) -> Any:
        """The result of a call; raises ``ApiFailure`` with the error's text."""
        request = {"id": method, "api_key": self._key, "method": method, "args": args}
        response = await self._client.post(self._url, data=msgspec.json.encode(request))
        reply = msgspec.json.decode(await response.content())
        if reply["error"] is not None:
            raise ApiFailure(reply["error"])
        return reply["result"]

    def close(self) -> Deferred[None]:
        """Close the connections that were kept."""
        closed: Deferred[None] = self._pool.closeCachedConnections()
        return closed
