"""Methods that read the history of repositories."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kallithea_host import (
    NULL_ID,
    BadRequest,
    Conflict,
    Fault,
    Ident,
    NotFound,
    Selection,
    UnknownBranch,
    UnknownRevision,
    VcsJob,
)
from kallithea_host.clock import iso, stored
from kallithea_host.failing import failing
from kallithea_plugins.repos.authors import name_and_email
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.result_types import (
    Author,
    ChangesetDetails,
    LoggedChangeset,
    Revision,
)
from kallithea_plugins.repos.revisions import revision_of

if TYPE_CHECKING:
    from kallithea_host import Changes, Changeset

DATE_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"


@methods.in_vcs(needs="repository.read")
def get_changesets(
    job: VcsJob,
    repoid: Ident,  # noqa: ARG001 - the gate found it
    start: Any | None = None,
    end: Any | None = None,
    start_date: str | None = None,
    end_date: str | None = None,
    branch_name: str | None = None,
    reverse: bool = False,
    with_file_list: bool = False,
    max_revisions: int | None = None,
) -> list[LoggedChangeset]:
    """The changesets of a repository, the oldest first.

    Every argument but the repository narrows them down; empty text is the same as null.

    Args:
        repoid: id or full name of the repository.
        start, end: the first and the last revision: branch, tag, bookmark, number or (abbreviated)
            hash. Both are among the changesets; with ``start`` after ``end`` there are none.
        start_date, end_date: ``YYYY-MM-DDTHH:MM:SS`` in UTC, inclusive.
        branch_name: hg: what was committed on this named branch; git: what this branch leads to.
        reverse: the newest first.
        with_file_list: tell the files of each; takes longer.
        max_revisions: so many at most: the first ones in the order asked for; 0 is all.

    Returns:
        An array of changeset objects: ``short_id``, ``raw_id``, ``revision``, ``message``,
        ``date``, ``author``; with ``with_file_list`` also ``added``, ``changed``, ``removed``:
        paths, compared with the first parent. A moved file is among both added and removed.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
        ``Repository is empty``.
        ``revision `<start>` does not exist``, or `<end>`; ``branch `<branch_name>` does not
        exist``.
        ``Invalid value for `start_date` arg in JSON DATA: expected YYYY-MM-DDTHH:MM:SS``, or
        `end_date`.
        ``Invalid value for `max_revisions` arg in JSON DATA: expected integer, not negative``.
        ``failed to get repo: `<repo_name>` changesets``: it cannot be read.
    """
    ends = revision_of(start, "start"), revision_of(end, "end")
    narrowed: dict[str, Any] = {
        "since": _date(start_date, "start_date"),
        "until": _date(end_date, "end_date"),
        "branch": branch_name or None,
        "newest_first": reverse,
        "limit": _limit(max_revisions),
    }
    with failing(f"failed to get repo: `{job.repository.name}` changesets"):
        _refuse_empty(job)
        first, last = (_known(job, each) for each in ends)
        found = _log(job, Selection(start=first, end=last, **narrowed))
        return [_logged(job, each, with_file_list=with_file_list) for each in found]


@methods.in_vcs(needs="repository.read")
def get_changeset(
    job: VcsJob,
    repoid: Ident,  # noqa: ARG001 - the gate found it
    raw_id: str,
    with_reviews: bool = False,
) -> ChangesetDetails:
    """A changeset, with what it did to files.

    Args:
        repoid: id or full name of the repository.
        raw_id: hash of the changeset, or whatever else names a revision.
        with_reviews: tell the reviews; this server keeps none.

    Returns:
        The changeset object, its ``author`` as ``{"name": …, "email": …}``, with ``added``,
        ``changed`` and ``removed``: paths, compared with the first parent; with ``with_reviews``
        also ``reviews``: an empty array.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
        ``Changeset <raw_id> does not exist``.
        ``failed to get repo: `<repo_name>` changesets``: it cannot be read.
    """
    with failing(f"failed to get repo: `{job.repository.name}` changesets"):
        path = job.repository.path
        try:
            if raw_id == NULL_ID:  # to Git zeros are a number, that of the oldest
                raise UnknownRevision
            changeset = job.backend.changeset(path, job.backend.resolve(path, raw_id))
        except UnknownRevision:
            raise NotFound(f"Changeset {raw_id} does not exist") from None
        files = _files(job, changeset)
    details: ChangesetDetails = {
        **_object(changeset),  # type: ignore[typeddict-item] # no key more than its type says
        "author": _author(changeset.author),
        "added": files.added,
        "changed": files.changed,
        "removed": files.removed,
    }
    if with_reviews:
        details["reviews"] = []
    return details


def _date(given: str | None, argument: str) -> datetime | None:
    if not given:
        return None
    try:
        return datetime.strptime(given, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        expected = "YYYY-MM-DDTHH:MM:SS"
        raise BadRequest(
            f"Invalid value for `{argument}` arg in JSON DATA: expected {expected}",
            Fault.of(given, expected, argument),
        ) from None


def _limit(given: int | None) -> int | None:
    if given is not None and given < 0:
        expected = "integer, not negative"
        raise BadRequest(
            f"Invalid value for `max_revisions` arg in JSON DATA: expected {expected}",
            Fault.of(given, expected, "max_revisions"),
        )
    return given or None


def _refuse_empty(job: VcsJob) -> None:
    try:
        job.backend.resolve(job.repository.path, None)
    except UnknownRevision:
        raise Conflict("Repository is empty") from None


def _known(job: VcsJob, revision: str | int | None) -> str | None:
    """The full id of a revision, if one was given."""
    if revision in {None, ""}:
        return None
    try:
        return job.backend.resolve(job.repository.path, revision)
    except UnknownRevision:
        raise NotFound(f"revision `{revision}` does not exist") from None


def _log(job: VcsJob, wanted: Selection) -> list[Changeset]:
    try:
        return job.backend.log(job.repository.path, wanted)
    except UnknownBranch:
        raise NotFound(f"branch `{wanted.branch}` does not exist") from None


def _files(job: VcsJob, changeset: Changeset) -> Changes:
    return job.backend.changes(job.repository.path, changeset.raw_id)


def _logged(job: VcsJob, changeset: Changeset, *, with_file_list: bool) -> LoggedChangeset:
    logged: LoggedChangeset = {
        **_object(changeset),  # type: ignore[typeddict-item] # no key more than its type says
        "author": changeset.author,
    }
    if with_file_list:
        files = _files(job, changeset)
        logged |= {"added": files.added, "changed": files.changed, "removed": files.removed}
    return logged


def _object(changeset: Changeset) -> Revision:
    """What every changeset object of results has."""
    return {
        "short_id": changeset.raw_id[:12],
        "raw_id": changeset.raw_id,
        "revision": changeset.revision,
        "message": changeset.message,
        "date": iso(stored(changeset.date)),
    }


def _author(text: str) -> Author:
    name, email = name_and_email(text)
    return {"name": name, "email": email}
