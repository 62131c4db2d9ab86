"""What ``update_repo`` does to the database and, when the name changes, to the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from kallithea_host import Forbidden, schema
from kallithea_host.keys import remote_owner
from kallithea_host.remote import is_masked, split_password
from kallithea_host.storage import intents, moving
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.landing import landing_rev_of
from kallithea_plugins.repos.lookups import current, group_named, new_owner_id
from kallithea_plugins.repos.placing import full_name, require_place
from kallithea_plugins.repos.results import stored_clone_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from kallithea_host import DbJob, Ident

_repositories = schema.repositories
_NO_PERMISSION = "no permission to create (or move) repositories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a caller wants changed; None stays as it is."""

    name: str | None
    group: Ident | None
    owner: Ident | None
    clone_uri: str | None = field(repr=False)
    landing_rev: str | None
    plain: Mapping[str, Any]
    """Columns that take the value as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An update that has been checked; ``intent_id`` is set when the directory has to move."""

    row: Row[Any]
    values: Mapping[str, Any]
    new_name: str
    intent_id: int | None = None


def plan(job: DbJob, repoid: Ident, repo_id: int, wanted: Wanted) -> Plan:
    """Check everything. Without a new name the update is made at once."""
    row = current(job, repoid, repo_id)
    if wanted.owner is not None and not job.caller.admin:
        raise Forbidden("Only Kallithea admin can specify `owner` param")
    new_name = _new_name(job, row, wanted)
    if new_name == row.repo_name:
        done = Plan(row, _values(job, row, wanted), new_name)
        apply(job, done)
        return done
    _require_place(job, new_name)
    values = _values(job, row, wanted)
    return Plan(row, values, new_name, moving.plan(job, row, new_name))


def apply(job: DbJob, plan: Plan) -> None:
    """Change the row; then, as the last act, move the directory."""
    row, values = plan.row, dict(plan.values)
    if plan.new_name != row.repo_name:
        _require_place(job, plan.new_name)  # the group may have gone, or be another one by now
        values |= moving.name_columns(job, row, plan.new_name)
    if values:
        changed = update(_repositories).where(_repositories.c.repo_id == row.repo_id)
        row = job.db.execute(changed.values(values).returning(*_repositories.c)).one()
    details = {"old_name": plan.row.repo_name, "changed": sorted(values)}
    job.announce(repository_event(job.caller, "updated", row, **details))
    if plan.intent_id is not None:
        intents.finish(job.db, job.host.settings.repositories, plan.intent_id)


def _require_place(job: DbJob, name: str) -> None:
    require_place(job, name, top_level=_NO_PERMISSION, doing="create (or move)")


def _values(job: DbJob, row: Row[Any], wanted: Wanted) -> dict[str, Any]:
    values = {name: value for name, value in wanted.plain.items() if value is not None}
    if wanted.owner is not None:
        values["owner_id"] = new_owner_id(job, wanted.owner)
    if wanted.landing_rev is not None:
        values["landing_rev"] = landing_rev_of(wanted.landing_rev)
    if wanted.clone_uri is not None:
        values |= _clone_uri(job, row, wanted.clone_uri)
    return values


def _clone_uri(job: DbJob, row: Row[Any], uri: str) -> dict[str, Any]:
    """The columns of a new address; the masked form of the stored one changes nothing."""
    stored = stored_clone_uri(job, row)
    if stored is not None and is_masked(uri, stored):
        return {}
    if uri:
        job.host.remote_policy.parse(uri)
    bare, password = split_password(uri)
    sealed = password and job.host.vault.seal(password, remote_owner(row.repo_id))
    return {"clone_uri": bare, "clone_uri_password": sealed}


def _new_name(job: DbJob, row: Row[Any], wanted: Wanted) -> str:
    """The full name after the update."""
    group = None if wanted.group is None else group_named(job, wanted.group)
    return full_name(row.repo_name, wanted.name, group)
