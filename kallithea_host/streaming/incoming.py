"""One child's output on its way through the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol, connectionDone
from zope.interface import implementer

from kallithea_host.replies import ClientLeft
from kallithea_host.streaming.order import LENGTH
from kallithea_host.streaming.parsing import Parser
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.interfaces import IConsumer, IDelayedCall, IReactorTime
    from twisted.internet.tcp import Connection
    from twisted.python.failure import Failure

    from kallithea_host.replies import Body
    from kallithea_host.streaming.order import Order

AT_ONCE: Final = LENGTH.size + 256 * 1024
"""Bytes that are read from a child at one time: a large piece with its length, for nothing has to
be copied where no piece is cut."""
SMALL: Final = 256 * 1024
"""Bytes that are collected before anything leaves: output that is not larger is known whole, and
so is a failure on the way to it."""


@implementer(IPushProducer)
class Incoming(Protocol):
    """The connection to a child, and the body that its output is.

    ``whole_or_begun`` fires once: with all output when that is small, else with this object,
    which then waits for ``deliver``; ``over`` is called when the child is no longer needed.
    """

    transport: Connection

    def __init__(
        self,
        clock: IReactorTime,
        order: Order,
        *,
        stall_limit: float,
        time_limit: float,
        over: Callable[[], None],
    ) -> None:
        self.whole_or_begun: Deferred[Body] = Deferred(lambda _: self._end(ClientLeft("cancelled")))
        self._clock = clock
        self._order = order
        self._stall_limit = stall_limit
        self._over = over
        self._collected: list[bytes] = []
        self._size = 0
        self._parser = Parser(self._piece)
        self._consumer: IConsumer | None = None
        self._delivered: Deferred[None] | None = None
        self._ended = False
        self._stall: IDelayedCall | None = None
        failure = VcsError(f"it took longer than {time_limit:g} seconds")
        self._timer: IDelayedCall = clock.callLater(time_limit, self._end, failure)

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        """Give the order."""
        self.transport.bufferSize = AT_ONCE
        self.transport.write(msgspec.json.encode(self._order) + b"\n")

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Some of the output has come."""
        try:
            self._parser.feed(data)
        except ValueError as error:
            self._end(VcsError(f"a child says what cannot be understood: {error}"))

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002, N802
        """The child is gone: it has said how it went, or was ended."""
        try:
            failure = self._parser.outcome().failure()
        except ValueError:
            failure = VcsError("its process ended in the middle of its work")
        self._end(failure)

    def _piece(self, piece: bytes) -> None:
        if self._ended:
            return
        if self._consumer is not None:
            self._consumer.write(piece)
            return
        self._collected.append(piece)
        self._size += len(piece)
        if self._size > SMALL and not self.whole_or_begun.called:
            self.pauseProducing()
            self.whole_or_begun.callback(self)

    @property
    def start(self) -> bytes:
        """What has come before anything was delivered: the first bytes."""
        return b"".join(self._collected)

    def discard(self) -> None:
        """Nobody wants it."""
        self._end(ClientLeft("it was not wanted"))

    def deliver(self, consumer: IConsumer) -> Deferred[None]:
        """Write everything to a consumer, as fast as that takes it; fires at the end.

        Fails with ``ClientLeft`` when the consumer is gone, or takes nothing for too long.
        """
        self._delivered = delivered = Deferred[None]()
        if self._ended:
            delivered.errback(ClientLeft("it was asked for too late"))
            return delivered
        self._consumer = consumer
        self.resumeProducing()
        consumer.registerProducer(self, True)  # noqa: FBT003 - the interface's way
        collected, self._collected = self._collected, []
        for piece in collected:
            consumer.write(piece)
        return delivered

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Let the child wait for the client; not for ever."""
        if not self._ended and self._stall is None:
            self.transport.pauseProducing()
            limit = self._stall_limit
            failure = ClientLeft(f"the client has taken nothing for {limit:g} seconds")
            self._stall = self._clock.callLater(limit, self._end, failure)

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Go on."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
            self.transport.resumeProducing()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The client is gone."""
        self._end(ClientLeft("the client has left"))

    def fail(self, failure: Exception) -> None:
        """End it from outside."""
        self._end(failure)

    def _end(self, failure: Exception | None) -> None:
        """The work is over, for whatever reason comes first; the child ends, if it still lives."""
        if self._ended:
            return
        self._ended = True
        for timer in (self._timer, self._stall):
            if timer is not None and timer.active():
                timer.cancel()
        if self.connected:
            self.transport.abortConnection()
        self._over()
        if self._consumer is not None and self._delivered is not None:
            self._consumer.unregisterProducer()
            _fire(self._delivered, None, failure)
        elif not self.whole_or_begun.called:
            _fire(self.whole_or_begun, b"".join(self._collected), failure)


def _fire(waiting: Deferred[Any], result: object, failure: Exception | None) -> None:
    if failure is None:
        waiting.callback(result)
    else:
        waiting.errback(failure)
