"""Methods that bring the server's knowledge up to date with remotes and with the disk."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kallithea_host import Call, DbJob, Ident, schema
from kallithea_host.failing import failing
from kallithea_host.remote import RemoteRefused
from kallithea_host.result_types import RenewedTold
from kallithea_host.storage import intents, scanning
from kallithea_host.storage.building import undoing
from kallithea_host.storage.creation import store_tip
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.lookups import current
from kallithea_plugins.repos.result_types import Rescanned
from kallithea_plugins.repos.results import stored_clone_uri

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Row

    from kallithea_host import Backend, Changeset, Repository


@methods.in_reactor(needs=("hg.admin", "repository.admin"), argument_aliases={"repoid": ("repo",)})
async def pull(call: Call, repoid: Ident, clone_uri: str | None = None) -> RenewedTold:
    """Bring everything new from the remote repository that this one is a copy of.

    Nothing is pruned; what was rewritten on the remote side is rewritten here.

    Args:
        repoid: id or full name of the repository.
        clone_uri: address to pull from this time; the stored one when left out or empty.

    Returns:
        ``Pulled from `<repo_name>` ``.

    Errors:
        ``repository `<repoid>` does not exist``.
        ``Unable to pull changes from `<repo_name>` ``: it has no ``clone_uri``, the address may
        not be used, or the remote cannot be reached, refuses, or does not fit.
    """
    repo_id = call.target.repo_id
    async with call.host.locks.holding(repo_id):
        row = await call.read(current, repoid, repo_id)
        with failing(f"Unable to pull changes from `{row.repo_name}`"):
            await _pull(call, row, clone_uri)
    return call.host.style.pulled(row.repo_name)


async def _pull(call: Call, row: Row[Any], clone_uri: str | None) -> None:
    host = call.host
    uri = clone_uri or await call.read(stored_clone_uri, row)
    if not uri:
        raise RemoteRefused("there is no clone URI")
    backend = host.backends[row.repo_type]
    plugin = host.registry.reference_of(row.repo_type)
    intent_id, path = await call.write(_begin, row)
    async with undoing(call, intent_id):
        changesets = await host.remotes.pull(plugin, row.repo_type, path, uri)
        tip = await call.vcs(backend.tip, path)
        await call.write(_pulled, row, changesets, tip, intent_id)


def _begin(job: DbJob, row: Row[Any]) -> tuple[int, Path]:
    """Write down that a repository is about to be written to; the intent's id, and its path."""
    path = job.host.repository(row).path
    job.ask(repository_event(job.caller, "pulled", row))
    return intents.begin(job.db, "pull", "daemon", repo_ids=[row.repo_id]), path


def _pulled(
    job: DbJob, row: Row[Any], changesets: tuple[str, ...], tip: Changeset, intent_id: int
) -> None:
    store_tip(job.db, row.repo_id, tip)
    event = repository_event(job.caller, "pulled", row, changesets=list(changesets))
    job.announce(event, asked=True)
    intents.finish(job.db, job.host.settings.repositories, intent_id)


@methods.in_reactor(needs="repository.write")
async def invalidate_cache(call: Call, repoid: Ident) -> RenewedTold:
    """Look at the repository on disk again and renew what is remembered of it.

    Args:
        repoid: id or full name of the repository.

    Returns:
        ``Caches of repository `<repo_name>` ``.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot write to it.
        ``Error occurred during cache invalidation action``: it cannot be read.
    """
    row = call.target
    with failing("Error occurred during cache invalidation action"):
        backend = call.host.backends[row.repo_type]
        tip = await call.vcs(_tip, backend, call.host.repository(row))
    await call.write(_store_tip, row.repo_id, tip)
    return call.host.style.invalidated(row.repo_name, str(repoid))


def _tip(backend: Backend, repository: Repository) -> Changeset:
    return backend.tip(repository.path)


def _store_tip(job: DbJob, repo_id: int, tip: Changeset) -> None:
    store_tip(job.db, repo_id, tip)


@methods.in_reactor(needs="hg.admin")
async def rescan_repos(call: Call, remove_obsolete: bool = False) -> Rescanned:
    """Find repositories that were put on the disk by hand, and those that are gone from it.

    New ones belong to the first administrator; missing groups are made. Nothing on the disk is
    changed. Names that are not safe, and those that differ from another only in case, are left
    out, and the log says so.

    Args:
        remove_obsolete: whether repositories that are missing on disk are removed; an operator
            can bring them back from the trash.

    Returns:
        ``added`` and ``removed``: names. ``removed`` lists what is missing on disk, whether it
        is removed or not.

    Errors:
        ``Error occurred during rescan repositories action``.
    """
    host = call.host
    with failing("Error occurred during rescan repositories action"):
        known = await call.read(_known)
        found = await call.vcs(scanning.scan, host.settings.repositories, host.backends, known)
        added = await call.write(scanning.add, found.new)
        missing = sorted(known - found.present)
        if remove_obsolete:
            await call.write(scanning.remove, missing)
    return {"added": added, "removed": missing}


def _known(job: DbJob) -> set[str]:
    """The names of the repositories in the database, without those that are only being made."""
    table = schema.repositories
    return set(job.db.scalars(select(table.c.repo_name).where(~table.c.pending)))
