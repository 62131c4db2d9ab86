"""Which remote repositories the server talks to.

The form of a clone URI is judged here, before any library sees it, and so is each address that a
connection is about to go to. ``parse`` is called on every use of a URI, stored ones included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import quote, unquote

from kallithea_host.remote.addresses import (
    destination,
    is_public,
    parse_address,
    parse_network,
)
from kallithea_host.remote.credentials import MASK
from kallithea_host.vcs import Remote, VcsError

LONGEST_URI: Final = 2_048
LONGEST_HOST: Final = 253
KNOWN_SCHEMES: Final = frozenset({"http", "https", "ssh"})

_URI: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:(?P<user>[^:@/?#\[\]]+)(?::(?P<password>[^@/?#\[\]]*))?@)?"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#]*)?"
)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class RemoteRefused(VcsError):
    """The policy does not let the server use this clone URI; the text repeats no part of it."""


@dataclass(frozen=True, slots=True)
class RemotePolicy:
    """What the settings say about remote repositories; unusable settings are a ``ValueError``."""

    schemes: frozenset[str] = frozenset({"http", "https"})
    """May hold ``ssh``, too."""
    allow: tuple[str, ...] = ()
    """Setting ``clone_uri_allow``: host names, IP addresses and networks (``10.0.0.0/8``) that
    may be used although they are not on the public Internet."""

    def __post_init__(self) -> None:
        """Refuse schemes and entries that could never match."""
        if strange := self.schemes - KNOWN_SCHEMES:
            raise ValueError(f"not a scheme for remote repositories: {min(strange)}")
        for entry in self.allow:
            if parse_network(entry) is None and not _is_host_name(entry.lower()):
                raise ValueError(f"neither a host name, an IP address nor a network: {entry}")

    def parse(self, clone_uri: str) -> Remote:
        """Check a clone URI and take it apart; raises ``RemoteRefused`` and nothing else."""
        # Not printable: control characters, spaces other than " ", direction marks, surrogates.
        if not clone_uri.isprintable() or " " in clone_uri or "\\" in clone_uri:
            raise RemoteRefused("a clone URI holds no spaces, backslashes or control characters")
        if len(clone_uri) > LONGEST_URI:
            raise RemoteRefused(f"a clone URI has at most {LONGEST_URI} characters")
        parts = _URI.fullmatch(clone_uri)
        if parts is None:
            raise RemoteRefused("a clone URI has the form scheme://user:password@host:port/path")
        scheme = parts["scheme"].lower()
        if scheme not in self.schemes:
            raise RemoteRefused(f"a clone URI begins with one of {', '.join(sorted(self.schemes))}")
        location = self._host(parts["host"].lower()) + _port(parts["port"]) + _path(parts["path"])
        user, password = _user(parts["user"]), _password(parts["password"])
        return Remote(f"{scheme}://{location}", user, password)

    def permits(self, address: str, host: str) -> bool:
        """Whether a connection that was asked for by the name ``host`` may go to ``address``.

        ``address`` is an IP address as ``getaddrinfo`` gives it; one with a scope, such as
        ``fe80::1%eth0``, is never permitted. A name that is listed in ``allow`` may lead anywhere.
        """
        given = parse_address(address)
        if given is None or (isinstance(given, IPv6Address) and given.scope_id is not None):
            return False
        if host.lower() in map(str.lower, self.allow):
            return True
        reached = destination(given)
        networks = [network for entry in self.allow if (network := parse_network(entry))]
        return is_public(reached) or any(reached in network for network in networks)

    def _host(self, host: str) -> str:
        if _is_host_name(host):
            return host
        literal = parse_address(host.strip("[]"))
        if literal is None or host.startswith("[") != isinstance(literal, IPv6Address):
            raise RemoteRefused("the clone URI's host is malformed")
        if not self.permits(str(literal), host):
            raise RemoteRefused("the clone URI's address is not public, nor in clone_uri_allow")
        return host


def _is_host_name(name: str) -> bool:
    """Tell host names from addresses and rubbish.

    What ends in a number is an address to C libraries, whatever it looks like (``2130706433``,
    ``0x7f.1``, ``0177.0.0.1``), and never a name.
    """
    *_, last = labels = name.split(".")
    well_formed = len(name) <= LONGEST_HOST and all(map(_LABEL.fullmatch, labels))
    return well_formed and not _NUMBER.fullmatch(last)


def _user(quoted: str | None) -> str | None:
    user = _decoded(quoted)
    # Basic authentication cannot express a colon; programs take a dash for an option.
    if user is not None and (not user or user.startswith("-") or ":" in user):
        raise RemoteRefused("the clone URI's user name is malformed")
    return user


def _password(quoted: str | None) -> str | None:
    if quoted == MASK:
        raise RemoteRefused("the clone URI's password is only the mask of a password")
    return _decoded(quoted)


def _decoded(quoted: str | None) -> str | None:
    if quoted is None:
        return None
    try:
        text = unquote(quoted, errors="strict")
    except UnicodeDecodeError:
        raise RemoteRefused("the clone URI's user name or password is not UTF-8") from None
    if not text.isprintable():
        raise RemoteRefused("the clone URI's user name or password holds control characters")
    return text


def _port(digits: str | None) -> str:
    if digits is None:
        return ""
    if not 0 < int(digits) < 2**16:
        raise RemoteRefused("the clone URI's port is not between 1 and 65535")
    return f":{int(digits)}"


def _path(quoted: str | None) -> str:
    if quoted is None:
        return ""
    plain = unquote(quoted)
    if _BAD_ESCAPE.search(quoted) or not plain.isprintable() or "\\" in plain:
        raise RemoteRefused("the clone URI's path is malformed")
    if plain.lstrip("/").startswith("-"):
        raise RemoteRefused("the clone URI's path looks like an option")
    return quote(quoted, safe="/%:@!$&'()*+,;=~")
