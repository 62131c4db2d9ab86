"""Tar archives, in the format of POSIX.1-2001 (pax)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from kallithea_host.files import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.files import Member

BLOCK: Final = 512
LONGEST_NAME: Final = 100
LARGEST: Final = 8**11 - 1
"""What eleven octal digits hold: bytes of a file, or seconds since 1970."""
PIECE: Final = 65_536

_HEADER: Final = struct.Struct("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x")
_KINDS: Final = {
    FileKind.FILE: (b"0", 0o644),
    FileKind.EXECUTABLE: (b"0", 0o755),
    FileKind.LINK: (b"2", 0o777),
    FileKind.FOLDER: (b"5", 0o755),
}


def tar(members: Iterable[Member], comment: str, time: int) -> Iterator[bytes]:
    """The bytes of an archive; every member has the same time, and belongs to root."""
    moment = min(max(time, 0), LARGEST)
    about = _pax({b"comment": comment.encode("ascii")})
    waiting = bytearray(_special(b"pax_global_header", b"g", about, moment))
    for member in members:
        waiting += _header(member, moment)
        for chunk in () if member.kind is FileKind.LINK else member.chunks:
            waiting += chunk
            if len(waiting) >= PIECE:
                yield bytes(waiting)
                waiting.clear()
        waiting += _padding(0 if member.kind is FileKind.LINK else member.size)
    yield bytes(waiting + bytes(2 * BLOCK))


def _header(member: Member, moment: int) -> bytes:
    """The block before a member's content; before it, what has no room in it."""
    letter, mode = _KINDS[member.kind]
    is_link = member.kind is FileKind.LINK
    target = b"".join(member.chunks) if is_link else b""
    path = member.path + b"/" if member.kind is FileKind.FOLDER else member.path
    size = 0 if is_link else member.size
    more: dict[bytes, bytes] = {}
    if len(path) > LONGEST_NAME:
        more[b"path"] = path
    if len(target) > LONGEST_NAME:
        more[b"linkpath"] = target
    if size > LARGEST:
        more[b"size"] = b"%d" % size
    before = _special(b"pax_header", b"x", _pax(more), moment) if more else b""
    told_size = 0 if size > LARGEST else size
    return before + _block(path[:LONGEST_NAME], letter, mode, told_size, moment, target)


def _special(name: bytes, letter: bytes, content: bytes, moment: int) -> bytes:
    block = _block(name, letter, 0o644, len(content), moment, b"")
    return block + content + _padding(len(content))


def _block(name: bytes, letter: bytes, mode: int, size: int, moment: int, target: bytes) -> bytes:
    ids = b"%07o\0" % 0
    numbers = (b"%07o\0" % mode, ids, ids, b"%011o\0" % size, b"%011o\0" % moment)
    words = (letter, target[:LONGEST_NAME], b"ustar\00000", b"root", b"root", ids, ids, b"")
    block = _HEADER.pack(name, *numbers, b" " * 8, *words)
    return b"%b%06o\0 %b" % (block[:148], sum(block), block[156:])


def _pax(values: dict[bytes, bytes]) -> bytes:
    return b"".join(_record(key, value) for key, value in values.items())


def _record(key: bytes, value: bytes) -> bytes:
    """``<length> key=value``, where the length counts its own digits."""
    rest = b" %b=%b\n" % (key, value)
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return b"%d%b" % (length, rest)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)
