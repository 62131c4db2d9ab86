"""The site: limits on requests, and error pages that repeat nothing of the request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from twisted.web.pages import notFound
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime
    from twisted.web.resource import IResource

IDLE_SECONDS: Final = 60.0
"""How long a connection may say nothing."""
DRAINED: Final = 64 * 1024 * 1024
"""Bytes beyond the limit that are read, and dropped, so that the client gets to read the 413."""


class LimitedRequest(Request):
    """A request whose body is kept up to the site's limit; a larger one is answered 413."""

    _received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        """The body's announced length; None when it is chunked."""
        super().gotLength(length if length is None else min(length, self._limit))

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """A part of the body has come."""
        self._received += len(data)
        if self._received <= self._limit:
            super().handleContentChunk(data)
        elif self._received > self._limit + DRAINED:
            self.channel.loseConnection()

    def process(self) -> None:
        """The request is complete."""
        if self._received <= self._limit:
            super().process()
            return
        self.setResponseCode(413)
        self.setHeader(b"connection", b"close")
        self.setHeader(b"content-type", b"text/plain; charset=utf-8")
        self.write(b"The request body is too large.\n")
        self.finish()

    @property
    def _limit(self) -> int:
        return int(self.channel.site.body_limit)


class HostSite(Site):
    """Twisted's site with a limit on bodies, no form parsing, and a log that strikes keys."""

    displayTracebacks = False
    requestFactory = LimitedRequest

    def __init__(
        self, root: IResource, reactor: IReactorTime, *, body_limit: int, access_log: Path | None
    ) -> None:
        super().__init__(
            root,
            requestFactory=LimitedRequest,
            logPath=str(access_log) if access_log else None,
            timeout=IDLE_SECONDS,
            reactor=reactor,
            parsePOSTFormSubmission=False,
        )
        self.body_limit = body_limit
        self._logs = access_log is not None

    def log(self, request: Any) -> None:
        """Write a line of the access log: no query, no Referer, since both may hold a key."""
        if self._logs:
            request.uri = request.uri.partition(b"?")[0]
            request.requestHeaders.removeHeader(b"referer")
            super().log(request)


class Nowhere(Resource):
    """A resource without a page: whatever lies below it, and is not put there, is not found."""

    def getChild(self, path: bytes, request: Request) -> IResource:  # noqa: N802 - Twisted's name
        """Doubled slashes mean one; anything else is nowhere."""
        return self if path == b"" and request.postpath else notFound()

    def render(self, request: Request) -> Any:
        """Not found."""
        return notFound().render(request)


def site_root(api: IResource) -> Nowhere:
    """The tree of resources: the API at ``/_admin/api``."""
    root, admin = Nowhere(), Nowhere()
    root.putChild(b"_admin", admin)
    admin.putChild(b"api", api)
    return root
