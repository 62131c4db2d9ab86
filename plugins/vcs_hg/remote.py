"""Changesets from other servers, over http and https only."""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import BaseHandler, Request

from mercurial import exchange, httppeer
from mercurial import url as urlmod
from mercurial.utils import urlutil

from kallithea_host.vcs import Remote, VcsError

from .library import new_ui
from .repository import open_repository, recover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from urllib.response import addinfourl

_PORTS = {"http": 80, "https": 443}


def pull(path: Path, remote: Remote) -> tuple[str, ...]:
    """Bring all heads and bookmarks of ``remote``; the ids that came, oldest first.

    One transaction: an exception in the middle, ``SystemExit`` of a signal too, rolls it back.
    """
    repo = open_repository(path)
    try:
        with _peer(remote) as peer, repo.wlock(), repo.lock():
            known = len(repo)
            # A stream clone would copy the remote's files instead of checked changesets.
            exchange.pull(repo, peer, streamclonerequested=False)
            changelog = repo.filtered(b"served").changelog
            return tuple(changelog.node(rev).hex() for rev in changelog.revs(known))
    except BaseException:
        # A signal may come where Mercurial rolls nothing back: while a transaction is being begun.
        recover(path)
        raise


@contextmanager
def _peer(remote: Remote) -> Iterator[httppeer.httppeer]:
    """The remote repository; its connections are closed in the end."""
    ui = new_ui()
    gate = _Gate(remote)
    opener = urlmod.opener(ui)
    opener.add_handler(gate)
    path = urlutil.path(ui, rawloc=remote.url.encode("ascii"), validate_path=False)
    try:
        # The public way to a peer takes what does not answer like Mercurial for a repository
        # served as plain files, and opens that.
        yield httppeer._make_peer(ui, path, opener=opener)  # noqa: SLF001
    finally:
        gate.close_answers()
        for handler in opener.handlers:
            if hasattr(handler, "close_all"):
                handler.close_all()


class _Gate(BaseHandler):
    """Sees every request before it is sent: where it goes, and that it bears the credentials.

    They are sent unasked, since Mercurial's own password manager takes ASCII only.
    """

    def __init__(self, remote: Remote) -> None:
        scheme, host, port = origin = _origin(remote.url)
        self._origins = {origin}
        self._answers: list[addinfourl] = []
        if (scheme, port) == ("http", _PORTS["http"]):
            self._origins.add(("https", host, _PORTS["https"]))
        self._authorization: str | None = None
        if remote.username is not None or remote.password is not None:
            pair = f"{remote.username or ''}:{remote.password or ''}"
            self._authorization = "Basic " + b64encode(pair.encode()).decode()

    def default_open(self, request: Request) -> None:
        """Called by urllib for each request, those that follow a redirect included."""
        if _origin(request.full_url) not in self._origins:
            raise VcsError("the remote redirects to another server")
        if self._authorization:
            request.add_unredirected_header("Authorization", self._authorization)

    def http_response(self, _: Request, answer: addinfourl) -> addinfourl:
        """Remember an answer; called by urllib for each, refusals included."""
        self._answers.append(answer)
        return answer

    https_response = http_response

    def close_answers(self) -> None:
        """Close what was answered: an exception may keep an unread one open."""
        for answer in self._answers:
            answer.close()


def _origin(url: str) -> tuple[str, str, int]:
    """The scheme, host and port of an address; refuses what has none of that."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise VcsError("the remote's address is malformed") from None
    if not url.isprintable() or not url.isascii():
        raise VcsError("the remote's address has characters that no address has")
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.fragment:
        raise VcsError("the remote's address is no plain http or https address")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
