"""What the host asks of a version control system, in plain values.

A backend is an object contributed by a plugin through ``kallithea_vcs_backends``. Its functions
block: the host calls them in its VCS threads, and ``clone`` and ``pull`` in a child process. They
take and return plain values only, open the repository anew for every call, read no configuration
of the account or of the repository, and run none of its hooks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from kallithea_host.files import FileAccess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

NULL_ID = "0" * 40
"""The id both systems give to "no changeset"."""


class VcsError(Exception):
    """A VCS operation failed; the text is for the log and holds neither credentials nor keys."""


class UnknownRevision(VcsError):
    """The revision names nothing in this repository, or more than one changeset."""


class UnknownBranch(VcsError):
    """The repository has no branch of this name."""


class UnknownPath(VcsError):
    """The path does not exist at this revision, or is a file where a directory is asked for."""


@dataclass(frozen=True, slots=True)
class Changeset:
    """One changeset, as API results show it."""

    raw_id: str
    """Forty hex digits."""
    revision: int
    """hg: the local revision number; git: the place in the oldest-first list of all commits."""
    message: str
    """The whole message; bytes that are no UTF-8 are U+FFFD."""
    author: str
    """``Name <mail>``, as committed."""
    date: datetime
    """hg: the commit date; git: the committer date. Aware, UTC."""
    branch: str | None = None
    """hg: the named branch it was committed on; git: a commit knows of none."""


EMPTY = Changeset(NULL_ID, -1, "", "", datetime(1970, 1, 1, tzinfo=UTC))
"""What ``tip`` gives for a repository without changesets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which changesets ``log`` gives; what is left out does not narrow them down."""

    start: str | None = None
    """The full id of the first one, in the order of revision numbers."""
    end: str | None = None
    """The full id of the last one; nothing is selected when it comes before ``start``."""
    since: datetime | None = None
    """No changeset dated earlier; aware, as are all dates here."""
    until: datetime | None = None
    """No changeset dated later."""
    branch: str | None = None
    """hg: those that were committed on this named branch; git: those that the branch leads to."""
    newest_first: bool = False
    limit: int | None = None
    """So many at most: the first ones in the order that is asked for."""

    def span(self, start: int | None, end: int | None, count: int) -> range:
        """The revision numbers between two, inclusive, of ``count``; in the order asked for."""
        numbers = range(start or 0, count if end is None else end + 1)
        return numbers[::-1] if self.newest_first else numbers

    def take(self, changesets: Iterable[Changeset]) -> list[Changeset]:
        """Those whose dates fit, up to the limit; the others are not even made."""
        fitting = (
            each
            for each in changesets
            if (self.since is None or self.since <= each.date)
            and (self.until is None or each.date <= self.until)
        )
        return list(islice(fitting, self.limit))


@dataclass(frozen=True, slots=True)
class Changes:
    """What a changeset did to the files of its first parent: full paths, sorted by code point.

    A file that was moved was removed in one place and added in another.
    """

    added: list[str]
    changed: list[str]
    removed: list[str]


@dataclass(frozen=True, slots=True)
class Refs:
    """The names that changesets go by, each with a full id, sorted by name."""

    branches: dict[str, str]
    """hg: branches that are not closed, with their tips."""
    tags: dict[str, str]
    """hg: with ``tip``; git: annotated tags with the commit they are about."""
    bookmarks: dict[str, str]
    """git has none."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the system that is installed beside the server."""

    path: str
    version: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """The directories and files below a path, as full paths.

    Each list is in pre-order, names sorted by code point within a directory (so a directory's own
    files come before those further down). Symbolic links are files; submodules and
    subrepositories are in neither list.
    """

    dirs: list[str]
    files: list[str]


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote repository whose address has passed the host's policy."""

    url: str
    """Without credentials; scheme ``http``, ``https`` or, where configured, ``ssh``."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)


class Backend(FileAccess, Protocol):
    """One version control system. Every failure is a ``VcsError``; anything else is a bug."""

    @property
    def alias(self) -> str:
        """The ``repo_type`` of the API, such as ``hg``."""

    def create(self, path: Path) -> None:
        """Make an empty repository in ``path``, a directory that does not exist yet."""

    def fork(self, source: Path, path: Path) -> None:
        """Copy the local repository ``source`` whole into ``path``, which does not exist yet.

        The copy lives on when the source changes or goes; unchanged data may be hard-linked.
        """

    def clone(self, path: Path, remote: Remote) -> None:
        """Make a repository in ``path``, which does not exist yet, holding all of ``remote``.

        Runs in a child process of its own.
        """

    def pull(self, path: Path, remote: Remote) -> tuple[str, ...]:
        """Bring everything new from ``remote``; the ids of the changesets that came, oldest first.

        Nothing is pruned. Runs in a child process of its own, which may be ended with SIGTERM at
        any time: the repository is then as before.
        """

    def tip(self, path: Path) -> Changeset:
        """The newest changeset, or ``EMPTY``."""

    def resolve(self, path: Path, revision: str | int | None) -> str:
        """The full id of a revision given by name, number or (abbreviated) hash; None is the tip.

        The text is looked up and never interpreted (no revsets, no options). A repository without
        changesets has no revisions. Raises ``UnknownRevision``.
        """

    def nodes(self, path: Path, raw_id: str, root: str) -> Nodes:
        """Everything below ``root`` (no slash at either end; ``""`` is the top) at a full id.

        Raises ``UnknownPath``.
        """

    def log(self, path: Path, wanted: Selection) -> list[Changeset]:
        """The changesets that are selected, by revision number, the oldest first unless turned.

        Raises ``UnknownRevision`` and ``UnknownBranch``.
        """

    def changeset(self, path: Path, raw_id: str) -> Changeset:
        """The changeset of a full id. Raises ``UnknownRevision``."""

    def changes(self, path: Path, raw_id: str) -> Changes:
        """What the changeset of a full id did. Raises ``UnknownRevision``."""

    def refs(self, path: Path) -> Refs:
        """All branches, tags and bookmarks."""

    def is_repository(self, path: Path) -> bool:
        """Whether ``path`` is itself a repository that this backend can serve."""

    def description(self, path: Path) -> str:
        """The description kept in the repository's own files, or ``""``."""

    def repair(self, path: Path) -> None:
        """Undo what a killed writer left: stale locks, abandoned transactions, temporary files.

        Called only while nothing else works on the repository. A sound one stays as it is.
        """

    def verify(self, path: Path) -> list[str]:
        """What is wrong with the stored data, one line a finding; empty when it is sound."""

    def program(self) -> Program | None:
        """The system's own program, if it is installed; nothing here needs it."""


class Backends:
    """The backends of all plugins, by alias."""

    def __init__(self, backends: Iterable[Backend]) -> None:
        self._by_alias: Mapping[str, Backend] = {backend.alias: backend for backend in backends}

    def __getitem__(self, alias: str) -> Backend:
        """The backend of ``alias``; raises ``VcsError`` when its plugin is not loaded."""
        try:
            return self._by_alias[alias]
        except KeyError:
            raise VcsError(f"no plugin serves repositories of type {alias}") from None

    def __contains__(self, alias: object) -> bool:
        return alias in self._by_alias

    def __iter__(self) -> Iterator[Backend]:
        return iter(self._by_alias.values())

    def detect(self, path: Path) -> str | None:
        """The alias of the backend that recognises ``path`` as a repository, if any does."""
        for alias, backend in self._by_alias.items():
            if backend.is_repository(path):
                return alias
        return None
