"""The members of an archive, in one folder and in an order in which they can do no harm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kallithea_host.files import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.files import Member

LONGEST_TARGET: Final = 4095
"""Bytes of a link's target that any system takes; what is longer is archived as a file."""


def safe(members: Iterable[Member], top: bytes) -> Iterator[Member]:
    """The members below the folder ``top``.

    Links come last, so that nothing is unpacked through one, and what would lie in place of
    another member, or below one that is no folder, is left out: only a forged tree has such.
    """
    places = _Places()
    links: list[Member] = []
    for member in members:
        path = inside(top, member.path)
        if member.kind is FileKind.LINK and member.size <= LONGEST_TARGET:
            links.append(replace(member, path=path, chunks=[b"".join(member.chunks)]))
            continue
        kind = FileKind.FILE if member.kind is FileKind.LINK else member.kind
        if places.take(path):
            yield replace(member, path=path, kind=kind)
        else:
            for _ in member.chunks:  # they are read, or the next member would begin with them
                pass
    yield from (link for link in links if places.take(link.path))


def inside(top: bytes, path: bytes) -> bytes:
    """The path below ``top``: no part of it leads up, whether a slash or a backslash parts it."""
    parts = [part for part in path.split(b"/") if part not in {b"", b"."}]
    return b"/".join([top.replace(b"/", b"_"), *map(_harmless, parts)])


def _harmless(part: bytes) -> bytes:
    if b".." in part.split(b"\\"):
        return part.replace(b"\\", b"_").replace(b"..", b"__")
    return part


class _Places:
    """What is taken already."""

    def __init__(self) -> None:
        self._members: set[bytes] = set()
        self._folders: set[bytes] = set()

    def take(self, path: bytes) -> bool:
        """Whether there was nothing at a path, nor anything but folders above it."""
        above = path.rpartition(b"/")[0]
        new: list[bytes] = []
        while above and above not in self._folders:
            if above in self._members:
                return False
            new.append(above)
            above = above.rpartition(b"/")[0]
        if path in self._members or path in self._folders:
            return False
        self._folders.update(new)
        self._members.add(path)
        return True
