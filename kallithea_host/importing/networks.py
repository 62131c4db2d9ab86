"""From where users may call: the rules as networks, and as narrow as they were."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from kallithea_host import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host.importing.reading import Old

_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")


def rows(old: Old) -> list[tuple[int, str]]:
    """Pairs of a user and a network, each but once.

    The rules of ``default`` hold for everybody here. A user who did not inherit them and had
    none of his own could call from everywhere, and is given just that.
    """
    found = dict.fromkeys((row.user_id, _parsed(row.ip_addr)) for row in old.networks)
    listed = [(user_id, network) for user_id, network in found if network is not None]
    ruled = {user_id for user_id, _ in listed}
    if schema.default_user_id in ruled:
        for user in old.users:
            if user.inherit_default_permissions is False and user.user_id not in ruled:
                listed += [(user.user_id, network) for network in _EVERYWHERE]
    return listed


def problems(old: Old) -> Iterator[tuple[str, str]]:
    """Rules that mean nothing: without them a user might call from everywhere."""
    for row in old.networks:
        if _parsed(row.ip_addr) is None:
            yield f"IP rule `{row.ip_addr}`", "is no address or network: remove it there first"


def notes(old: Old) -> Iterator[tuple[str, str]]:
    """Users who can call from more places than before."""
    ruled = {row.user_id for row in old.networks}
    if schema.default_user_id in ruled:
        for user in old.users:
            apart = user.inherit_default_permissions is False
            if apart and user.user_id in ruled - {schema.default_user_id}:
                yield (
                    f"user `{user.username}`",
                    "did not inherit the IP rules of `default`, which hold for everybody here",
                )


def _parsed(text: str) -> str | None:
    try:
        return str(ipaddress.ip_network((text or "").strip(), strict=False))
    except ValueError:
        return None
