"""What a view answers: plain values that know nothing of HTTP's grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IConsumer

TEXT = "text/plain; charset=utf-8"


class ClientLeft(Exception):
    """Nobody reads the rest of a body; no failure of the server's."""


class Stream(Protocol):
    """A body that is made while it leaves; one that is not delivered has to be discarded."""

    @property
    def start(self) -> bytes:
        """Its first bytes, as many as were made before it was handed out."""

    def discard(self) -> None:
        """Nobody wants it: end the work."""

    def deliver(self, consumer: IConsumer) -> Deferred[None]:
        """Write everything to a consumer, as fast as that takes it; fires at the end.

        It registers itself as the consumer's streaming producer and unregisters before it fires.
        A failure means that the body is not whole: the client's connection is then broken. It is
        ``ClientLeft`` where the client is gone, or has taken nothing for too long.
        """


Body: TypeAlias = "bytes | Stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer of a view that has something to give; refusals are ``ApiError``s."""

    body: Body | None
    """None: it was not made, because ``ViewCall.wants`` said that nobody reads it."""
    media_type: str = TEXT
    disposition: Literal["inline", "attachment"] | None = None
    filename: str = ""
    """What a client that stores the body calls the file; any text, of which only the last element
    counts and which is encoded when it is sent."""
    etag: str = ""
    """A text that changes whenever the body does, made of ASCII letters, digits and ``-._:,+``:
    the full hash of a changeset with the parameters that count. Clients ask with it again."""
    modified: datetime | None = None
    """When the body last changed; aware. Without an etag clients ask with it again."""
    size: int | None = None
    """The length of a stream in bytes, where it is known beforehand."""
    styled: bool = False
    """A page of the server's own, in which every text is escaped: it is shown with the server's
    stylesheet, where other bodies may load nothing at all."""
    ranges: bool = False
    """Parts may be asked for; the etag then tells whether they belong together."""
