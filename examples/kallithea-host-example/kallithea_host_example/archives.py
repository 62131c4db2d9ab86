"""Tar archives from other servers: fetched, and taken for data that anybody may have written."""

from __future__ import annotations

import tarfile
import urllib.request
from base64 import b64encode
from http.client import HTTPException
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from kallithea_host import VcsError

if TYPE_CHECKING:
    from kallithea_host import Remote

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of an archive, and of all its files together."""
TIMEOUT: Final = 60
"""Seconds of silence."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address was judged, the one it leads to was not."""

    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect: the answer becomes an error."""


def fetch(remote: Remote) -> dict[str, bytes]:
    """The files of the archive at an address, by path."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    request = urllib.request.Request(remote.url)  # noqa: S310 - the host has checked the scheme
    if remote.username is not None:
        pair = f"{remote.username}:{remote.password or ''}".encode()
        request.add_header("Authorization", f"Basic {b64encode(pair).decode()}")
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            data = answer.read(LARGEST + 1)
    except (OSError, HTTPException) as error:
        raise VcsError(f"the archive cannot be fetched: {error}") from None
    if len(data) > LARGEST:
        raise VcsError("the archive is too large")
    return unpack(data)


def unpack(data: bytes) -> dict[str, bytes]:
    """The regular files of an archive, by path; refuses paths that lead elsewhere."""
    content: dict[str, bytes] = {}
    room = LARGEST
    try:
        with tarfile.open(fileobj=BytesIO(data)) as archive:
            for member in archive:
                if not member.isfile():
                    continue
                room -= member.size
                file = archive.extractfile(member)
                if room < 0 or file is None:
                    raise VcsError("the archive is too large")
                content[_path(member.name)] = file.read()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise VcsError(f"this is no tar archive: {error}") from None
    return content


def _path(name: str) -> str:
    elements = name.removeprefix("./").split("/")
    if not name.isprintable() or any(element in {"", ".", ".."} for element in elements):
        raise VcsError("the archive holds a file without a proper name")
    return "/".join(elements)
