"""Writing users and user groups, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host import keys, names, schema
from kallithea_host.clock import from_epoch, now
from kallithea_host.importing import networks, permission_rows
from kallithea_host.importing.planning import VERIFIABLE
from kallithea_host.importing.rows import add, go_on, moment, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Row

    from kallithea_host.importing.planning import Plan
    from kallithea_host.keys import Vault


def write(db: Connection, vault: Vault, plan: Plan, zone: ZoneInfo | None) -> None:
    """Write the accounts, the user groups, and their global permissions."""
    old, called = plan.old, plan.names
    add(db, schema.users, (_user(row, called["user"][row.user_id], zone) for row in old.users))
    go_on(db, schema.users)
    add(db, schema.emails, _emails(plan))
    add(db, schema.api_keys, _keys(vault, plan, zone))
    add(
        db,
        schema.user_addresses,
        ({"user_id": user_id, "network": text} for user_id, text in networks.rows(old)),
    )
    add(db, schema.user_groups, (_group(plan, row, zone) for row in old.user_groups))
    go_on(db, schema.user_groups)
    add(
        db,
        schema.user_group_members,
        ({"users_group_id": group, "user_id": user} for group, user in sorted(old.members)),
    )
    of_users, of_groups = permission_rows.global_names(old)
    add(db, schema.user_permissions, ({"user_id": who, "name": name} for who, name in of_users))
    add(
        db,
        schema.user_group_permissions,
        ({"users_group_id": who, "name": name} for who, name in of_groups),
    )


def _user(row: Row[Any], name: str, zone: ZoneInfo | None) -> dict[str, Any]:
    somebody = row.user_id != schema.default_user_id  # nobody logs in as everybody
    verifiable = somebody and (row.password or "").startswith(VERIFIABLE)
    return {
        "user_id": row.user_id,
        "username": name,
        "username_key": names.fold(name),
        "password_hash": row.password if verifiable else None,
        "firstname": plain(row.firstname),
        "lastname": plain(row.lastname),
        "active": bool(row.active),
        "admin": bool(row.admin),
        "extern_type": row.extern_type or "internal",
        "extern_name": plain(row.extern_name),
        "last_login": moment(row.last_login, zone),
        "created_on": moment(row.created_on, zone) or now(),
    }


def _emails(plan: Plan) -> Iterator[dict[str, Any]]:
    for place, address in enumerate(plan.old.addresses):
        if text := plan.names["email"][place]:
            yield {
                "user_id": address.user_id,
                "email": text,
                "email_key": names.fold(text),
                "is_primary": address.primary,
            }


def _keys(vault: Vault, plan: Plan, zone: ZoneInfo | None) -> Iterator[dict[str, Any]]:
    """Every user has a key of his own; what could never have been a key is replaced or left out."""
    taken = set()
    for user in plan.old.users:
        key = user.api_key or ""
        if not keys.well_formed(key) or key in taken:
            key = keys.generate()
        taken.add(key)
        made = moment(user.created_on, zone) or now()
        yield _key(vault, user.user_id, key, made, builtin=True)
    for row in plan.old.api_keys:
        key = row.api_key or ""
        if keys.well_formed(key) and key not in taken:
            taken.add(key)
            made = moment(row.created_on, zone) or now()
            yield {
                **_key(vault, row.user_id, key, made, builtin=False),
                "description": plain(row.description),
                "expires_on": _expiry(row.expires),
            }


def _expiry(seconds: float | None) -> datetime | None:
    """When a key expires: -1 is never, and so is a year that no calendar has."""
    try:
        return None if seconds in {None, -1} else from_epoch(seconds or 0)
    except (OverflowError, ValueError):
        return None


def _key(vault: Vault, user_id: int, key: str, made: datetime, *, builtin: bool) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "digest": vault.digest(key),
        "sealed": vault.seal(key, keys.key_owner(user_id)),
        "builtin": builtin,
        "description": "",
        "created_on": made,
        "expires_on": None,
    }


def _group(plan: Plan, row: Row[Any], zone: ZoneInfo | None) -> dict[str, Any]:
    name = plan.names["usergroup"][row.users_group_id]
    return {
        "users_group_id": row.users_group_id,
        "group_name": name,
        "group_name_key": names.fold(name),
        "group_description": plain(row.user_group_description),
        "active": bool(row.users_group_active),
        "owner_id": plan.old.owner(row.user_id),
        "created_on": moment(row.created_on, zone) or now(),
    }
