"""Where a server is: its API's address, and the proxy on the way there."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from kallithea_host.client.errors import BadAddress

PATH: Final = "/_admin/api"
"""The API's place on every server."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\x9f]")


def endpoint(host: str) -> str:
    """The address of the API on a server such as ``https://kallithea.example.com``.

    That address itself, which a server tells at its start, may be given, too.
    """
    try:
        parts = urlsplit(host)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # of a port, or of an IPv6 address
        usable = False
    if not usable or _UNPRINTABLE.search(host):
        raise BadAddress(f"`{host}` is no address of a server: expected http://… or https://…")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("the address of a server holds no user name and no password")
    if parts.query or parts.fragment:
        raise BadAddress(f"`{host}` is no address of a server: it goes on after the path")
    return host.rstrip("/").removesuffix(PATH).rstrip("/") + PATH


def proxy_from_environment(url: str) -> str | None:
    """The proxy that ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` give for an address.

    The names may be in lower case; of both, the lower one counts.
    """
    from urllib import request  # noqa: PLC0415 - slow to import, and seldom needed

    parts = urlsplit(url)
    if request.proxy_bypass(parts.netloc):
        return None
    return request.getproxies().get(parts.scheme)
