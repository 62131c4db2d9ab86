"""The method ``fork_repo``."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kallithea_host import Call, Conflict, DbJob, Ident, Level, NewName, names, schema
from kallithea_host.accounts import get_owner
from kallithea_host.failing import failing
from kallithea_host.kinds import REPOSITORY
from kallithea_host.storage import creation
from kallithea_host.storage.building import build
from kallithea_host.storage.creation import NewRepository, Reserved
from kallithea_host.storage.events import repository_event
from kallithea_host.storage.places import NameTaken
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.landing import landing_rev_of
from kallithea_plugins.repos.lookups import current
from kallithea_plugins.repos.placing import require_place
from kallithea_plugins.repos.result_types import RepositoryMade

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Row

    from kallithea_host import Backend, Caller, Event, Repository

_repositories = schema.repositories


@methods.in_reactor(needs=("hg.fork.repository", "repository.read"))
async def fork_repo(
    call: Call,
    repoid: Ident,
    fork_name: NewName,
    owner: Ident | None = None,
    description: str = "",
    copy_permissions: bool = False,
    private: bool | None = None,
    landing_rev: str | None = None,
) -> RepositoryMade:
    """Make a full copy of a repository that remembers where it came from.

    Args:
        repoid: id or full name of the repository.
        fork_name: the full name of the fork; missing groups are made as by ``create_repo``.
        owner: id or name of the user who is to own it, for administrators; else the caller.
        description: default: the last element of the name.
        copy_permissions: give it the permissions of the source instead of the default one.
        private: default: as the source.
        landing_rev: as in ``create_repo``; default ``rev:tip``.

    Returns:
        ``msg``, ``success`` true, ``task`` null.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
        ``fork `<fork_name>` already exist``, ``repo `<fork_name>` already exist``.
        ``Access was denied to this resource.``: without the permission to fork.
        ``no permission to create repositories``, ``no permission to create repo in <group>``.
        ``Only Kallithea admin can specify `owner` param``, ``user `<owner>` does not exist``.
        ``failed to fork repository `<repo_name>` as `<fork_name>` ``.
    """
    wanted = {
        "name": str(fork_name),
        "description": description or names.last(fork_name),
        "private": private,
        "landing_rev": landing_rev,
        "copy_permissions_of": "source" if copy_permissions else None,
    }
    repo_id = call.target.repo_id
    async with call.host.locks.holding(repo_id):
        source = await call.read(current, repoid, repo_id)
        try:
            with failing(f"failed to fork repository `{source.repo_name}` as `{fork_name}`"):
                reserved = await call.write(_reserve, source, owner, wanted)
                event = _event(call.caller, source, reserved)
                await build(call, reserved, _maker(call, source), event)
        except NameTaken as error:
            kind = "fork" if error.is_fork else "repo"
            raise Conflict(f"{kind} `{fork_name}` already exist") from error
    return {
        "msg": f"Created fork of `{source.repo_name}` as `{fork_name}`",
        "success": True,
        "task": None,
    }


def _reserve(job: DbJob, source: Row[Any], owner: Ident | None, wanted: dict[str, Any]) -> Reserved:
    names.check_safe(wanted["name"])
    _refuse_taken(job, wanted["name"])
    require_place(job, wanted["name"], top_level="no permission to create repositories")
    owner_id = get_owner(job, owner).user_id
    decided = {
        "private": source.private if wanted["private"] is None else wanted["private"],
        "landing_rev": landing_rev_of(wanted["landing_rev"]),
    }
    new = NewRepository(
        **wanted | decided,
        type=source.repo_type,
        owner_id=owner_id,
        fork_of_id=source.repo_id,
    )
    reserved = creation.reserve(job, new, "daemon")
    job.ask(_event(job.caller, source, reserved))
    return reserved


def _refuse_taken(job: DbJob, name: str) -> None:
    """Raise ``NameTaken`` for the name of a repository that the caller may know of.

    That another one has the name is told only to whom the place is open.
    """
    visible = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.READ)
    named = _repositories.c.repo_name_key == names.fold(name)
    taken = job.db.execute(select(_repositories.c.fork_of_id).where(named, visible)).first()
    if taken is not None:
        raise NameTaken(is_fork=taken.fork_of_id is not None)


def _event(caller: Caller, source: Row[Any], reserved: Reserved) -> Event:
    details = {"source_id": source.repo_id, "source_name": source.repo_name}
    return repository_event(caller, "forked", reserved.row, **details)


def _maker(call: Call, source: Row[Any]) -> Callable[[Path], Awaitable[None]]:
    """How a fork comes to be."""

    async def make(path: Path) -> None:
        backend = call.host.backends[source.repo_type]
        await call.vcs(_fork, backend, call.host.repository(source), path)

    return make


def _fork(backend: Backend, source: Repository, path: Path) -> None:
    backend.fork(source.path, path)
