"""Locks: set, cleared, asked for, listed."""

# ruff: noqa: FBT001 - arguments of methods are sent by name

from __future__ import annotations

import time

from sqlalchemy import update

from kallithea_host import DbJob, Ident, schema
from kallithea_host.accounts import get_self_or_any, get_user_by_id
from kallithea_host.clock import from_epoch, iso
from kallithea_host.failing import failing
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.result_types import LockState, Repository
from kallithea_plugins.repos.results import locked_objects

_repositories = schema.repositories


@methods.in_db(needs="repository.write", writes=True)
def lock(
    job: DbJob,
    repoid: Ident,  # noqa: ARG001 - the gate found it
    locked: bool | None = None,
    userid: Ident | None = None,
) -> LockState:
    """Lock or unlock a repository, or ask who holds its lock.

    Setting a lock replaces another user's; clearing it ignores who holds it.

    Args:
        repoid: id or full name of the repository.
        locked: the new state; left out: only ask.
        userid: id or name of the user who is to hold the lock, for administrators; else the
            caller.

    Returns:
        ``repo``, ``locked``, ``locked_since`` (seconds since 1970 or null), ``locked_by`` (user
        name or null), ``lock_state_changed``, ``msg``.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot write to it.
        ``userid is not the same as your user``, ``user `<userid>` does not exist``.
        ``Error occurred locking repository `<repo_name>` ``: a plugin refuses.
    """
    user = get_self_or_any(job, userid)
    if locked is None:
        return _state(job)
    name = job.target.repo_name
    since = time.time() if locked else None
    with failing(f"Error occurred locking repository `{name}`"):
        _set(job, user.user_id if locked else None, since)
    return {
        "repo": name,
        "locked": locked,
        "locked_since": since,
        "locked_by": user.username,
        "lock_state_changed": True,
        "msg": job.host.style.lock_set(user.username, name, locked=locked),
    }


def _set(job: DbJob, holder_id: int | None, since: float | None) -> None:
    job.db.execute(
        update(_repositories)
        .where(_repositories.c.repo_id == job.target.repo_id)
        .values(locked_by_id=holder_id, locked_at=since)
    )
    happens = "unlocked" if holder_id is None else "locked"
    job.announce(repository_event(job.caller, happens, job.target))


def _state(job: DbJob) -> LockState:
    row = job.target
    holder = since = None
    msg = f"Repo `{row.repo_name}` not locked."
    if row.locked_by_id is not None:
        holder = get_user_by_id(job.db, row.locked_by_id).username
        since = row.locked_at
        moment = iso(from_epoch(row.locked_at))
        msg = f'Repo `{row.repo_name}` locked by `{holder}` on `"{moment}"`.'
    return {
        "repo": row.repo_name,
        "locked": holder is not None,
        "locked_since": since,
        "locked_by": holder,
        "lock_state_changed": False,
        "msg": msg,
    }


@methods.in_db(needs=None)
def get_locks(job: DbJob, userid: Ident | None = None) -> list[Repository]:
    """The locked repositories that the caller can read, by name.

    Args:
        userid: id or name of a user, for administrators, else the caller's own: only what he
            holds the lock of.

    Returns:
        An array of repository objects.

    Errors:
        ``userid is not the same as your user``, ``user `<userid>` does not exist``.
    """
    holder_id = None if userid is None else get_self_or_any(job, userid).user_id
    return locked_objects(job, holder_id)
