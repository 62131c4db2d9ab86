"""The pages of errors: they say what is wrong and repeat nothing of the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

if TYPE_CHECKING:
    from twisted.web.server import Request


class ErrorPage(Resource):
    """One line of text, for every HTTP method and every path below it."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__()
        self._status = status
        self._text = f"{text}\n".encode()

    def render(self, request: Request) -> int:
        """Answer with the page; not by returning it, for Twisted logs the URI of a HEAD's body."""
        request.setResponseCode(self._status)
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        request.setHeader(b"x-content-type-options", b"nosniff")
        request.setHeader(b"content-length", b"%d" % len(self._text))
        request.write(self._text)
        request.finish()
        return NOT_DONE_YET


NOT_FOUND: Final = ErrorPage(HTTPStatus.NOT_FOUND, "There is nothing here.")
NOT_ALLOWED: Final = ErrorPage(
    HTTPStatus.METHOD_NOT_ALLOWED, "This cannot be asked for with this HTTP method."
)
TOO_LARGE: Final = ErrorPage(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body of the request is too large."
)
NO_SUCH_PART: Final = ErrorPage(
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "There is no such part of it."
)
REFUSED: Final = ErrorPage(HTTPStatus.FORBIDDEN, "The server does not allow this.")
FAILED: Final = ErrorPage(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")
