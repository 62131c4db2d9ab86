"""The style and the script of the pages: two files that never change while the server runs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from twisted.web.http import CACHED
from twisted.web.resource import Resource

from kallithea_host.web.account.rendering import HERE
from kallithea_host.web.site import Nowhere

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = ("account.css", "account.js")
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Asset(Resource):
    """One file, which browsers keep and ask about."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._type = TYPES[file.suffix]
        self._content = file.read_bytes()
        self._etag = b'"%s"' % hashlib.sha256(self._content).hexdigest()[:32].encode()

    def render_GET(self, request: Any) -> bytes:  # noqa: N802 - Twisted's name
        """The file, unless the browser has it."""
        request.setHeader("Content-Type", self._type)
        request.setHeader("Cache-Control", "no-cache")
        request.setHeader("X-Content-Type-Options", "nosniff")
        return b"" if request.setETag(self._etag) is CACHED else self._content


def assets() -> Resource:
    """The folder of all of them."""
    folder = Nowhere()
    for name in FILES:
        folder.putChild(name.encode(), Asset(HERE / "assets" / name))
    return folder
