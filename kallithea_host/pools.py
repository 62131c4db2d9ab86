"""Pools of threads: the one way from the reactor's thread into another and back.

Twisted's own pool costs as much as a small query: each call takes several locks and makes several
objects, and each result wakes the reactor. Here calls go through one queue, and results that are
ready at the same time come back together (docs/decisions/0027-pools-of-threads.md).
"""

from __future__ import annotations

from collections import deque
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from kallithea_host.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.interfaces import IReactorFromThreads

Result = TypeVar("Result")
_Call: TypeAlias = "tuple[Deferred[Any], Callable[..., Any], tuple[Any, ...]]"


class Pool:
    """Threads that take calls from a bounded queue; they start when they are needed.

    They never keep the process from ending: what is cut off is undone at the next start.
    """

    def __init__(
        self, reactor: IReactorFromThreads, name: str, threads: int, queue_limit: int
    ) -> None:
        self._reactor = reactor
        self._name = name
        self._most = threads
        self._limit = threads + queue_limit
        self._taken = 0
        self._threads: list[Thread] = []
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._done: deque[tuple[Deferred[Any], Any]] = deque()
        self._told = False

    def run(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """The result of a call in a thread; raises ``Busy`` when too many wait already."""
        if self._taken >= self._limit:
            raise Busy
        return self.run_urgently(function, *args)

    def run_urgently(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """The result of a call in a thread, however many wait already."""
        if len(self._threads) < min(self._taken + 1, self._most):
            self._start_thread()
        self._taken += 1
        done: Deferred[Result] = Deferred()
        self._calls.put((done, function, args))
        return done

    def stop(self) -> bool:
        """End the threads, unless calls run on: those end with the process. Whether all ended."""
        if self._taken:
            return False
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        return True

    def _start_thread(self) -> None:
        name = f"PoolThread-{self._name}-{len(self._threads)}"
        thread = Thread(target=self._work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads: those that there are go on
            if not self._threads:
                raise
        else:
            self._threads.append(thread)

    def _work(self) -> None:
        """In a thread: make one call after the other."""
        while call := self._calls.get():
            self._make(*call)
            del call  # nothing of it is kept while the next one is waited for

    def _make(
        self, done: Deferred[Any], function: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        try:
            self._done.append((done, function(*args)))
        except BaseException:  # noqa: BLE001 - whoever waits for the call is told, whatever it is
            # Not put into a variable: the failure knows this frame, and they would keep each other.
            self._done.append((done, Failure()))
        if not self._told:
            self._told = True
            self._reactor.callFromThread(self._deliver)

    def _deliver(self) -> None:
        """In the reactor's thread: give results to those who wait for them.

        Whoever adds one after ``_told`` was taken back calls again, so none is left behind; and
        only those that are there at the beginning are given, so other events have their turn.
        """
        self._told = False
        for _ in range(len(self._done)):
            done, result = self._done.popleft()
            self._taken -= 1
            done.callback(result)
