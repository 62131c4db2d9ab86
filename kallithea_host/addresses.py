"""Which address a request comes from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAPPED: Final = "::ffff:"


class ClientAddresses:
    """The peer's address; behind trusted proxies, the one their header names."""

    def __init__(self, trusted: Sequence[str], header: str) -> None:
        self._trusted = [ipaddress.ip_network(text, strict=False) for text in trusted]
        self._header = header.encode("ascii")

    @property
    def header(self) -> bytes | None:
        """The header that ``client`` asks for; None when nobody's is believed."""
        return self._header if self._trusted else None

    def client(self, peer: str, forwarded: Sequence[bytes] = ()) -> str:
        """The rightmost address that no trusted proxy stands for.

        ``forwarded`` holds the header's values. Where it holds no such address, the peer is the
        client. An IPv4 address that IPv6 carries is told as what it is.
        """
        peer = _unmapped(peer)
        if not self._trusted or not self._is_trusted(peer):
            return peer
        for part in reversed(b",".join(forwarded).split(b",")):
            address = _unmapped(part.strip().decode("latin-1"))
            if not _is_address(address):
                return peer
            if not self._is_trusted(address):
                return address
        return peer

    def believes(self, peer: str) -> bool:
        """Whether a peer is a proxy whose headers are believed."""
        return self._is_trusted(_unmapped(peer))

    def _is_trusted(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._trusted)


def _unmapped(address: str) -> str:
    if not address.lower().startswith(_MAPPED) or not _is_address(address):
        return address
    mapped = ipaddress.IPv6Address(address).ipv4_mapped
    return str(mapped) if mapped else address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
