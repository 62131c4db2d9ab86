"""From an API key and an address to the caller it stands for."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, or_, select

from kallithea_host import schema
from kallithea_host.clock import now
from kallithea_host.errors import AddressRefused, NotAuthenticated
from kallithea_host.keys import well_formed
from kallithea_host.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from kallithea_host.keys import Vault

INVALID_KEY: Final = "Invalid API key"
KEY_NEEDED: Final = "An API key is needed."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and from where."""

    user_id: int
    username: str
    admin: bool
    address: str
    key_id: int | None = None
    """The API key used; None for the operator's program."""


_users, _keys, _addresses = schema.users, schema.api_keys, schema.user_addresses
_BY_DIGEST: Final = (
    select(
        _users.c.user_id,
        _users.c.username,
        _users.c.admin,
        _keys.c.key_id,
        _keys.c.digest,
        _keys.c.expires_on,
        _addresses.c.network,
    )
    .join(_keys, _keys.c.user_id == _users.c.user_id)
    .outerjoin(
        _addresses,
        or_(
            _addresses.c.user_id == _users.c.user_id,
            _addresses.c.user_id == schema.default_user_id,
        ),
    )
    .where(
        _keys.c.digest == bindparam("digest"),
        _users.c.active,
        _users.c.user_id != schema.default_user_id,
    )
)

_ANONYMOUS: Final = (
    select(_users.c.user_id, _users.c.username, _users.c.active, _addresses.c.network)
    .outerjoin(_addresses, _addresses.c.user_id == _users.c.user_id)
    .where(_users.c.user_id == schema.default_user_id)
)


def identify(db: Connection, vault: Vault, key: object, address: str) -> Caller:
    """The caller of a key, if he may call from this address.

    Unknown, expired, malformed and inactive are one answer: ``NotAuthenticated``. An address
    outside the user's and everybody's rules is ``AddressRefused``.
    """
    if not isinstance(key, str) or not well_formed(key):
        raise NotAuthenticated(INVALID_KEY)
    digest = vault.digest(key)
    rows = remembered(
        db, (identify, digest), lambda: db.execute(_BY_DIGEST, {"digest": digest}).all()
    )
    if not rows or not _usable(rows[0], digest):
        raise NotAuthenticated(INVALID_KEY)
    check_address(address, [row.network for row in rows])
    first = rows[0]
    return Caller(first.user_id, first.username, first.admin, address, first.key_id)


def anonymous(db: Connection, address: str) -> Caller:
    """The user ``default``, who stands for everybody without a key while that user is active.

    Raises as ``identify`` does: of an address outside everybody's rules first.
    """
    rows = remembered(db, anonymous, lambda: db.execute(_ANONYMOUS).all())
    check_address(address, [row.network for row in rows])
    (first, *_) = rows
    if not first.active:
        raise NotAuthenticated(KEY_NEEDED)
    return Caller(first.user_id, first.username, admin=False, address=address)


def _usable(row: Row[*tuple[Any, ...]], digest: bytes) -> bool:
    in_time = row.expires_on is None or row.expires_on >= now()
    return hmac.compare_digest(row.digest, digest) and in_time


def check_address(address: str, networks: Iterable[str | None]) -> None:
    """Raise ``AddressRefused`` unless an address lies in one of the networks, if there are any.

    None, as an outer join has it where there is no rule, is no network.
    """
    rules = [network for network in networks if network is not None]
    if rules and not _lies_in(address, rules):
        raise AddressRefused(f"request from IP:{address} not allowed")


def _lies_in(address: str, networks: Iterable[str]) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:  # a UNIX socket has no address
        return False
    mapped = client.ipv4_mapped if isinstance(client, ipaddress.IPv6Address) else None
    return any((mapped or client) in ipaddress.ip_network(text) for text in networks)
