"""Methods that make repositories."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kallithea_host import Call, Conflict, DbJob, Ident, NewName, names
from kallithea_host.accounts import get_owner
from kallithea_host.defaults import get as get_defaults
from kallithea_host.storage import creation
from kallithea_host.storage.building import FAILURES, build, failed
from kallithea_host.storage.creation import NameTaken, NewRepository, Reserved
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.landing import landing_rev_of
from kallithea_plugins.repos.placing import require_place
from kallithea_plugins.repos.results import repository_object

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Row


@methods.in_reactor(needs=None)
async def create_repo(  # noqa: PLR0913 - the protocol's arguments
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
) -> dict[str, Any]:
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
        "description": description,
        "private": private,
        "clone_uri": clone_uri or None,
        "landing_rev": landing_rev,
        "enable_statistics": enable_statistics,
        "enable_downloads": enable_downloads,
        "enable_locking": enable_locking,
        "copy_permissions_of": "group" if copy_permissions else None,
    }
    text = f"failed to create repository `{repo_name}`"
    try:
        reserved = await call.write(_reserve, str(repo_name), owner, wanted)
        event = repository_event(call.caller, "created", reserved.row)
        row = await build(call, reserved, _maker(call, reserved), event)
    except NameTaken as error:
        raise Conflict(f"repo `{repo_name}` already exist") from error
    except FAILURES as error:
        raise failed(text, error) from error
    return {
        "msg": f"Created new repository `{repo_name}`",
        "success": True,
        "task": None,
        "repo": await call.read(repository_object, row.repo_id),
    }


def _reserve(job: DbJob, name: str, owner: Ident | None, wanted: dict[str, Any]) -> Reserved:
    require_place(job, name)
    owner_row = get_owner(job, owner)
    given = _with_defaults(job, wanted)
    if given["type"] not in job.host.backends:
        raise names.BadName(f"no backend serves the type {given['type']}")
    if given["clone_uri"]:
        job.host.remote_policy.parse(given["clone_uri"])
    new = NewRepository(
        name=name,
        owner_id=owner_row.user_id,
        **given
        | {
            "description": given["description"] or names.last(name),
            "landing_rev": landing_rev_of(given["landing_rev"]),
        },
    )
    return _reserve_and_ask(job, new, "created")


def _with_defaults(job: DbJob, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the caller left open is what the settings say."""
    defaults = asdict(get_defaults(job.db))
    return {
        name: defaults.get(name) if value is None else value for name, value in wanted.items()
    }


def _reserve_and_ask(job: DbJob, new: NewRepository, happens: str, **details: Any) -> Reserved:
    reserved = creation.reserve(job, new, "daemon")
    job.ask(repository_event(job.caller, happens, reserved.row, **details))
    return reserved


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
) -> dict[str, Any]:
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
        ``failed to fork repository `<repoid>` as `<fork_name>` ``.
    """
    source = call.target
    wanted = {
        "name": str(fork_name),
        "description": description or names.last(fork_name),
        "private": source.private if private is None else private,
        "landing_rev": landing_rev,
        "copy_permissions_of": "source" if copy_permissions else None,
    }
    try:
        async with call.host.locks.holding(source.repo_id):
            reserved = await call.write(_reserve_fork, source, owner, wanted)
            details = {"source_id": source.repo_id, "source_name": source.repo_name}
            event = repository_event(call.caller, "forked", reserved.row, **details)
            await build(call, reserved, _forker(call), event)
    except NameTaken as error:
        kind = "fork" if error.is_fork else "repo"
        raise Conflict(f"{kind} `{fork_name}` already exist") from error
    except FAILURES as error:
        raise failed(f"failed to fork repository `{repoid}` as `{fork_name}`", error) from error
    return {
        "msg": f"Created fork of `{source.repo_name}` as `{fork_name}`",
        "success": True,
        "task": None,
    }


def _reserve_fork(
    job: DbJob, source: Row[Any], owner: Ident | None, wanted: dict[str, Any]
) -> Reserved:
    creation.check_taken(job.db, wanted["name"])
    require_place(job, wanted["name"], top_level="no permission to create repositories")
    owner_id = get_owner(job, owner).user_id
    landing_rev = landing_rev_of(wanted.pop("landing_rev"))
    new = NewRepository(
        **wanted,
        type=source.repo_type,
        owner_id=owner_id,
        landing_rev=landing_rev,
        fork_of_id=source.repo_id,
    )
    details = {"source_id": source.repo_id, "source_name": source.repo_name}
    return _reserve_and_ask(job, new, "forked", **details)


def _forker(call: Call) -> Callable[[Path], Awaitable[None]]:
    """How a fork comes to be."""
    source = call.host.repository(call.target)

    async def make(path: Path) -> None:
        await call.vcs(call.host.backends[source.type].fork, source.path, path)

    return make
