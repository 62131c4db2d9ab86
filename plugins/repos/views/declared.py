"""What the modules of this package declare their views on, and what they have in common."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kallithea_host import NotFound, UnknownPath, UnknownRevision, Views
from kallithea_host.failing import failing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host import VcsJob

READ: Final = "repository.read"

views: Final = Views("repos")


@contextmanager
def found(job: VcsJob) -> Iterator[None]:
    """Say in the words of a page what is not there, the repository itself included."""
    with told():
        if not job.repository.path.is_dir():
            raise NotFound("There is nothing here.")
        yield


@contextmanager
def told() -> Iterator[None]:
    """Say in the words of a page what is not there; other failures are told to the log."""
    with failing("The repository cannot be read."):
        try:
            yield
        except UnknownRevision:
            raise NotFound("There is no such revision.") from None
        except UnknownPath:
            raise NotFound("There is no such file.") from None


def resolved(job: VcsJob, revision: str) -> str:
    """The full id of a revision as a URL has it."""
    with found(job):
        return job.backend.resolve(job.repository.path, revision)
