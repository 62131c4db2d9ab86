"""Which IP addresses are on the public Internet, and which ones only look as if they were."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What the IANA registries of special-purpose addresses keep out of the public Internet. Written
# out because ``is_global`` of the standard library differs between Python's minor releases.
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # Teredo and 6to4 are among these: they may lead to any IPv4 address.
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_PUBLIC_IPV6: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")


def parse_address(text: str) -> Address | None:
    """Read an IP address in its usual spelling; None is for everything else."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def parse_network(text: str) -> Network | None:
    """Read a network such as ``10.0.0.0/8``, or a single address; None is for everything else."""
    try:
        return None if "%" in text else ip_network(text, strict=False)
    except ValueError:
        return None


def destination(address: Address) -> Address:
    """Return the IPv4 address that a mapped or NAT64 address leads to, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet may be behind this address, and nobody else."""
    if any(address in network for network in _SPECIAL):
        return False
    return isinstance(address, IPv4Address) or address in _PUBLIC_IPV6
