"""Slowing down whoever tries keys."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BURST: Final = 20
"""Failures an address may have before it is slowed down."""
PER_SECOND: Final = 2.0
"""How fast failures are forgotten."""
LONGEST_DELAY: Final = 5.0
"""Seconds an answer waits at most."""
ADDRESSES: Final = 10_000
"""Addresses that are remembered."""


class Throttle:
    """A token bucket of failures for each address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def failed(self, address: str) -> float:
        """Note a failure; the seconds its answer should wait."""
        now = self._clock()
        count, since = self._failures.pop(address, (0.0, now))
        elapsed = max(0.0, now - since)  # the clock may be set back
        count = max(0.0, count - elapsed * PER_SECOND) + 1
        self._failures[address] = (count, now)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
        return min(LONGEST_DELAY, max(0.0, (count - BURST) / PER_SECOND))
