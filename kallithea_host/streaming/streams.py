"""The door to output that may be large: an order in, a body out."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from twisted.internet.defer import DeferredSemaphore
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.protocol import Factory

from kallithea_host.errors import Busy
from kallithea_host.streaming.incoming import Incoming
from kallithea_host.streaming.nursery_process import Nursery
from kallithea_host.streaming.work import pieces
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.posixbase import PosixReactorBase

    from kallithea_host.replies import Body
    from kallithea_host.streaming.order import Order

PATIENCE: Final = 10.0
"""Seconds that a request waits for one of the children to end before it is told to come back."""


class Streams(Protocol):
    """Makes output: in child processes, or at once in tests of views."""

    async def open(self, order: Order) -> Body:
        """What an order asks for: all of it when it is small, else a stream to be delivered.

        Raises ``UnknownRevision``, ``UnknownPath``, another ``VcsError``, or ``Busy``.
        """

    def stop(self) -> None:
        """End all work."""


class ChildStreams:
    """A limited number of children at a time, each for one order."""

    def __init__(
        self,
        reactor: PosixReactorBase,
        plugins: Sequence[str],
        *,
        at_once: int,
        waiting: int,
        stall_limit: float,
        time_limit: float,
        patience: float = PATIENCE,
    ) -> None:
        """``plugins`` are loaded beforehand; the nursery is started when it is first needed, or by
        ``warm``.

        ``stall_limit`` counts seconds in which a client takes nothing, ``time_limit`` those of a
        child's life, ``patience`` those that a request waits while ``at_once`` children live.
        """
        self._reactor = reactor
        self._plugins = tuple(plugins)
        self._slots = DeferredSemaphore(at_once)
        self._most_waiting = waiting
        self._stall_limit = stall_limit
        self._time_limit = time_limit
        self._patience = patience
        self._nursery: Nursery | None = None
        self._working: set[Incoming] = set()
        self._stopping = False

    def warm(self) -> None:
        """Start the nursery, so that the first request does not wait for it."""
        if self._nursery is None and not self._stopping:
            self._nursery = Nursery(self._reactor, self._plugins)

    async def open(self, order: Order) -> Body:
        """What an order asks for."""
        if not self._slots.tokens and len(self._slots.waiting) >= self._most_waiting:
            raise Busy
        try:
            await self._slots.acquire().addTimeout(self._patience, self._reactor)
        except DeferredTimeout:
            raise Busy from None
        return await self._begin(order).whole_or_begun

    def _begin(self, order: Order) -> Incoming:
        """Hand an order to a new child; its slot is free again once that is gone."""
        incoming = Incoming(
            self._reactor,
            order,
            stall_limit=self._stall_limit,
            time_limit=self._time_limit,
            over=lambda: self._over(incoming),
        )
        self._working.add(incoming)
        try:
            with self._connection() as connection:
                descriptor = connection.fileno()
                self._reactor.adoptStreamConnection(descriptor, socket.AF_UNIX, _One(incoming))
        except OSError as error:
            incoming.fail(VcsError(f"no child process: {error.strerror}"))
        return incoming

    def _connection(self) -> socket.socket:
        """A connection to a new child, by a new nursery if the one that was is gone."""
        if self._stopping:
            raise OSError(errno.ESHUTDOWN, "the server is stopping")
        if self._nursery is not None and self._nursery.alive:
            with suppress(BrokenPipeError, ConnectionResetError):
                return self._nursery.connect()
            self._nursery.close()
        self._nursery = Nursery(self._reactor, self._plugins)
        return self._nursery.connect()

    def _over(self, incoming: Incoming) -> None:
        self._working.discard(incoming)
        self._slots.release()

    def stop(self) -> None:
        """End all children, and the nursery."""
        self._stopping = True
        for incoming in tuple(self._working):
            incoming.fail(VcsError("the server is stopping"))
        if self._nursery is not None:
            self._nursery.close()


class _One(Factory):
    """Makes the one protocol of a connection that is there already."""

    noisy = False

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def buildProtocol(self, addr: object) -> Incoming:  # noqa: ARG002, N802 - Twisted's name
        return self._incoming


class DirectStreams:
    """Makes everything at once, in the thread that asks: for tests and the operator's program."""

    async def open(self, order: Order) -> Body:
        """All that an order asks for."""
        return b"".join(pieces(order))

    def stop(self) -> None:
        """Nothing to end."""
