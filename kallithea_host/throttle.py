"""Slowing down whoever tries keys or passwords."""

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
"""Addresses, or names, that are remembered."""


class Throttle:
    """A bucket of failures for each address, or whatever else the failures are counted by."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        burst: float = BURST,
        per_second: float = PER_SECOND,
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._per_second = per_second
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def failed(self, address: str) -> float:
        """Note a failure; the seconds its answer should wait."""
        count = self._present(address) + 1
        self._note(address, count)
        return min(LONGEST_DELAY, max(0.0, (count - self._burst) / self._per_second))

    def wait(self, address: str) -> float:
        """The seconds until the next try should be looked at at all; none as long as few failed."""
        return max(0.0, (self._present(address) + 1 - self._burst) / self._per_second)

    def forgive(self, address: str) -> None:
        """Take back one failure: what was noted beforehand did not fail."""
        self._note(address, max(0.0, self._present(address) - 1))

    def _present(self, address: str) -> float:
        """The failures that are not forgotten yet."""
        count, since = self._failures.get(address, (0.0, 0.0))
        elapsed = max(0.0, self._clock() - since)  # the clock may be set back
        return max(0.0, count - elapsed * self._per_second)

    def _note(self, address: str, count: float) -> None:
        self._failures.pop(address, None)
        self._failures[address] = (count, self._clock())
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
