"""Taking apart what a child says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from kallithea_host.streaming.order import LENGTH, LONGEST_OUTCOME, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable


class Parser:
    """Takes the child's bytes apart, and passes on what there is of a piece at once."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._missing = 0
        self._head = b""
        self._told: bytearray | None = None

    def feed(self, data: bytes) -> None:
        """Bytes as they came; raises ``ValueError`` for an outcome that never ends."""
        while data:
            if self._told is not None:
                self._told += data
                if len(self._told) > LONGEST_OUTCOME:
                    raise ValueError("its outcome is too long")
                return
            if self._missing:
                piece, data = data[: self._missing], data[self._missing :]
                self._missing -= len(piece)
                self._take(piece)
                continue
            lacking = LENGTH.size - len(self._head)
            self._head, data = self._head + data[:lacking], data[lacking:]
            if len(self._head) == LENGTH.size:
                (self._missing,) = LENGTH.unpack(self._head)
                self._head = b""
                if not self._missing:
                    self._told = bytearray()

    def outcome(self) -> Outcome:
        """What the child said in the end; raises ``ValueError`` when it did not get so far."""
        if self._told is None:
            raise ValueError("no outcome")
        return msgspec.json.decode(self._told, type=Outcome)
