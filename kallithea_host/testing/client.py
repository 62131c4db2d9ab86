"""Clients for tests: they speak JSON-RPC in bytes over HTTP, to a site in memory or to a daemon."""

from __future__ import annotations

import http.client
from abc import ABC, abstractmethod
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

import msgspec
import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twisted.internet.task import Clock

    from kallithea_host.web.site import HostSite

PATH = "/_admin/api"


class ApiFailure(Exception):
    """The server answered with an error; ``str()`` is its text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client(ABC):
    """Calls methods as one user; ``client.get_user(userid=1)`` is a call."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda **args: self.call(method, args)

    def call(self, method: str, args: Any) -> Any:
        """The result of a call; raises ``ApiFailure`` with the error's text."""
        reply = self.ask({"id": 1, "api_key": self._key, "method": method, "args": args})
        if reply["error"] is not None:
            raise ApiFailure(reply["error"])
        return reply["result"]

    def error(self, method: str, /, **args: Any) -> str:
        """The text of the error of a call, which must fail."""
        with pytest.raises(ApiFailure) as caught:
            self.call(method, args)
        return str(caught.value)

    def ask(self, request: Any) -> dict[str, Any]:
        """The whole reply to a request, which is JSON or bytes already."""
        body = request if isinstance(request, bytes) else msgspec.json.encode(request)
        reply: dict[str, Any] = msgspec.json.decode(self.post(body).body)
        return reply

    def post(self, body: bytes, **more: Any) -> Answer:
        """The HTTP answer to a body."""
        return self.request("POST", body, **more)

    @abstractmethod
    def request(
        self,
        verb: str,
        body: bytes | None = None,
        *,
        path: str = PATH,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The HTTP answer to a request of any verb."""

    @abstractmethod
    def as_key(self, key: str) -> Self:
        """The same server, called with another key."""

    def as_user(self, userid: int | str) -> Self:
        """The same server, called with the key of another user."""
        return self.as_key(self.get_user(userid=userid)["api_key"])


class Api(Client):
    """A client of a site in memory: what it asks is answered when the call returns."""

    def __init__(self, site: HostSite, clock: Clock, key: str, peer: str = "127.0.0.1") -> None:
        super().__init__(key)
        self._site = site
        self._clock = clock
        self.peer = peer

    def as_key(self, key: str) -> Api:
        """The same server, called with another key."""
        return Api(self._site, self._clock, key, self.peer)

    def from_peer(self, peer: str) -> Api:
        """The same caller at another address."""
        return Api(self._site, self._clock, self._key, peer)

    def request(
        self,
        verb: str,
        body: bytes | None = None,
        *,
        path: str = PATH,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The HTTP answer to a request of any verb."""
        lines = [f"{verb} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return self.exchange(head + (body or b""), verb)

    def exchange(self, sent: bytes, verb: str = "POST") -> Answer:
        """The answer to the bytes of one request; waiting is done on the test's clock."""
        address = (IPv6Address if ":" in self.peer else IPv4Address)("TCP", self.peer, 50_000)
        transport = StringTransport(peerAddress=address)
        channel = self._site.buildProtocol(address)  # type: ignore[no-untyped-call]
        channel.makeConnection(transport)
        channel.dataReceived(sent)
        for _ in range(100):
            if transport.value():
                break
            self._clock.advance(0.1)
        channel.connectionLost(Failure(ConnectionDone()))
        return _parsed(transport.value(), verb)


class HttpApi(Client):
    """A client of a server that listens on a port of this machine."""

    def __init__(self, port: int, key: str) -> None:
        super().__init__(key)
        self._port = port

    def as_key(self, key: str) -> HttpApi:
        """The same server, called with another key."""
        return HttpApi(self._port, key)

    def request(
        self,
        verb: str,
        body: bytes | None = None,
        *,
        path: str = PATH,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The HTTP answer to a request of any verb."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(verb, path, body, dict(headers or {}))
            return _answer(connection.getresponse())
        finally:
            connection.close()


class _Received:
    """What ``http.client`` wants of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._data)


def _parsed(data: bytes, verb: str) -> Answer:
    response = http.client.HTTPResponse(_Received(data), method=verb)  # type: ignore[arg-type]
    response.begin()
    return _answer(response)


def _answer(response: http.client.HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())
