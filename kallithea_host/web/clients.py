"""Who asks over HTTP: the address, the key in a header, and how fast wrong keys are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from twisted.internet.task import deferLater

from kallithea_host.addresses import ClientAddresses
from kallithea_host.throttle import Throttle

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime
    from twisted.web.server import Request

    from kallithea_host.config import Settings

_BEARER: Final = b"bearer "


class Clients:
    """What all resources of one site know of those who ask; bad keys are counted together."""

    def __init__(self, settings: Settings, clock: IReactorTime) -> None:
        self._addresses = ClientAddresses(settings.trusted_proxies, settings.remote_addr_header)
        self._clock = clock
        self._throttle = Throttle(clock.seconds)

    def address(self, request: Request) -> str:
        """The address that a request comes from; empty when a UNIX socket brought it."""
        peer = getattr(request.getClientAddress(), "host", "")
        header = self._addresses.header
        named = request.requestHeaders.getRawHeaders(header, ()) if header else ()
        return self._addresses.client(peer, named)

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
