"""Networks that a user may call from; those of ``default`` hold for everybody."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import bindparam, delete, insert, select

from kallithea_host import Conflict, NotFound, schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kallithea_plugins.users.result_types import Network as Shown

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_addresses: Final = schema.user_addresses
_OF_USER: Final = (
    select(_addresses.c.network)
    .where(_addresses.c.user_id == bindparam("user_id"))
    .order_by(_addresses.c.address_id)
)
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")


def of_user(db: Connection, user_id: int) -> list[str]:
    """A user's own networks, in the order they were added."""
    return list(db.scalars(_OF_USER, {"user_id": user_id}))


def shown(network: str) -> Shown:
    """A network as ``get_ip`` shows it: as stored, and its first and last address."""
    parsed = ipaddress.ip_network(network)
    first, last = str(parsed.network_address), str(parsed.broadcast_address)
    return {"ip_addr": network, "ip_range": [first, last]}


def parse(text: str) -> str:
    """A network as it is stored; a plain address becomes a network of one.

    IPv4 addresses in IPv6 clothes become IPv4: that is what client addresses are compared as.
    Raises ``ValueError`` with a reason.
    """
    network: Network = ipaddress.ip_network(text)
    if isinstance(network, ipaddress.IPv6Network):
        if network.network_address.scope_id:
            raise ValueError(f"{text} names a network interface, which a rule cannot")
        if network.subnet_of(_MAPPED):
            address = network.network_address.ipv4_mapped
            network = ipaddress.ip_network(f"{address}/{network.prefixlen - 96}")
    return str(network)


def add(db: Connection, user_id: int, network: str) -> None:
    """Let a user call from a network, as ``parse`` gave it."""
    if network in of_user(db, user_id):
        raise Conflict(f"{network} is among the user's networks already")
    db.execute(insert(_addresses).values(user_id=user_id, network=network))


def remove(db: Connection, user_id: int, network: str) -> None:
    """Take a network from a user, as ``parse`` gave it."""
    removed = delete(_addresses).where(
        _addresses.c.user_id == user_id, _addresses.c.network == network
    )
    if not db.execute(removed).rowcount:
        raise NotFound(f"{network} is not among the user's networks")
