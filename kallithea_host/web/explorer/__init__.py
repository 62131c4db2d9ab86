"""The explorer: what a browser sees at ``/_admin/api``, where programs call methods.

The page shows declarations and nothing that is stored, so it is open. A script lets those who have
a key try a call; without it the page is there to be read.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from twisted.web.http import CACHED
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from kallithea_host.web.account.assets import Asset
from kallithea_host.web.explorer.page import HERE, page
from kallithea_host.web.pages import NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twisted.web.resource import IResource

    from kallithea_host.host import Host
    from kallithea_host.web.site import LimitedRequest

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-cache"),
    ("Vary", "Accept"),
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
)
_HTML: Final = b"text/html"


class Explorable(Resource):
    """The API, and to a browser that asks for a page the explorer."""

    def __init__(self, api: IResource, host: Host) -> None:
        super().__init__()
        self._api = api
        self._host = host

    def getChild(self, path: bytes, request: LimitedRequest) -> IResource:  # noqa: N802 - Twisted's name
        """The slash at the end of the URL means nothing; a path below it is nowhere."""
        return self if path == b"" and not request.postpath else NOT_FOUND

    def render(self, request: LimitedRequest) -> Any:
        """Answer with the page, or let the API answer."""
        if not _asks_for_a_page(request):
            return self._api.render(request)
        shown, etag = self._page
        for name, value in HEADERS:
            request.setHeader(name, value)
        body = b"" if request.setETag(etag) is CACHED else shown
        request.setHeader("Content-Length", str(len(body)))
        if request.method == b"GET":
            request.write(body)
        request.finish()
        return NOT_DONE_YET

    @cached_property
    def _page(self) -> tuple[bytes, bytes]:
        """The page and its etag: what is declared never changes while the server runs."""
        made = page(self._host.registry, self._host.settings.api_result_style).encode()
        return made, b'"%s"' % hashlib.sha256(made).hexdigest()[:32].encode()


def _asks_for_a_page(request: LimitedRequest) -> bool:
    """Whether a browser shows its user what it gets: a program takes anything, or sends a body."""
    if request.method not in {b"GET", b"HEAD"} or request.body:
        return False
    accepted = b",".join(request.requestHeaders.getRawHeaders(b"Accept", ()))
    kinds = (kind.partition(b";")[0].strip().lower() for kind in accepted.split(b","))
    return _HTML in kinds


def assets() -> Mapping[bytes, Resource]:
    """The style and the script of the page, by their file names."""
    return {
        b"explorer.css": Asset(HERE / "assets" / "explorer.css"),
        b"explorer.js": Asset(HERE / "assets" / "explorer.js"),
    }
