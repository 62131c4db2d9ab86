"""An example of a plugin: what it adds to the server, one hook after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from kallithea_host import REPOSITORY, DbJob, Ident, Level, Methods, Phase, hookimpl, schema
from kallithea_host_example import diary, stars
from kallithea_host_example.backend import PlainBackend
from kallithea_host_example.diary import DiarySettings
from kallithea_host_example.frozen import FrozenGroups

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host import Backend, Event, PermissionCheck, Settings

methods = Methods("example")


@methods.in_db(needs=None)
def count_repositories(job: DbJob, repo_type: str | None = None) -> dict[str, Any]:
    """The number of repositories that the caller can read.

    Args:
        repo_type: count those of this type only.

    Returns:
        ``total``, and ``by_type``: the number for each type there is.
    """
    types = schema.repositories.c.repo_type
    readable = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.READ)
    counted = select(types, func.count()).where(readable, ~schema.repositories.c.pending)
    if repo_type is not None:
        counted = counted.where(types == repo_type)
    by_type: dict[str, int] = dict(job.db.execute(counted.group_by(types)).tuples().all())
    return {"total": sum(by_type.values()), "by_type": by_type}


@methods.in_db(needs="repository.read", writes=True)
def star_repository(job: DbJob, repoid: Ident) -> bool:  # noqa: ARG001 - its row is job.target
    """Mark a repository with a star.

    Args:
        repoid: the repository.

    Returns:
        Whether it had none of the caller's before.
    """
    return stars.add(job)


@methods.in_db(needs=None)
def get_starred_repositories(job: DbJob) -> list[str]:
    """The names of the repositories that the caller has marked and can read."""
    return stars.names(job)


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods


@hookimpl
def kallithea_settings() -> type[DiarySettings]:
    """What can be set in the section ``[plugin:example]``."""
    return DiarySettings


@hookimpl
def kallithea_permission_checks(settings: Settings) -> Iterable[PermissionCheck]:  # noqa: ARG001
    """The check on frozen groups."""
    return [FrozenGroups()]


@hookimpl
def kallithea_vcs_backends() -> Iterable[Backend]:
    """The backend of the type ``plain``."""
    return [PlainBackend()]


@hookimpl
def kallithea_event(job: DbJob, event: Event, phase: Phase) -> None:
    """Write down what has happened, once it cannot be undone any more."""
    if phase is Phase.STAGE and event.action == "repository.deleted":
        stars.forget(job.db, event.subject["repo_id"])
    if phase is Phase.AFTER:
        diary.write(job.host.settings.data_dir, event, job.host.settings.of(DiarySettings))
