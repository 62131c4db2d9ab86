"""Requests that are being worked on: a stop of the daemon waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class InFlight:
    """The answers of one resource that are not finished."""

    def __init__(self) -> None:
        self._answers: set[Deferred[Any]] = set()
        self.closing = False
        """Whether clients should be asked, with their answers, to leave."""

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, answered: Deferred[None]) -> None:
        """Hold on to an answer until it is finished."""
        if not answered.called:
            self._answers.add(answered)
            answered.addBoth(self._ended, answered)

    def _ended(self, result: object, answered: Deferred[None]) -> object:
        self._answers.discard(answered)
        return result
