"""Archives of all files of a changeset: four forms, the same bytes whenever they are asked for.

A member's path is what somebody committed, and may be hostile: ``members.safe`` sees to it that
unpacking an archive never writes outside of its one top folder.
"""

from __future__ import annotations

import bz2
import zlib
from typing import TYPE_CHECKING, Final, Protocol

from kallithea_host.archives.members import safe
from kallithea_host.archives.tar import tar
from kallithea_host.archives.zip import zip_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host.files import Export

MEDIA_TYPES: Final = {
    ".zip": "application/zip",
    ".tar.gz": "application/x-gzip",
    ".tar.bz2": "application/x-bzip2",
    ".tar": "application/x-tar",
}
"""The forms, by the ends of the names of their files."""

_GZIP: Final = 31
"""The size of zlib's window, and a gzip head around it: without a name, and with the time zero."""
_GZIP_LEVEL: Final = 6


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def pack(export: Export, form: str, top: str) -> Iterator[bytes]:
    """The bytes of an archive whose members lie in the folder ``top``."""
    if export.packed is not None:
        return export.packed(form, top)
    members = safe(export.members, top.encode("utf-8", "surrogatepass"))
    if form == ".zip":
        return zip_archive(members, export.raw_id, export.time)
    return compressed(tar(members, export.raw_id, export.time), form)


def compressed(plain: Iterator[bytes], form: str) -> Iterator[bytes]:
    """A tar archive in one of the forms that begin with ``.tar``; no times are added to it."""
    if form == ".tar.gz":
        return _compressed(plain, zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP))
    if form == ".tar.bz2":
        return _compressed(plain, bz2.BZ2Compressor())
    return plain


def _compressed(plain: Iterator[bytes], compressor: _Compressor) -> Iterator[bytes]:
    for piece in plain:
        if packed := compressor.compress(piece):
            yield packed
    yield compressor.flush()
