"""The size of a file, told without reading all of it.

Mercurial stores a content after metadata, if it was copied, and has to read it to tell whether it
has any. For a file of a gigabyte that takes seconds, where its first two bytes say it.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from mercurial.node import nullrev
from mercurial.utils import compression

METADATA: Final = b"\x01\n"
"""What metadata begin with; a content that does so itself has empty ones before it."""
BEGINNING: Final = 256 * 1024
"""Bytes of something stored that hold the beginning of a content, however it is compressed: zstd
gives a block of 128 KiB at once or nothing."""


def size_of(found: Any) -> int:
    """The size of the file of a context."""
    versions, revision = found.filelog()._revlog, found.filerev()  # noqa: SLF001 - no public way
    size: int = versions.size(revision) if _is_bare(versions, revision) else found.size()
    return size


def _is_bare(versions: Any, revision: int) -> bool:
    """Whether a version has no metadata; False, too, where only reading it would tell."""
    is_special = versions.flags(revision) or versions._inline  # noqa: SLF001 - as above
    if is_special or versions.deltaparent(revision) != nullrev:
        return False
    with versions.opener(versions._datafile) as file:  # noqa: SLF001 - as above
        file.seek(versions.start(revision))
        stored = file.read(min(versions.length(revision), BEGINNING))
    begun = _begun(stored)
    return len(begun) >= len(METADATA) and not begun.startswith(METADATA)


def _begun(stored: bytes) -> bytes:
    """The beginning of a content; the first byte tells how it is stored."""
    if stored[:1] in {b"", b"\0"}:
        return stored
    if stored[:1] == b"u":
        return stored[1:]
    engine = compression.compengines.forrevlogheader(stored[:1])
    begun: bytes = engine.decompressorreader(BytesIO(stored)).read(len(METADATA))
    return begun
