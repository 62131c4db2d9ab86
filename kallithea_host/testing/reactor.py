"""Enough of a reactor for a host in a test: its time is the test's, its thread is the test's."""

from __future__ import annotations

from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from twisted.internet.testing import MemoryReactorClock

if TYPE_CHECKING:
    from collections.abc import Callable


class TestReactor(MemoryReactorClock):
    """A clock that stands still until it is advanced, and takes calls from other threads.

    Nothing else happens: no port is opened and no process started.
    """

    __test__ = False  # its name begins as those of pytest's classes do

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._calls: Queue[Callable[[], object]] = Queue()
        self.has_threads = False
        """Whether jobs run in threads, so that time is real, too."""

    def callFromThread(self, function: Callable[..., object], *args: Any) -> None:  # noqa: N802 - Twisted's name
        """Call a function in the thread of the test, the next time that it advances the clock."""
        self._calls.put(lambda: function(*args))

    def advance(self, amount: float) -> None:
        """Let time pass: for the clock, and, where there are threads, for them."""
        try:
            self._calls.get(timeout=amount if self.has_threads else 0)()
            while True:
                self._calls.get_nowait()()
        except Empty:
            super().advance(amount)
