"""The method ``update_repo_group``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from kallithea_host import Call, DbJob, Ident, NewName, schema
from kallithea_host.failing import failing
from kallithea_host.locks import ALL_GROUPS
from kallithea_host.storage import grouping, intents, regrouping
from kallithea_host.storage.building import undoing
from kallithea_host.storage.events import group_event, repository_event
from kallithea_host.storage.places import NameTaken
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.group_results import group_object
from kallithea_plugins.repos.lookups import current_group, group_named, new_owner_id
from kallithea_plugins.repos.placing import full_name
from kallithea_plugins.repos.result_types import RepositoryGroupTold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

_groups = schema.repository_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a caller wants changed; None stays as it is."""

    name: str | None
    description: str | None
    owner: Ident | None
    parent: Ident | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """An update that has been checked; ``intent_id`` is set when the group gets another name."""

    row: Row[Any]
    values: Mapping[str, Any]
    new_name: str
    held: Sequence[int]
    intent_id: int | None = None


@methods.in_reactor(needs=("hg.admin", "group.admin"))
async def update_repo_group(
    call: Call,
    repogroupid: Ident,
    group_name: NewName | None = None,
    description: str | None = None,
    owner: Ident | None = None,
    parent: Ident | None = None,
    enable_locking: bool | None = None,  # noqa: ARG001, FBT001 - known to older clients
) -> RepositoryGroupTold:
    """Change a repository group: description, owner, name or parent. What is left out stays.

    With its name the names of all groups and repositories below it change; their ids,
    permissions and forks stay.

    Args:
        repogroupid: id or full name of the repository group.
        group_name: the new last element of the name; or a full name in the present or the given
            parent.
        description: text.
        owner: id or name of the new owner.
        parent: id or full name of the group to move to; ``/`` is the top level.
        enable_locking: taken from older clients and ignored: it is a flag of repositories.

    Returns:
        ``msg`` and ``repo_group``: the repository group object.

    Errors:
        ``repository group `<repogroupid>` does not exist``, and the same of ``<parent>``.
        ``failed to update repository group `<repogroupid>` ``: the name is taken or cannot be
        used, here or for something below, the group would lie in itself, or there is no such
        owner.
        ``Server is busy, try again later``: a repository is just being made below the group.
    """
    wanted = _Wanted(
        name=group_name or None,
        description=description,
        owner=owner,
        parent=None if parent is None or parent.given == "" else parent,
    )
    group_id = call.target.group_id
    held: list[int] = []
    if wanted.name is not None or wanted.parent is not None:
        held = await call.read(regrouping.repositories_below, group_id)
    with failing(f"failed to update repository group `{repogroupid}`", NameTaken):
        async with call.host.locks.holding(ALL_GROUPS, *held):
            await _update(call, repogroupid, wanted, held)
            group = await call.read(group_object, group_id)
    msg = f"updated repository group ID:{group_id} {group['group_name']}"
    return {"msg": msg, "repo_group": group}


async def _update(call: Call, repogroupid: Ident, wanted: _Wanted, held: Sequence[int]) -> None:
    """One transaction, or two when the name changes."""
    plan = await call.write(_plan, repogroupid, wanted, held)
    if plan.intent_id is None:
        return
    async with undoing(call, plan.intent_id):
        await call.write(_rename, plan, plan.intent_id)


def _plan(job: DbJob, repogroupid: Ident, wanted: _Wanted, held: Sequence[int]) -> _Plan:
    """Check everything. Without a new name the update is made at once."""
    row = current_group(job, repogroupid)
    parent = None if wanted.parent is None else group_named(job, wanted.parent)
    new_name = full_name(row.group_name, wanted.name, parent)
    values = _values(job, wanted)
    if new_name == row.group_name:
        _store(job, row, values)
        return _Plan(row, values, new_name, held)
    intent_id = regrouping.plan(job, row, new_name, held)
    return _Plan(row, values, new_name, held, intent_id)


def _rename(job: DbJob, plan: _Plan, intent_id: int) -> None:
    """Change the rows of everything below; then, as the last act, rename the directory."""
    renamed = regrouping.rename(job, plan.row, plan.new_name, plan.held, intent_id)
    _store(job, plan.row, plan.values, "group_name")
    for each in renamed:
        details = {"old_name": each.old_name, "changed": ["repo_name"]}
        job.announce(repository_event(job.caller, "updated", each.row, **details))
    intents.finish(job.db, job.host.settings.repositories, intent_id)


def _store(job: DbJob, before: Row[Any], values: Mapping[str, Any], *changed: str) -> None:
    """Store plain values, and tell the plugins everything that has changed."""
    this = _groups.c.group_id == before.group_id
    if values:
        job.db.execute(update(_groups).where(this).values(values))
    row = job.db.execute(select(_groups).where(this)).one()
    details = {"old_name": before.group_name, "changed": sorted({*changed, *values})}
    job.announce(group_event(job.caller, "updated", row, **details))


def _values(job: DbJob, wanted: _Wanted) -> dict[str, Any]:
    """The columns that change without anything else."""
    values: dict[str, Any] = {}
    if wanted.description is not None:
        values["group_description"] = wanted.description
    if wanted.owner is not None:
        values["owner_id"] = new_owner_id(job, wanted.owner)
        grouping.check_owner(values["owner_id"])
    return values
