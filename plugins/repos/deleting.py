"""The method ``delete_repo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from kallithea_host import Call, Conflict, DbJob, Ident, schema
from kallithea_host.failing import failing
from kallithea_host.result_types import Done
from kallithea_host.storage import intents, trash
from kallithea_host.storage.building import undoing
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.lookups import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

_repositories: Final = schema.repositories


@methods.in_reactor(needs="repository.admin")
async def delete_repo(call: Call, repoid: Ident, forks: str | None = None) -> Done:
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
    repo_id, repo_name = call.target.repo_id, call.target.repo_name
    mode = forks if forks in {"detach", "delete"} else ""
    family = await call.read(_family, repo_id)
    with failing(f"failed to delete repository `{repo_name}`"):
        async with call.host.locks.holding(*family):
            direct = await _delete(call, repoid, mode)
    msg = call.host.style.repository_deleted(repo_name, mode, direct)
    return {"msg": msg, "success": True}


async def _delete(call: Call, repoid: Ident, mode: str) -> int:
    """Move the repository to the trash; how many direct forks it had."""
    intent_id = await call.write(_plan, repoid, mode)
    async with undoing(call, intent_id):
        return await call.write(_carry_out, intent_id)


def _family(job: DbJob, repo_id: int) -> list[int]:
    """A repository and everything that was forked from it, however far, parents first."""
    own = select(_repositories.c.repo_id).where(_repositories.c.repo_id == repo_id)
    tree = own.cte(recursive=True)
    forks = select(_repositories.c.repo_id)
    tree = tree.union_all(forks.join(tree, _repositories.c.fork_of_id == tree.c.repo_id))
    return list(job.db.scalars(select(tree.c.repo_id)))


def _plan(job: DbJob, repoid: Ident, mode: str) -> int:
    """Say what goes, and where to; the id of the intent."""
    row = current(job, repoid, job.target.repo_id)
    family = _family(job, row.repo_id)
    if len(family) > 1 and not mode:
        raise Conflict(f"Cannot delete `{row.repo_name}` it still contains attached forks")
    going = _rows(job, family) if mode == "delete" else [row]
    for each in going:
        job.ask(repository_event(job.caller, "deleted", each))
    ids = [each.repo_id for each in going]
    intent_id = intents.begin(job.db, "delete", "daemon", repo_ids=ids)
    root = job.host.settings.repositories
    intents.plan_moves(job.db, root, intent_id, trash.directories(job, going))
    return intent_id


def _carry_out(job: DbJob, intent_id: int) -> int:
    """Move rows and directories to the trash; how many direct forks there were."""
    intent = intents.get(job.db, intent_id)
    going = _rows(job, intent.repo_ids)
    of_this = _repositories.c.fork_of_id == job.target.repo_id
    direct: int = job.db.execute(select(func.count()).where(of_this)).scalar_one()
    for row in going:
        job.announce(repository_event(job.caller, "deleted", row), asked=True)
    trash.put(job, going, intent.moves)
    intents.finish(job.db, job.host.settings.repositories, intent_id)
    return direct


def _rows(job: DbJob, ids: Sequence[int]) -> list[Row[Any]]:
    """The repositories of these ids, in their order, without those that are only being made."""
    wanted = _repositories.c.repo_id.in_(ids) & ~_repositories.c.pending
    rows = {row.repo_id: row for row in job.db.execute(select(_repositories).where(wanted))}
    return [rows[repo_id] for repo_id in ids if repo_id in rows]
