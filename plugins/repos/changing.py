"""Methods that change or delete repositories."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from kallithea_host import (
    Call,
    Conflict,
    DbJob,
    Ident,
    NewName,
    schema,
)
from kallithea_host.accounts import get_self_or_any, get_user_by_id
from kallithea_host.clock import from_epoch, iso
from kallithea_host.storage import intents, trash
from kallithea_host.storage.building import FAILURES, failed, undo
from kallithea_host.storage.creation import NameTaken
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos import updating
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.lookups import current
from kallithea_plugins.repos.results import repository_object

if TYPE_CHECKING:
    from sqlalchemy import Row

_repositories = schema.repositories


@methods.in_reactor(needs="repository.admin")
async def update_repo(  # noqa: PLR0913 - the protocol's arguments
    call: Call,
    repoid: Ident,
    name: NewName | None = None,
    owner: Ident | None = None,
    group: Ident | None = None,
    description: str | None = None,
    private: bool | None = None,
    clone_uri: str | None = None,
    landing_rev: str | None = None,
    enable_statistics: bool | None = None,
    enable_downloads: bool | None = None,
    enable_locking: bool | None = None,
) -> dict[str, Any]:
    """Change a repository: its settings, owner, name or group. What is left out stays.

    Args:
        repoid: id or full name of the repository.
        name: the new last element of the name; or a full name in the present or the given group.
        owner: id or name of the new owner, for administrators.
        group: id or full name of the group to move to; ``/`` is the top level.
        description: text.
        private: whether only those with a permission of their own see it.
        clone_uri: address to ``pull`` from; empty for none. A masked password is kept.
        landing_rev: as in ``create_repo``.
        enable_statistics, enable_downloads, enable_locking: flags.

    Returns:
        ``msg`` and ``repository``: the repository object.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller does not administer
        it.
        ``repository group `<group>` does not exist``.
        ``Only Kallithea admin can specify `owner` param``, ``user `<owner>` does not exist``.
        ``no permission to create (or move) repositories``,
        ``no permission to create (or move) repo in <group>``: only when the name changes.
        ``failed to update repo `<repoid>` ``: a value cannot be used, or the name is taken.
    """
    wanted = updating.Wanted(
        name=name or None,
        group=None if group is None or group.given == "" else group,
        owner=owner,
        clone_uri=clone_uri,
        landing_rev=landing_rev or None,
        plain={
            "description": description,
            "private": private,
            "enable_statistics": enable_statistics,
            "enable_downloads": enable_downloads,
            "enable_locking": enable_locking,
        },
    )
    repo_id = call.target.repo_id
    async with call.host.locks.holding(repo_id):
        try:
            await _update(call, repoid, repo_id, wanted)
        except (*FAILURES, NameTaken) as error:
            raise failed(f"failed to update repo `{repoid}`", error) from error
    repository = await call.read(repository_object, repo_id)
    return {
        "msg": call.host.style.repository_updated(repo_id, repository["repo_name"]),
        "repository": repository,
    }


async def _update(call: Call, repoid: Ident, repo_id: int, wanted: updating.Wanted) -> None:
    """One transaction, or two when the directory moves."""
    plan = await call.write(updating.plan, repoid, repo_id, wanted)
    if plan.intent_id is None:
        return
    try:
        await call.write(updating.apply, plan)
    except BaseException:
        await undo(call, plan.intent_id)
        raise


@methods.in_reactor(needs="repository.admin")
async def delete_repo(call: Call, repoid: Ident, forks: str | None = None) -> dict[str, Any]:
    """Delete a repository; an operator can bring it back from the trash.

    Args:
        repoid: id or full name of the repository.
        forks: ``detach``: forks stay and forget where they came from; ``delete``: they are
            deleted too, with their forks; left out: a repository with forks is not deleted.

    Returns:
        ``msg`` and ``success`` true.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller does not administer
        it.
        ``Cannot delete `<repo_name>` it still contains attached forks``.
        ``failed to delete repository `<repo_name>` ``.
    """
    target = call.target
    mode = forks if forks in {"detach", "delete"} else ""
    affected = await call.read(_family, target.repo_id)
    async with call.host.locks.holding(*affected):
        try:
            direct = await _delete(call, repoid, mode)
        except FAILURES as error:
            text = f"failed to delete repository `{target.repo_name}`"
            raise failed(text, error) from error
    msg = call.host.style.repository_deleted(target.repo_name, mode, direct)
    return {"msg": msg, "success": True}


async def _delete(call: Call, repoid: Ident, mode: str) -> int:
    intent_id = await call.write(_plan_deletion, repoid, mode)
    try:
        return await call.write(_delete_rows, repoid, mode, intent_id)
    except BaseException:
        await undo(call, intent_id)
        raise


def _family(job: DbJob, repo_id: int) -> list[int]:
    """A repository and everything that was forked from it, however far, parents first."""
    tree = select(_repositories.c.repo_id).where(_repositories.c.repo_id == repo_id).cte(
        recursive=True
    )
    tree = tree.union_all(
        select(_repositories.c.repo_id).join(tree, _repositories.c.fork_of_id == tree.c.repo_id)
    )
    return list(job.db.scalars(select(tree.c.repo_id)))


def _targets(job: DbJob, repoid: Ident, mode: str) -> list[Row[Any]]:
    """The rows that go: the repository, and its forks if they are to go with it."""
    row = current(job, repoid, job.target.repo_id)
    family = _family(job, row.repo_id)
    if len(family) > 1 and not mode:
        raise Conflict(f"Cannot delete `{row.repo_name}` it still contains attached forks")
    if mode != "delete":
        return [row]
    found = job.db.execute(select(_repositories).where(_repositories.c.repo_id.in_(family)))
    by_id = {fork.repo_id: fork for fork in found}
    if any(fork.pending for fork in by_id.values()):
        raise Conflict(f"Cannot delete `{row.repo_name}` while a fork of it is being made")
    return [by_id[repo_id] for repo_id in family]


def _plan_deletion(job: DbJob, repoid: Ident, mode: str) -> int:
    targets = _targets(job, repoid, mode)
    for row in targets:
        job.ask(repository_event(job.caller, "deleted", row))
    intent_id = intents.begin(job.db, "delete", "daemon")
    root = job.host.settings.repositories
    intents.plan_moves(job.db, root, intent_id, trash.directories(job, targets))
    return intent_id


def _delete_rows(job: DbJob, repoid: Ident, mode: str, intent_id: int) -> int:
    """Move rows and directories to the trash; how many direct forks were affected."""
    targets = _targets(job, repoid, mode)
    direct = len(_direct_forks(job))
    for row in targets:
        job.announce(repository_event(job.caller, "deleted", row), asked=True)
    trash.put(job, targets, intents.get(job.db, intent_id).moves)
    intents.finish(job.db, job.host.settings.repositories, intent_id)
    return direct


def _direct_forks(job: DbJob) -> list[int]:
    forks = select(_repositories.c.repo_id).where(
        _repositories.c.fork_of_id == job.target.repo_id
    )
    return list(job.db.scalars(forks))


@methods.in_db(needs="repository.write", writes=True)
def lock(
    job: DbJob, repoid: Ident, locked: bool | None = None, userid: Ident | None = None  # noqa: FBT001 - the protocol's argument
) -> dict[str, Any]:
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
    """
    user = get_self_or_any(job, userid)
    if locked is None:
        return _lock_state(job)
    since = time.time() if locked else None
    job.db.execute(
        update(_repositories)
        .where(_repositories.c.repo_id == job.target.repo_id)
        .values(locked_by_id=user.user_id if locked else None, locked_at=since)
    )
    job.announce(repository_event(job.caller, "locked" if locked else "unlocked", job.target))
    name = job.target.repo_name
    return {
        "repo": name,
        "locked": locked,
        "locked_since": since,
        "locked_by": user.username,
        "lock_state_changed": True,
        "msg": job.host.style.lock_set(user.username, name, locked=locked),
    }


def _lock_state(job: DbJob) -> dict[str, Any]:
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
