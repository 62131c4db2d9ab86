"""Who asks over HTTP: the address, the key in a header, and how fast wrong keys are answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from twisted.internet.task import deferLater

from kallithea_host.addresses import ClientAddresses
from kallithea_host.throttle import Throttle

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime
    from twisted.web.server import Request

    from kallithea_host.config import Settings

_BEARER: Final = b"bearer "
_HOST: Final = re.compile(rb"[A-Za-z0-9.:\[\]_-]+")


class Clients:
    """What all resources of one site know of those who ask; bad keys are counted together."""

    def __init__(self, settings: Settings, clock: IReactorTime) -> None:
        self._addresses = ClientAddresses(settings.trusted_proxies, settings.remote_addr_header)
        self._canonical_url = settings.canonical_url.rstrip("/")
        self._clock = clock
        self._throttle = Throttle(clock.seconds)

    def address(self, request: Request) -> str:
        """The address that a request comes from; empty when a UNIX socket brought it."""
        header = self._addresses.header
        named = request.requestHeaders.getRawHeaders(header, ()) if header else ()
        return self._addresses.client(_peer(request), named)

    def is_secure(self, request: Request) -> bool:
        """Whether the client asks over TLS: here, or at a proxy, as that or the settings say."""
        if request.isSecure() or self._canonical_url.startswith("https:"):
            return True
        said = request.requestHeaders.getRawHeaders(b"X-Forwarded-Proto", (b"",))[-1]
        return said.strip().lower() == b"https" and self._addresses.believes(_peer(request))

    def base_url(self, request: Request) -> str:
        """Where the server is: the setting, or as the client says; no slash follows."""
        if self._canonical_url:
            return self._canonical_url
        named = request.requestHeaders.getRawHeaders(b"Host", (b"",))[0]
        if not _HOST.fullmatch(named):
            named = b"localhost"
        scheme = "https" if self.is_secure(request) else "http"
        return f"{scheme}://{named.decode('ascii')}"

    @staticmethod
    def bearer(request: Request) -> str | None:
        """The key of the header ``Authorization: Bearer``; None when there is no such header."""
        for value in request.requestHeaders.getRawHeaders(b"Authorization", ()):
            if (value + b" ")[: len(_BEARER)].lower() == _BEARER:
                return str(value[len(_BEARER) :].strip(), "latin-1")
        return None

    async def slow_down(self, address: str, failures: int = 1) -> None:
        """Let the answer to a bad key, or several, wait, the longer the more of them came."""
        delay = max(self._throttle.failed(address) for _ in range(failures))
        if delay:
            await deferLater(self._clock, delay)


def _peer(request: Request) -> str:
    """The address at the other end of the connection; empty when a UNIX socket brought it."""
    return getattr(request.getClientAddress(), "host", "")
