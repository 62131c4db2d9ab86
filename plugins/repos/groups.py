"""The methods that read, make and delete repository groups."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from dataclasses import dataclass

from kallithea_host import (
    REPOSITORY_GROUP,
    Call,
    Conflict,
    DbJob,
    Ident,
    Level,
    NewName,
    names,
)
from kallithea_host.failing import failing
from kallithea_host.locks import ALL_GROUPS
from kallithea_host.storage import grouping, groups, intents
from kallithea_host.storage.building import undoing
from kallithea_host.storage.events import group_event
from kallithea_host.storage.grouping import GroupTaken, NotEmpty
from kallithea_host.storage.places import NameTaken
from kallithea_plugins.repos import group_results
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.lookups import current_group, new_owner_id
from kallithea_plugins.repos.members import GROUP_MEMBERS
from kallithea_plugins.repos.result_types import (
    RepositoryGroup,
    RepositoryGroupDeleted,
    RepositoryGroupDetails,
    RepositoryGroupTold,
)


@methods.in_db(needs=("hg.admin", "group.read"))
def get_repo_group(job: DbJob, repogroupid: Ident) -> RepositoryGroupDetails:  # noqa: ARG001 - the gate found it
    """A repository group, with who was granted what on it.

    Args:
        repogroupid: id or full name of the repository group.

    Returns:
        The repository group object: ``group_id``, ``group_name`` (full name),
        ``group_description``, ``parent_group`` (full name or null), ``repositories`` (full names
        of those directly in it) and ``owner`` (user name); and ``members``, as in ``get_repo``
        with ``group.`` permissions.

    Errors:
        ``repository group `<repogroupid>` does not exist``.
    """
    group_id = job.target.group_id
    group = group_results.group_object(job, group_id)
    return {**group, "members": GROUP_MEMBERS.of(job, group_id)}


@methods.in_db(needs="hg.admin")
def get_repo_groups(job: DbJob) -> list[RepositoryGroup]:
    """All repository groups, by name.

    Returns:
        An array of repository group objects, without ``members``.
    """
    return group_results.group_objects(job)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A group that somebody wants made."""

    name: str
    description: str
    owner: Ident | None
    parent: Ident | None
    copy_permissions: bool


@methods.in_reactor(needs="hg.admin")
async def create_repo_group(
    call: Call,
    group_name: NewName,
    description: str = "",
    owner: Ident | None = None,
    parent: Ident | None = None,
    copy_permissions: bool = False,
) -> RepositoryGroupTold:
    """Make a repository group, with its directory.

    Args:
        group_name: the last element of its name.
        description: default: the name.
        owner: id or name of the user who is to own it; the caller when left out.
        parent: id or full name of the group it is to lie in; left out, empty or ``/``: the top
            level.
        copy_permissions: give it the permissions of its parent instead of the default one.

    Returns:
        ``msg``, and ``repo_group``: the repository group object.

    Errors:
        ``repository group `<parent>` does not exist``.
        ``repo group `<group_name>` already exist``: in this parent; names that differ only in
        case are the same.
        ``failed to create repo group `<group_name>` ``: the name cannot be used, a repository has
        it, something lies there already, or there is no such owner.
    """
    wanted = _Wanted(
        name=str(group_name),
        description=description or group_name,
        owner=owner,
        parent=None if parent is None or parent.given in ("", "/") else parent,
        copy_permissions=copy_permissions,
    )
    try:
        with failing(f"failed to create repo group `{group_name}`", NameTaken):
            async with call.host.locks.holding(ALL_GROUPS):
                group = await _create(call, wanted)
    except GroupTaken as error:
        raise Conflict(f"repo group `{group_name}` already exist") from error
    return {"msg": f"created new repo group `{group_name}`", "repo_group": group}


async def _create(call: Call, wanted: _Wanted) -> RepositoryGroup:
    intent_id = await call.write(_plan_making, wanted)
    async with undoing(call, intent_id):
        group_id = await call.write(_make, wanted, intent_id)
    return await call.read(group_results.group_object, group_id)


def _plan_making(job: DbJob, wanted: _Wanted) -> int:
    name, _, _ = _checked(job, wanted)
    return grouping.plan_making(job, name)


def _make(job: DbJob, wanted: _Wanted, intent_id: int) -> int:
    name, parent_id, owner_id = _checked(job, wanted)
    row = groups.add(
        job.db,
        name,
        parent_id,
        owner_id,
        wanted.description,
        copy_permissions=wanted.copy_permissions,
    )
    job.announce(group_event(job.caller, "created", row))
    intents.finish(job.db, job.host.settings.repositories, intent_id)
    group_id: int = row.group_id
    return group_id


def _checked(job: DbJob, wanted: _Wanted) -> tuple[str, int | None, int]:
    """Full name, parent's id and owner's id of a group that may be made."""
    full, parent_id, owner_id = wanted.name, None, job.caller.user_id
    if wanted.parent is not None:
        parent = job.host.permissions.get(
            job.db, job.caller, REPOSITORY_GROUP, wanted.parent, Level.READ
        )
        full, parent_id = f"{parent.group_name}/{wanted.name}", parent.group_id
    if "/" in wanted.name:
        raise names.BadName("a group is named by its last element, and made in its parent")
    grouping.check_new(job, full)
    if wanted.owner is not None:
        owner_id = new_owner_id(job, wanted.owner)
        grouping.check_owner(owner_id)
    return full, parent_id, owner_id


@methods.in_reactor(needs=("hg.admin", "group.admin"))
async def delete_repo_group(call: Call, repogroupid: Ident) -> RepositoryGroupDeleted:
    """Delete a repository group that holds nothing, with its directory.

    Args:
        repogroupid: id or full name of the repository group.

    Returns:
        ``msg``, and ``repo_group`` null.

    Errors:
        ``repository group `<repogroupid>` does not exist``.
        ``failed to delete repo group ID:<id> <full name>``: repositories or groups lie in it, or
        something in its directory that the server does not know.
    """
    group_id, name = call.target.group_id, call.target.group_name
    with failing(f"failed to delete repo group ID:{group_id} {name}", NotEmpty):
        async with call.host.locks.holding(ALL_GROUPS):
            name = await _delete(call, repogroupid)
    return {"msg": f"deleted repo group ID:{group_id} {name}", "repo_group": None}


async def _delete(call: Call, repogroupid: Ident) -> str:
    """Delete the group; the name it had."""
    intent_id = await call.write(_plan_removing, repogroupid)
    async with undoing(call, intent_id):
        return await call.write(_remove, repogroupid, intent_id)


def _plan_removing(job: DbJob, repogroupid: Ident) -> int:
    row = current_group(job, repogroupid)
    return grouping.plan_removing(job, row.group_id, row.group_name)


def _remove(job: DbJob, repogroupid: Ident, intent_id: int) -> str:
    row = current_group(job, repogroupid)
    job.announce(group_event(job.caller, "deleted", row))
    grouping.remove(job, row.group_id, intent_id)
    name: str = row.group_name
    return name
