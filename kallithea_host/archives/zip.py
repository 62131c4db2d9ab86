"""Zip archives, written to what cannot be turned back."""

from __future__ import annotations

import stat
import zipfile
from datetime import UTC, datetime, timedelta
from io import RawIOBase
from typing import IO, TYPE_CHECKING, Final, cast

from kallithea_host.files import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import ReadableBuffer

    from kallithea_host.files import Member

PIECE: Final = 65_536
UNIX: Final = 3
LEVEL: Final = 6
FIRST: Final = datetime(1980, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
"""Zip has no room for moments before or after."""

_MODES: Final = {
    FileKind.FILE: stat.S_IFREG | 0o644,
    FileKind.EXECUTABLE: stat.S_IFREG | 0o755,
    FileKind.LINK: stat.S_IFLNK | 0o777,
    FileKind.FOLDER: stat.S_IFDIR | 0o755,
}


class _Collected(RawIOBase):
    """Keeps what is written until it is taken away."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        self._waiting += data
        return memoryview(data).nbytes

    def taken(self, least: int) -> bytes:
        """What has come, if it is at least so much."""
        if len(self._waiting) < least:
            return b""
        found = bytes(self._waiting)
        self._waiting.clear()
        return found


def zip_archive(members: Iterable[Member], comment: str, time: int) -> Iterator[bytes]:
    """The bytes of an archive; every member has the same time, in UTC."""
    collected = _Collected()
    date = _date(time)
    with zipfile.ZipFile(cast("IO[bytes]", collected), "w") as archive:
        archive.comment = comment.encode("ascii")
        for member in members:
            with archive.open(_info(member, date), "w") as file:
                for chunk in member.chunks:
                    file.write(chunk)
                    if piece := collected.taken(PIECE):
                        yield piece
            if piece := collected.taken(PIECE):
                yield piece
    yield collected.taken(0)


def _date(time: int) -> tuple[int, int, int, int, int, int]:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time)
    except OverflowError:
        moment = LAST if time > 0 else FIRST
    moment = min(max(moment, FIRST), LAST)
    return (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)


def _info(member: Member, date: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    folder = member.kind is FileKind.FOLDER
    info = zipfile.ZipInfo(_name(member.path) + ("/" if folder else ""), date)
    info.compress_type = zipfile.ZIP_DEFLATED if member.size else zipfile.ZIP_STORED
    info._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001
    info.create_system = UNIX  # or the modes would be ignored
    info.external_attr = _MODES[member.kind] << 16
    info.file_size = member.size
    return info


def _name(path: bytes) -> str:
    """The path as text; bytes that are no UTF-8 are read as a code page that has no others."""
    try:
        return path.decode()
    except UnicodeDecodeError:
        return path.decode("cp437")
