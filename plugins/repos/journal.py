"""The journal: what happened to repositories, and who follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert

from kallithea_host import schema
from kallithea_host.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host import DbJob, Event


def record(job: DbJob, event: Event) -> None:
    """Write down what an event means for the journal, in the words of the released product."""
    if event.action in _RECORDERS:
        _RECORDERS[event.action](job, event)


def _created(job: DbJob, event: Event) -> None:
    _write(job, event, "user_created_repo")
    _follow(job, event)


def _forked(job: DbJob, event: Event) -> None:
    source = {"repo_id": event.details["source_id"], "repo_name": event.details["source_name"]}
    _write(job, event, f"user_forked_repo:{event.subject['repo_name']}", source)
    _follow(job, event)


def _found(job: DbJob, event: Event) -> None:
    _follow(job, event)


def _pulled(job: DbJob, event: Event) -> None:
    _write(job, event, f"push_remote:{','.join(event.details['changesets'])}")


def _archived(job: DbJob, event: Event) -> None:
    _write(job, event, f"user_downloaded_archive:{event.details['file']}")


def _follow(job: DbJob, event: Event) -> None:
    """The owner follows what is made for him."""
    owner = {"user_id": event.subject["owner_id"], "repo_id": event.subject["repo_id"]}
    job.db.execute(insert(schema.followers).values(**owner, since=now()))
    _write(job, event, "started_following_repo")


def _write(
    job: DbJob, event: Event, action: str, repository: dict[str, object] | None = None
) -> None:
    repository = repository or dict(event.subject)
    job.db.execute(
        insert(schema.journal).values(
            user_id=job.caller.user_id or None,
            username=event.actor,
            repo_id=repository["repo_id"],
            repo_name=repository["repo_name"],
            action=action,
            at=now(),
            address=event.address,
        )
    )


_RECORDERS: Final[dict[str, Callable[[DbJob, Event], None]]] = {
    "repository.archived": _archived,
    "repository.created": _created,
    "repository.forked": _forked,
    "repository.found": _found,
    "repository.pulled": _pulled,
}
