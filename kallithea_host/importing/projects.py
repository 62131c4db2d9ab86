"""Writing repository groups and repositories, permissions on objects, followers, the journal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from kallithea_host import keys, names, schema
from kallithea_host.clock import now
from kallithea_host.importing import permission_rows, tables
from kallithea_host.importing.rows import add, go_on, moment, plain
from kallithea_host.kinds import KINDS
from kallithea_host.remote import split_password
from kallithea_host.storage import creation, groups
from kallithea_host.vcs import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Row

    from kallithea_host.importing.planning import Plan
    from kallithea_host.keys import Vault

_groups, _repositories = schema.repository_groups, schema.repositories


def write(db: Connection, vault: Vault, plan: Plan, zone: ZoneInfo | None) -> None:
    """Write them; users and user groups are there already."""
    old = plan.old
    add(db, _groups, (_group(plan, row, zone) for row in old.repository_groups))
    go_on(db, _groups)  # more groups may be made at once
    for row in old.repository_groups:
        _put_into_group(db, plan, row.group_id, plan.names["group"][row.group_id], row.user_id)
    kept = [row for row in old.repositories if row.repo_id in plan.repository_names]
    add(db, _repositories, (_repository(vault, plan, row, zone) for row in kept))
    go_on(db, _repositories)
    for row in kept:
        _join_up(db, plan, row)
    for kind in KINDS:
        _write_grants(db, plan, kind)
    add(db, schema.followers, _followers(plan, zone))
    _write_journal(db, plan, zone)


def _group(plan: Plan, row: Row[Any], zone: ZoneInfo | None) -> dict[str, Any]:
    name = plan.names["group"][row.group_id]
    return {
        "group_id": row.group_id,
        "group_name": name,
        "group_name_key": names.fold(name),
        "group_description": plain(row.group_description),
        "owner_id": plan.old.owner(row.user_id),
        "created_on": moment(row.created_on, zone) or now(),
    }


def _put_into_group(
    db: Connection, plan: Plan, group_id: int, name: str, owner_id: int | None
) -> None:
    """A group lies where its name says; groups that no row was for are made."""
    if "/" in name:
        parent_id, _ = groups.make_missing(db, name, plan.old.owner(owner_id))
        db.execute(
            update(_groups).where(_groups.c.group_id == group_id).values(parent_id=parent_id)
        )


def _repository(vault: Vault, plan: Plan, row: Row[Any], zone: ZoneInfo | None) -> dict[str, Any]:
    name = plan.repository_names[row.repo_id]
    uri, password = split_password(row.clone_uri) if row.clone_uri else (None, None)
    sealed = vault.seal(password, keys.remote_owner(row.repo_id)) if password is not None else None
    locked_by, locked_at = _lock(row.locked)
    landing = row.landing_revision or "tip"
    return {
        "repo_id": row.repo_id,
        "repo_name": name,
        "repo_name_key": names.fold(name),
        "repo_type": row.repo_type,
        "description": plain(row.description),
        "private": bool(row.private),
        "owner_id": plan.old.owner(row.user_id),
        "clone_uri": uri,
        "clone_uri_password": sealed,
        "landing_rev": landing if ":" in landing else f"rev:{landing}",
        "enable_statistics": bool(row.statistics),
        "enable_downloads": bool(row.downloads),
        "enable_locking": bool(row.enable_locking),
        "locked_by_id": locked_by if locked_by in plan.old.user_ids else None,
        "locked_at": locked_at if locked_by in plan.old.user_ids else None,
        "pending": False,
        "created_on": moment(row.created_on, zone) or now(),
        **creation.tip_columns(plan.found.tips.get(row.repo_id, EMPTY)),
    }


def _lock(stored: str | None) -> tuple[int | None, float | None]:
    """Who holds a lock, and since when; it was kept as ``user id:seconds since 1970``.

    A lock that a pull made had no time.
    """
    user_id, _, since = (stored or "").partition(":")
    if not user_id.isdecimal():
        return None, None
    try:
        return int(user_id), float(since)
    except ValueError:
        return int(user_id), time.time()


def _join_up(db: Connection, plan: Plan, row: Row[Any]) -> None:
    """Put a repository into its group, and tell what it is a fork of."""
    name = plan.repository_names[row.repo_id]
    group_id, _ = groups.make_missing(db, name, plan.old.owner(row.user_id))
    fork_of_id = row.fork_id if row.fork_id in plan.repository_names else None
    if group_id is not None or fork_of_id is not None:
        this = _repositories.c.repo_id == row.repo_id
        joined = update(_repositories).where(this)
        db.execute(joined.values(group_id=group_id, fork_of_id=fork_of_id))


def _write_grants(db: Connection, plan: Plan, kind: str) -> None:
    there = {
        "repository": plan.repository_names.keys(),
        "group": plan.names["group"].keys(),
        "usergroup": plan.names["usergroup"].keys(),
    }[kind]
    users, of_groups = permission_rows.on_objects(plan.old, kind)
    for table, grantee, levels, known in (
        (schema.grants[kind].users, "user_id", users, plan.old.user_ids),
        (schema.grants[kind].user_groups, "users_group_id", of_groups, plan.names["usergroup"]),
    ):
        rows = (
            {grantee: who, "object_id": target, "level": level}
            for (who, target), level in levels.items()
            if who in known and target in there
        )
        add(db, table, rows)


def _followers(plan: Plan, zone: ZoneInfo | None) -> Iterator[dict[str, Any]]:
    seen = set()
    for row in plan.old.source.rows(tables.followings):
        pair = (row.user_id, row.follows_repository_id)
        known = row.user_id in plan.old.user_ids and pair[1] in plan.repository_names
        if known and pair not in seen:
            seen.add(pair)
            since = moment(row.follows_from, zone) or now()
            yield {"user_id": pair[0], "repo_id": pair[1], "since": since}


def _write_journal(db: Connection, plan: Plan, zone: ZoneInfo | None) -> None:
    """Entries keep the names that things had; those without a time say nothing and are left out."""
    users, repositories = plan.old.user_ids, plan.repository_names
    for batch in plan.old.source.batches(tables.journal):
        rows = (
            {
                "entry_id": row.user_log_id,
                "user_id": row.user_id if row.user_id in users else None,
                "username": plain(row.username),
                "repo_id": row.repository_id if row.repository_id in repositories else None,
                "repo_name": plain(row.repository_name),
                "action": plain(row.action),
                "at": moment(row.action_date, zone),
                "address": plain(row.user_ip),
            }
            for row in batch
            if row.action_date is not None
        )
        add(db, schema.journal, rows)
    go_on(db, schema.journal)
