"""What the host asks about the files of a changeset: their contents, how they differ, all of them.

The functions give what they have to say piece by piece, so that nothing has to be held as a whole.
Whoever stops asking closes the iterator, and the work behind it ends.

Still, reading a content may take as much memory as it is large, and often several times that. So
``file``, ``content``, ``diff``, ``patch``, ``export`` and ``stats`` run in a child process
(``Host.stream``, ``ViewCall.file``, ``ViewCall.stats``), except that a content of small ``weight``
is read in a thread of the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


class FileKind(Enum):
    """What a file is, to both systems."""

    FILE = "file"
    EXECUTABLE = "executable"
    LINK = "link"
    """A symbolic link; its content is its target."""
    FOLDER = "folder"
    """An empty folder, in place of a repository inside the repository."""


@dataclass(frozen=True, slots=True)
class File:
    """One file at a changeset."""

    size: int
    """Bytes."""
    kind: FileKind


@dataclass(frozen=True, slots=True)
class FileStat:
    """What a changeset did to one file, compared with its first parent."""

    path: str
    kind: Literal["A", "M", "D", "R"]
    """Added, modified, deleted, renamed."""
    added: int
    """Lines; none for binary files."""
    removed: int


@dataclass(frozen=True, slots=True)
class Member:
    """One file on its way into an archive."""

    path: bytes
    """As stored, slashes between its parts; it may be hostile."""
    kind: FileKind
    size: int
    chunks: Iterable[bytes] = ()
    """``size`` bytes altogether; to be read before the next member is asked for."""


@dataclass(frozen=True, slots=True)
class Export:
    """All files of a changeset."""

    raw_id: str
    time: int
    """When it was committed, in seconds since 1970."""
    members: Iterator[Member]
    """In the order of their paths."""
    packed: Callable[[str, str], Iterator[bytes]] | None = None
    """A faster way to an archive of a form (``.zip``, …) with a top folder, where the system has
    one: the same tree, with nothing in it that unpacking could do harm with."""


class FileAccess(Protocol):
    """The part of a backend that is about files; every id is a full one."""

    def file(self, path: Path, raw_id: str, name: str) -> File:
        """Size and kind of the file ``name`` (full path, no slash in front).

        Raises ``UnknownPath``, also for a directory or a submodule, and ``UnknownRevision``.
        """

    def weight(self, path: Path, raw_id: str, name: str) -> int | None:
        """How many bytes have to be held to read a file: no fewer than its size.

        Told without reading it, or else None. Raises as ``file`` does unless it is None.
        """

    def content(self, path: Path, raw_id: str, name: str) -> Iterator[bytes]:
        """The content of a file; raises as ``file`` does, at the first piece at the latest."""

    def diff(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """How the changeset differs from its first parent, as ``git apply`` reads it.

        Names are as stored; where that could be misread they are quoted as Git does it.
        A changeset without parents is compared with nothing.
        """

    def patch(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """Author, date, message and diff, as the system's own program takes them in."""

    def export(self, path: Path, raw_id: str) -> Export:
        """Everything that an archive of the changeset holds."""

    def stats(self, path: Path, raw_id: str) -> list[FileStat]:
        """The files that the changeset touched, sorted by path."""
