"""Sending one POST after the other to one address, by urllib3."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit, urlunsplit

import urllib3
from urllib3 import exceptions

from kallithea_host.client.errors import BadAddress, Unreachable
from kallithea_host.client.messages import HttpAnswer

if TYPE_CHECKING:
    from kallithea_host.client.messages import Post

CONNECT_SECONDS: Final = 10.0
"""How long a connection may take."""
CONNECTIONS: Final = 16
"""Connections that are kept for the next calls of as many threads."""
AGENT: Final = "kallithea-api"

_NO_TLS: Final = " (does it speak HTTPS? an address with http:// may be right)"
_NO_TLS_REASONS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})
"""What OpenSSL says, depending on its version, when something else than TLS is answered."""


class Poster:
    """Posts to one address, over connections that are kept."""

    def __init__(self, url: str, timeout: float | None, proxy: str | None) -> None:
        self._url = url
        self._seconds = timeout
        connect = CONNECT_SECONDS if timeout is None else min(timeout, CONNECT_SECONDS)
        self._timeout = urllib3.Timeout(connect=connect, read=timeout)
        self._pool = _pool(proxy)

    def post(self, post: Post) -> HttpAnswer:
        """What is answered; raises ``Unreachable``."""
        headers = {"User-Agent": AGENT, **post.headers}
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=post.body,
                headers=headers,
                timeout=self._timeout,
                retries=False,  # a call that changes something must not be made twice
                redirect=False,  # the body holds a key
            )
        except exceptions.HTTPError as error:
            raise Unreachable(self._told(error)) from error
        return HttpAnswer(
            response.status,
            response.data,
            response.headers.get("Content-Type", ""),
            response.headers.get("Location", ""),
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _told(self, error: exceptions.HTTPError) -> str:
        """What went wrong, in one line."""
        place = urlsplit(self._url).netloc
        if isinstance(error, exceptions.ProxyError):
            return f"no connection to {place} by the proxy: {_reason(error)}"
        if isinstance(error, exceptions.NewConnectionError | exceptions.LocationValueError):
            return f"no connection to {place}: {_reason(error)}"
        if isinstance(error, exceptions.ConnectTimeoutError):
            return f"no connection to {place} within {self._timeout.connect_timeout:g} s"
        if isinstance(error, exceptions.SSLError) or _is_handshake(error.__context__):
            return f"no trusted connection to {place}: {_reason(error)}"
        if isinstance(error, exceptions.ReadTimeoutError):
            return f"no answer of {place} within {self._seconds:g} s; it may still be at work"
        return f"the connection to {place} broke: {_reason(error)}"


def _pool(proxy: str | None) -> urllib3.PoolManager:
    """Connections, by way of a proxy if there is one; its address may hold its password."""
    if not proxy:
        return urllib3.PoolManager(maxsize=CONNECTIONS, retries=False)
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        headers = {}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers = urllib3.make_headers(proxy_basic_auth=login)
        plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return urllib3.ProxyManager(
            plain, maxsize=CONNECTIONS, proxy_headers=headers, retries=False
        )
    except (exceptions.HTTPError, ValueError) as error:
        shown = proxy.rpartition("@")[2]
        raise BadAddress(f"`{shown}` is no address of a proxy") from error


def _is_handshake(error: BaseException | None) -> bool:
    """Whether TLS was not agreed upon in time, which urllib3 does not tell from a late answer."""
    return isinstance(error, TimeoutError) and "handshake" in str(error)


def _reason(error: BaseException) -> str:
    """What the system or the library for TLS says, as short as it can be."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted ({cause.verify_message})"
        if _is_handshake(cause):
            return f"the handshake was not answered{_NO_TLS}"
        if isinstance(cause, ssl.SSLError) and cause.reason:
            hint = _NO_TLS if cause.reason in _NO_TLS_REASONS else ""
            return cause.reason.replace("_", " ").lower() + hint
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        last, cause = cause, cause.__cause__ or cause.__context__
    return str(last)
