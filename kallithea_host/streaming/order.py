"""What the server and a child say to each other, over one socket.

The server sends an order, one line of JSON, and nothing more; when it closes the socket, the child
ends. The child sends pieces, each after its length; after a length of zero it says how it went.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from kallithea_host.vcs import UnknownPath, UnknownRevision, VcsError

if TYPE_CHECKING:
    from collections.abc import Mapping

Operation = Literal["archive", "content", "diff", "file", "patch", "stats"]

LENGTH: Final = struct.Struct(">I")
LONGEST_OUTCOME: Final = 65_536

_FAILURES: Final[Mapping[str, type[VcsError]]] = {
    "path": UnknownPath,
    "revision": UnknownRevision,
}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a child is to make."""

    operation: Operation
    """``archive``, or a function of ``FileAccess``; what is no pieces is made JSON."""
    plugin: str
    """``module`` or ``module:attribute``, as in an entry point."""
    alias: str
    """Which of the plugin's backends."""
    root: str
    """The folder of all repositories."""
    name: str
    """The repository's."""
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = {}
    memory: int = 0
    """Bytes of address space; 0 is no limit."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it went; the text of a failure is for the log."""

    failed: str | None = None
    kind: str = ""

    @classmethod
    def of(cls, failure: VcsError) -> Outcome:
        """The outcome that a failure is."""
        known = (kind for kind, error in _FAILURES.items() if isinstance(failure, error))
        return cls(str(failure), next(known, ""))

    def failure(self) -> VcsError | None:
        """The failure that the outcome tells of."""
        if self.failed is None:
            return None
        return _FAILURES.get(self.kind, VcsError)(self.failed)
