"""What a request to the account page says of its browser: address, cookie, and where it was sent.

The cookie has the path ``/_admin``, so that it opens no view of a repository, and holds a random
text only: before a login it binds forms to the browser, afterwards it finds the session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twisted.web.server import Request

    from kallithea_host.web.clients import Clients

COOKIE: Final = b"kallithea_session"
COOKIE_PATH: Final = b"/_admin"
LONGEST_COOKIE: Final = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that asks for a page, or sends a form."""

    address: str
    token: str = field(repr=False)
    """The text of its cookie; empty when it has none."""
    page: int
    """Which page of a list it wants to see."""
    again: bool
    """Whether it was sent to the login because its session was over."""
    form: Mapping[str, str] = field(repr=False)


def visitor_of(request: Request, clients: Clients, form: Mapping[str, str]) -> Visitor:
    """Who asks."""
    cookie = request.getCookie(COOKIE) or b""
    token = cookie.decode("ascii", "replace") if len(cookie) <= LONGEST_COOKIE else ""
    again = b"again" in request.args
    return Visitor(clients.address(request), token, _page(request), again, form)


def set_cookie(request: Request, token: str, *, secure: bool) -> None:
    """Let the browser keep a text until it is closed; none: let it forget what it has."""
    request.addCookie(
        COOKIE,
        token.encode(),
        path=COOKIE_PATH,
        max_age=None if token else b"0",
        secure=secure,
        httpOnly=True,
        sameSite=b"lax",
    )


def from_own_page(request: Request, own_url: str) -> bool:
    """Whether a form was sent by a page of this server's, as the browser tells.

    Where there is ``Sec-Fetch-Site``, it decides: behind a proxy that changes ``Host`` it is still
    right, and it tells ``http:`` from ``https:``. A browser that tells nothing is refused.

    Args:
        request: what brought the form.
        own_url: where the server is.
    """
    site = request.getHeader("sec-fetch-site")
    if site in {"same-origin", "same-site", "cross-site"}:
        return site == "same-origin"
    told = request.getHeader("origin") or request.getHeader("referer") or ""
    try:
        origin = urlsplit(told)
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc == urlsplit(own_url).netloc


def _page(request: Request) -> int:
    (text, *_) = request.args.get(b"page", [b"1"])
    number = int(text) if text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004 - a page in reach
    return max(1, number)
