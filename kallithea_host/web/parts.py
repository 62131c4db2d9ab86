"""Parts of a body, as clients ask for them to go on where they were cut off (RFC 9110, 14)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from twisted.internet.interfaces import IConsumer
from zope.interface import implementer

from kallithea_host.replies import ClientLeft
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from kallithea_host.replies import Stream

_RANGE: Final = re.compile(rb"bytes *= *([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Unsatisfiable(Exception):
    """The part lies behind the end."""


def part_of(header: bytes, size: int) -> range | None:
    """The bytes of a body that a header ``Range`` asks for; None is the whole.

    Several parts at once are not served, nor is what cannot be understood: both get the whole.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or found[1] == found[2] == b"":
        return None
    if not found[1]:  # so many at the end
        first, last = max(0, size - int(found[2])), size - 1
        empty = not int(found[2])
    else:
        first, last = int(found[1]), min(size - 1, int(found[2] or size - 1))
        empty = False
        if found[2] and int(found[2]) < first:
            return None
    if empty or first >= size:
        raise Unsatisfiable
    return range(first, last + 1)


@implementer(IConsumer)
class Slice:
    """Hands a part of a stream on to a consumer, and no byte more."""

    def __init__(self, consumer: Any, part: range, size: int) -> None:
        self._consumer = consumer
        self._part = part
        self._ends_early = part.stop < size
        self._passed = 0
        self._producer: Any = None

    @property
    def complete(self) -> bool:
        """Whether the whole part was handed on."""
        return self._passed >= self._part.stop

    def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: N802, FBT001 - Twisted's
        """The stream begins."""
        self._producer = producer
        self._consumer.registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:  # noqa: N802 - Twisted's name
        """The stream has ended."""
        self._producer = None
        self._consumer.unregisterProducer()

    def write(self, data: bytes) -> None:
        """Some bytes of the stream, which is stopped when nobody needs those that follow."""
        first = max(0, self._part.start - self._passed)
        piece = data[first : max(0, self._part.stop - self._passed)]
        self._passed += len(data)
        if piece:
            self._consumer.write(piece)
        if self.complete and self._ends_early and self._producer is not None:
            self._producer.stopProducing()


async def deliver_part(stream: Stream, consumer: Any, part: range, size: int) -> None:
    """Write a part of a stream of ``size`` bytes to a consumer; a failure behind it is none.

    A client leaves when it has what it was promised, be the stream at its end by then or not.
    """
    piece = Slice(consumer, part, size)
    try:
        await stream.deliver(piece)
    except (ClientLeft, VcsError):
        if not piece.complete:
            raise
    if not piece.complete:
        raise VcsError("it is shorter than it should be")
