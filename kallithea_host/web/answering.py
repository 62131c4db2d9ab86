"""A view's reply as HTTP has it: headers, conditions, parts."""

from __future__ import annotations

import re
import unicodedata
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from twisted.web.http import datetimeToString

from kallithea_host.web.pages import NO_SUCH_PART
from kallithea_host.web.parts import Unsatisfiable, deliver_part, part_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kallithea_host.replies import Body, Reply
    from kallithea_host.web.site import LimitedRequest

SAFE: Final = (
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Content-Security-Policy", b"default-src 'none'; sandbox"),
    (b"Referrer-Policy", b"no-referrer"),
)
"""Headers of every answer: whatever a repository holds, a browser runs nothing of it."""
STYLED: Final = (
    b"default-src 'none'; style-src 'self'; img-src data:; "
    b"form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page of the server's own may load instead: its stylesheet; no script."""
REVALIDATED: Final = b"private, no-cache"
"""Stored by the client only, and not used without asking again: permissions may have changed."""
NOT_STORED: Final = b"private, no-store"
"""For a URL that holds a key."""
_ETAG: Final = re.compile(r'(?:W/)?"([^"]*)"|(\*)')
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._+-]")


def known_etags(values: Sequence[bytes]) -> frozenset[str]:
    """The etags of a header ``If-None-Match``; weak ones count, too (RFC 9110, 13.1.2)."""
    found = _ETAG.findall(b",".join(values).decode("latin-1"))
    return frozenset(tag or star for tag, star in found)


async def answer(request: LimitedRequest, reply: Reply, known: frozenset[str]) -> None:
    """Send a reply whole or in part, or say that the client has it already."""
    _describe(request, reply)
    if _is_known(request, reply, known):
        request.setResponseCode(HTTPStatus.NOT_MODIFIED)
        request.responseHeaders.removeHeader(b"Content-Type")
        request.finish()
        return
    size = len(reply.body) if isinstance(reply.body, bytes) else reply.size
    try:
        part = _part(request, reply, size)
    except Unsatisfiable:
        request.setHeader(b"Content-Range", b"bytes */%d" % (size or 0))
        request.responseHeaders.removeHeader(b"Content-Disposition")
        NO_SUCH_PART.render(request)
        return
    _measure(request, part, size)
    if request.method != b"HEAD" and reply.body is not None:
        await _write(request, reply.body, part, size)
    if request.channel is not None:  # the client may have left with the last piece
        request.finish()


def _is_known(request: LimitedRequest, reply: Reply, known: frozenset[str]) -> bool:
    """Whether the client has it already: by its etag, or by its date where it has no etag.

    A date says less: it has no parts of a second, and a changeset that is new may bear an old one.
    """
    if reply.etag or request.requestHeaders.hasHeader(b"If-None-Match"):
        return bool(reply.etag and known & {reply.etag, "*"})
    since = (request.getHeader(b"If-Modified-Since") or b"").decode("latin-1")
    if not since or not reply.modified:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= int(reply.modified.timestamp())
    except (ValueError, OverflowError):  # no date
        return False


def _measure(request: LimitedRequest, part: range | None, size: int | None) -> None:
    """The headers that say how long it is, and of what it is a part."""
    if size is not None and part is not None:
        request.setResponseCode(HTTPStatus.PARTIAL_CONTENT)
        last = part.stop - 1
        request.setHeader(b"Content-Range", b"bytes %d-%d/%d" % (part.start, last, size))
        size = len(part)
    if size is not None:
        request.setHeader(b"Content-Length", b"%d" % size)


async def _write(request: LimitedRequest, body: Body, part: range | None, size: int | None) -> None:
    if isinstance(body, bytes):
        request.write(body if part is None else body[part.start : part.stop])
    elif size is None:
        await body.deliver(request)
    else:
        await deliver_part(body, request, part or range(size), size)


def _part(request: LimitedRequest, reply: Reply, size: int | None) -> range | None:
    if not reply.ranges or size is None:
        return None
    request.setHeader(b"Accept-Ranges", b"bytes")
    if request.method != b"GET":  # parts are for GET only
        return None
    asked = request.getHeader(b"Range")
    unless_changed = request.getHeader(b"If-Range")
    if not asked or (unless_changed and unless_changed != _quoted(reply.etag)):
        return None
    return part_of(asked, size)


def _describe(request: LimitedRequest, reply: Reply) -> None:
    """The headers that say what it is."""
    request.setHeader(b"Content-Type", reply.media_type.encode("ascii"))
    if reply.styled:
        request.setHeader(b"Content-Security-Policy", STYLED)
    if reply.etag:
        request.setHeader(b"ETag", _quoted(reply.etag))
    if reply.modified:
        request.setHeader(b"Last-Modified", datetimeToString(reply.modified.timestamp()))
    if reply.disposition:
        request.setHeader(b"Content-Disposition", _disposition(reply))


def _quoted(etag: str) -> bytes:
    return b'"%s"' % quote(etag, safe="+:,").encode("ascii")


def _disposition(reply: Reply) -> bytes:
    """The disposition with the file's name: in ASCII, and as it is (RFC 6266)."""
    name = reply.filename.rpartition("/")[2]
    if not name:
        return str(reply.disposition).encode("ascii")
    letters = unicodedata.normalize("NFKD", name)
    plain = _UNFIT.sub("_", "".join(c for c in letters if not unicodedata.combining(c)))
    whole = quote(name, safe="", errors="replace")
    return f"{reply.disposition}; filename=\"{plain}\"; filename*=UTF-8''{whole}".encode("ascii")
