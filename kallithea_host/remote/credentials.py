"""Passwords in clone URIs: hide them, store them apart, keep them out of every text.

These functions take any text, also such that no policy would let pass, because it may have been
stored by an older server; for a valid URI they are exact, for others they hide too much rather
than too little. Passwords are handled as they are written in the URI, percent signs and all.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.vcs import Remote

MASK = "*****"
"""What is shown in place of a password."""


def mask(clone_uri: str) -> str:
    """Return the URI with ``*****`` in place of its password, if it has one."""
    place = _password(clone_uri)
    return clone_uri if place is None else clone_uri[: place.start] + MASK + clone_uri[place.stop :]


def split_password(clone_uri: str) -> tuple[str, str | None]:
    """Return the URI without its password, and the password, so that it can be stored sealed."""
    place = _password(clone_uri)
    if place is None:
        return clone_uri, None
    without = clone_uri[: place.start - 1] + clone_uri[place.stop :]
    return without, clone_uri[place.start : place.stop]


def with_password(clone_uri: str, password: str | None) -> str:
    """Put back exactly what ``split_password`` took away."""
    if password is None:
        return clone_uri
    start, end = _authority(clone_uri)
    at = clone_uri.rindex("@", start, end)
    return f"{clone_uri[:at]}:{password}{clone_uri[at:]}"


def is_masked(clone_uri: str, stored_uri: str) -> bool:
    """Whether this is the stored URI in its masked form, so that the stored password is meant.

    The stored URI may be given with or without its password. Every other part must be the same:
    a stored password is never sent to an address that somebody wrote around the mask.
    """
    return split_password(clone_uri) == (split_password(stored_uri)[0], MASK)


def secrets_of(remote: Remote) -> tuple[str, ...]:
    """Return every spelling of a remote's credentials that could turn up in an output.

    A user name without a password is often an access token, and is then the secret.
    """
    secret = remote.username if remote.password is None else remote.password
    if not secret:
        return ()
    pair = f"{remote.username or ''}:{remote.password or ''}"
    spellings = {*_spellings(secret), b64encode(pair.encode()).decode()}
    return tuple(sorted(spellings, key=len, reverse=True))


def strike(text: str, secrets: Iterable[str]) -> str:
    """Replace each of the secrets in a text; give the longest first."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote(secret, safe="").lower()
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]
    yield json.dumps(secret)[1:-1]


def _authority(text: str) -> tuple[int, int]:
    """Find ``user:password@host:port``; without ``://`` the whole text may be that."""
    start = text.find("://") + 3 if "://" in text else 0
    end = min((at for at in (text.find(mark, start) for mark in "/?#") if at >= 0), default=None)
    return start, len(text) if end is None else end


def _password(text: str) -> slice | None:
    """Find the password: from the first colon to the last ``@`` before the host.

    Where the part before the path holds no ``@`` but something like ``host:word``, the "word" is
    no port but the beginning of a password with an unquoted slash.
    """
    start, end = _authority(text)
    colon = text.find(":", start, end)
    if colon < 0 or text.startswith("[", start):
        return None
    at = text.rfind("@", start, end)
    port = text[colon + 1 : end]
    if at < 0 and not (port.isascii() and port.isdigit()):
        at = text.rfind("@", end)
    return slice(colon + 1, at) if at > colon else None
