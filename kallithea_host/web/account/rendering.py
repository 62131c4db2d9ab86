"""Replies of the account page, as HTML and headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kallithea_host.web.account.visitors import set_cookie

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from twisted.web.server import Request

HERE: Final = Path(__file__).parent
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a browser may load: our own style and script, and nothing of anybody else's."""
HEADERS: Final = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # ``no-referrer`` would make browsers send forms with ``Origin: null``; no URL holds a secret,
    # and to other servers nothing is said.
    ("Referrer-Policy", "same-origin"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be shown."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK
    token: str | None = None
    """The text for the cookie; None leaves it as it is, an empty one makes it forgotten."""
    retry_after: int = 0
    """Seconds after which it may be tried again; 0: nothing is said."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another page of ours, to be asked for next: after a form nothing is sent twice."""

    path: str
    token: str | None = None


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"moment": _moment, "day": _day}
    return environment


_templates: Final = _environment()


def send(request: Request, reply: Page | Redirect, *, secure: bool) -> None:
    """Write a reply; ``secure`` is whether its cookie is for TLS only."""
    for name, value in HEADERS:
        request.setHeader(name, value)
    if reply.token is not None:
        set_cookie(request, reply.token, secure=secure)
    if isinstance(reply, Redirect):
        request.setResponseCode(HTTPStatus.SEE_OTHER)
        request.setHeader("Location", reply.path)
        body = b""
    else:
        request.setResponseCode(reply.status)
        if reply.retry_after:
            request.setHeader("Retry-After", str(reply.retry_after))
        body = _templates.get_template(reply.template).render(reply.values).encode()
    request.setHeader("Content-Length", str(len(body)))
    request.write(body)
    request.finish()
