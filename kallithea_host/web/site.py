"""The site: limits on requests, and an access log without keys."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from kallithea_host.web.pages import FAILED, NOT_ALLOWED, NOT_FOUND, TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from twisted.internet.interfaces import IReactorTime
    from twisted.python.failure import Failure
    from twisted.web.resource import IResource

IDLE_SECONDS: Final = 60.0
"""How long a connection may say nothing."""
DRAINED: Final = 64 * 1024 * 1024
"""Bytes beyond the limit that are read, and dropped, so that the client gets to read the 413."""


class LimitedRequest(Request):
    """A request whose body is kept up to the site's limit; a larger one is answered 413.

    The body stays in memory: it holds keys and passwords, which no temporary file should.
    """

    _received = 0

    def __repr__(self) -> str:
        """For logs: without the query, which may hold a key."""
        return f"<{type(self).__name__} {self.method!r} {self.path!r}>"

    def gotLength(self, length: int | None) -> None:  # noqa: ARG002, N802 - Twisted's name
        """The headers are complete, and the body begins."""
        self.content: BytesIO = BytesIO()
        self._limit: int = self.channel.site.body_limit  # type: ignore[attr-defined]

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """A part of the body has come."""
        self._received += len(data)
        if self._received <= self._limit:
            self.content.write(data)
        elif self._received > self._limit + DRAINED:
            self.channel.loseConnection()

    @property
    def body(self) -> bytes | None:
        """The whole body; None when nothing came and nobody said how much would."""
        body = self.content.getvalue()
        return body if body or self.requestHeaders.hasHeader(b"Content-Length") else None

    @property
    def too_large(self) -> bool:
        """Whether more came than was kept."""
        return self._received > self._limit

    def render(self, resource: IResource) -> None:
        """Let a resource answer; what it does not support is refused without naming the URI."""
        super().render(_Answering(resource))

    def processingFailed(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        """A resource failed: the log learns why."""
        self._log.failure("a resource failed", failure=reason)
        if not self.startedWriting:
            super().render(FAILED)


class _Answering(Resource):
    """A resource whose refusal of an HTTP method is ours; HEAD stays Twisted's to make of GET."""

    def __init__(self, resource: IResource) -> None:
        super().__init__()
        self._resource = resource

    def render(self, request: Request) -> Any:
        try:
            return self._resource.render(request)
        except UnsupportedMethod as refusal:
            if request.method == b"HEAD" and b"GET" in refusal.allowedMethods:
                raise
            request.setHeader(b"allow", b", ".join(sorted(refusal.allowedMethods)))
            return NOT_ALLOWED.render(request)


class HostSite(Site):
    """Twisted's site with a limit on bodies, no form parsing, and a log that strikes keys."""

    displayTracebacks = False  # noqa: N815 - Twisted's name
    noisy = False

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

    def getResourceFor(self, request: LimitedRequest) -> IResource:  # noqa: N802 - Twisted's name
        """The resource that answers a request."""
        return TOO_LARGE if request.too_large else super().getResourceFor(request)

    def log(self, request: Any) -> None:
        """Write a line of the access log: no query, no Referer, since both may hold a key."""
        if self._logs:
            request.uri = request.uri.partition(b"?")[0]
            request.requestHeaders.removeHeader(b"referer")
            super().log(request)


class Nowhere(Resource):
    """A resource without a page: what lies below it, and is not put there, another one answers."""

    def __init__(self, fallback: IResource = NOT_FOUND) -> None:
        super().__init__()
        self._fallback = fallback

    def getChild(self, path: bytes, request: Request) -> IResource:  # noqa: N802 - Twisted's name
        """Doubled slashes mean one; anything else is the fallback's."""
        return self if path == b"" and request.postpath else self._fallback

    def render(self, request: Request) -> Any:
        """Not found."""
        return NOT_FOUND.render(request)


def site_root(
    api: IResource, views: IResource = NOT_FOUND, pages: Mapping[bytes, IResource] | None = None
) -> Nowhere:
    """The tree of resources: the API at ``/_admin/api``, and beside it the account's pages.

    What is nothing else may be a view.
    """
    root, admin = Nowhere(views), Nowhere(views)
    root.putChild(b"_admin", admin)
    for name, page in {b"api": api, **(pages or {})}.items():
        admin.putChild(name, page)
    return root
