"""How many wrong passwords may be tried, from an address and for a name.

What is too much is refused before it is looked at, and for seconds only: whoever tries passwords
for somebody's name makes him wait, but never locks him out.
"""

from __future__ import annotations

import ipaddress
import math
from typing import TYPE_CHECKING, Final

from kallithea_host.names import fold
from kallithea_host.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

OF_AN_ADDRESS: Final = 10
"""Wrong passwords before an address has to wait."""
ADDRESS_SECONDS: Final = 6.0
"""Seconds after which one of them is forgotten."""
FOR_A_NAME: Final = 20
NAME_SECONDS: Final = 3.0
_LONGEST_NAME: Final = 255
_NETWORK: Final = 64
"""Bits of an IPv6 address that are one subscriber's."""


class TooMany(Exception):
    """It has to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = math.ceil(seconds)
        """How long."""


class Tries:
    """What was tried so far, in this process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._addresses = Throttle(clock, burst=OF_AN_ADDRESS, per_second=1 / ADDRESS_SECONDS)
        self._names = Throttle(clock, burst=FOR_A_NAME, per_second=1 / NAME_SECONDS)

    def begin(self, address: str, name: str) -> None:
        """Count a try before it is looked at, so that many at once count, too; or ``TooMany``."""
        source, target = _source(address), _target(name)
        wait = max(self._addresses.wait(source), self._names.wait(target))
        if wait > 0:
            raise TooMany(wait)
        self._addresses.failed(source)
        self._names.failed(target)

    def succeeded(self, address: str, name: str) -> None:
        """It was no wrong password after all."""
        self._addresses.forgive(_source(address))
        self._names.forgive(_target(name))


def _target(name: str) -> str:
    return fold(name[:_LONGEST_NAME])


def _source(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((parsed, _NETWORK), strict=False))
