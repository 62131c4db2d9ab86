"""Contents that a pack holds as a whole, read piece by piece: those of large files mostly.

What is stored as a difference from something else has to be put together in memory; this has not,
so no program is needed for it, and it never takes more memory than a piece does.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

from dulwich.objects import ObjectID

from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dulwich.pack import FilePackIndex

    from .objects import ObjectStore
    from .repository import Repository

BLOB: Final = 3
"""Git's number of the type of files."""
PIECE: Final = 256 * 1024
LONGEST_HEADER: Final = 10
"""Bytes before a content that tell its type and size: 67 bits."""


class Stored(NamedTuple):
    """Where a content is."""

    pack: Path
    start: int
    """Where its compressed bytes begin."""
    size: int

    def pieces(self) -> Iterator[bytes]:
        """The content."""
        missing = self.size
        with self.pack.open("rb") as file:
            file.seek(self.start)
            for piece in _unpacked(file):
                missing -= len(piece)
                if missing < 0:
                    break
                yield piece
        if missing:
            raise VcsError(f"a content in {self.pack.name} is not as long as it says")


def find_stored(repository: Repository, blob_id: bytes) -> Stored | None:
    """Where a content is as a whole; None when a difference, or a file of its own, holds it."""
    for store in (repository.objects, *cast("list[ObjectStore]", repository.objects.alternates)):
        for pack in store.packs:
            index = cast("FilePackIndex", pack.index)
            try:
                start = index.object_offset(ObjectID(blob_id))
            except KeyError:
                continue
            return _at(Path(index.path).with_suffix(".pack"), start)
    return None


def _at(pack: Path, start: int) -> Stored | None:
    with pack.open("rb") as file:
        file.seek(start)
        header = file.read(LONGEST_HEADER)
    kind, size = header[0] >> 4 & 7, header[0] & 15
    length = 1
    while header[length - 1] & 128:
        size |= (header[length] & 127) << 7 * length - 3
        length += 1
    return Stored(pack, start + length, size) if kind == BLOB else None


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    """What is compressed from here on, in pieces of one size."""
    decompressor = zlib.decompressobj()
    while not decompressor.eof:
        left = decompressor.unconsumed_tail
        packed = left + file.read(2 * PIECE - len(left))
        if not packed:
            raise VcsError("a pack ends in the middle of a content")
        if piece := decompressor.decompress(packed, PIECE):
            yield piece
