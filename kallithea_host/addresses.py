"""Which address a request comes from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class ClientAddresses:
    """The peer's address; behind trusted proxies, the one their header names."""

    def __init__(self, trusted: Sequence[str], header: str) -> None:
        self._trusted = [ipaddress.ip_network(text, strict=False) for text in trusted]
        self.header = header

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The rightmost address that no trusted proxy stands for.

        ``forwarded`` holds the header's values. Where it holds no address, the peer is the client.
        """
        if not self._is_trusted(peer):
            return peer
        for text in reversed([part.strip() for line in forwarded for part in line.split(",")]):
            if not _is_address(text):
                return peer
            if not self._is_trusted(text):
                return text
        return peer

    def _is_trusted(self, address: str) -> bool:
        if not self._trusted or not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
