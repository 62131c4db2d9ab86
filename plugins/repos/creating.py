"""The method ``create_repo``."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kallithea_host import Call, Conflict, DbJob, Ident, NewName, names
from kallithea_host.accounts import get_owner
from kallithea_host.defaults import get as get_defaults
from kallithea_host.failing import failing
from kallithea_host.names import BadName
from kallithea_host.storage import creation
from kallithea_host.storage.building import build
from kallithea_host.storage.creation import NewRepository, Reserved
from kallithea_host.storage.events import repository_event
from kallithea_host.storage.places import NameTaken, refuse_taken
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.landing import landing_rev_of
from kallithea_plugins.repos.placing import require_place
from kallithea_plugins.repos.result_types import Repository, RepositoryCreated
from kallithea_plugins.repos.results import repository_object

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


@methods.in_reactor(needs=None)
async def create_repo(
    call: Call,
    repo_name: NewName,
    owner: Ident | None = None,
    repo_type: str | None = None,
    description: str = "",
    private: bool | None = None,
    clone_uri: str | None = None,
    landing_rev: str | None = None,
    enable_statistics: bool | None = None,
    enable_downloads: bool | None = None,
    enable_locking: bool | None = None,
    copy_permissions: bool = False,
) -> RepositoryCreated:
    """Make a repository, empty or as a clone of a remote one.

    Groups of the name that are missing are made with it: ``foo/bar/baz`` makes ``foo``,
    ``foo/bar`` in it, and the repository in that. At the top level this takes the permission
    ``hg.create.repository``; in a group, writing to the group.

    Args:
        repo_name: the full name.
        owner: id or name of the user who is to own it, for administrators; else the caller.
        repo_type: ``hg``, ``git``, or what another backend serves; default: a setting.
        description: default: the last element of the name.
        private: whether only those with a permission of their own see it; default: a setting.
        clone_uri: address of a remote repository to clone, and to ``pull`` from later.
        landing_rev: the revision shown first, ``<type>:<revision>``, the type being ``rev``,
            ``branch``, ``tag`` or ``book``; without a type it is a ``rev``; default ``rev:tip``.
        enable_statistics, enable_downloads, enable_locking: flags; default: settings.
        copy_permissions: give it the permissions of its group instead of the default one.

    Returns:
        ``msg``, ``success`` true, ``task`` null, and ``repo``: the repository object.

    Errors:
        ``Access was denied to this resource.``, ``no permission to create repo in <group>``.
        ``Only Kallithea admin can specify `owner` param``, ``user `<owner>` does not exist``.
        ``repo `<repo_name>` already exist``.
        ``failed to create repository `<repo_name>` ``: the name, the type or ``landing_rev``
        cannot be used, something lies there already, or cloning failed.
    """
    wanted = {
        "type": repo_type,
        "description": description or names.last(repo_name),
        "private": private,
        "clone_uri": clone_uri or None,
        "landing_rev": landing_rev,
        "enable_statistics": enable_statistics,
        "enable_downloads": enable_downloads,
        "enable_locking": enable_locking,
        "copy_permissions_of": "group" if copy_permissions else None,
    }
    try:
        with failing(f"failed to create repository `{repo_name}`"):
            repository = await _create(call, str(repo_name), owner, wanted)
    except NameTaken as error:
        raise Conflict(f"repo `{repo_name}` already exist") from error
    return {
        "msg": f"Created new repository `{repo_name}`",
        "success": True,
        "task": None,
        "repo": repository,
    }


async def _create(call: Call, name: str, owner: Ident | None, wanted: dict[str, Any]) -> Repository:
    """Reserve the name, build the repository; its repository object."""
    reserved = await call.write(_reserve, name, owner, wanted)
    repo_id = reserved.row.repo_id
    async with call.host.locks.holding(repo_id):
        event = repository_event(call.caller, "created", reserved.row)
        await build(call, reserved, _maker(call, reserved), event)
        return await call.read(repository_object, repo_id)


def _reserve(job: DbJob, name: str, owner: Ident | None, wanted: dict[str, Any]) -> Reserved:
    names.check_safe(name)
    require_place(job, name)
    owner_id = get_owner(job, owner).user_id
    refuse_taken(job.db, name)  # told before what cannot be used
    given = _with_defaults(job, wanted)
    given["landing_rev"] = landing_rev_of(given["landing_rev"])
    if given["type"] not in job.host.backends:
        raise BadName(f"no plugin serves the type {given['type']}")
    if given["clone_uri"]:
        job.host.remote_policy.parse(given["clone_uri"])
    reserved = creation.reserve(job, NewRepository(name=name, owner_id=owner_id, **given), "daemon")
    job.ask(repository_event(job.caller, "created", reserved.row))
    return reserved


def _with_defaults(job: DbJob, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the caller left open is what the settings say."""
    defaults = asdict(get_defaults(job.db))
    return {name: defaults.get(name) if value is None else value for name, value in wanted.items()}


def _maker(call: Call, reserved: Reserved) -> Callable[[Path], Awaitable[None]]:
    """How a repository comes to be: empty, or as a clone of its remote."""
    new = reserved.new

    async def make(path: Path) -> None:
        if new.clone_uri is None:
            await call.vcs(call.host.backends[new.type].create, path)
        else:
            plugin = call.host.registry.reference_of(new.type)
            await call.host.remotes.clone(plugin, new.type, path, new.clone_uri)

    return make
