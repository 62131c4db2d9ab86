"""The newest changesets of a repository, as much of each as a feed tells."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast

from kallithea_host import Selection
from kallithea_plugins.repos.views.declared import found

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from kallithea_host import Backend, Changeset, FileStat, Refs, VcsJob

FILES: Final = 100
"""Files that are listed of a changeset; of one with more no lines are counted."""
REMEMBERED: Final = 500
"""Changesets whose files are kept in memory; a hundred files are some 20 kB."""
CUT: Final = "… the diff goes on\n"
_TIP: Final = "tip"
"""A tag of Mercurial's own, which is another changeset's tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a feed is to tell; equal feeds of one state of a repository are made of equal ones."""

    form: str
    url: str
    base_url: str
    name: str
    items: int
    diff_limit: int
    """Bytes of each changeset's diff; 0: none is told."""


@dataclass(frozen=True, slots=True)
class TouchedFile:
    """A file that a changeset touched."""

    kind: str
    """``A``, ``M``, ``D`` or ``R``."""
    path: str
    lines: tuple[int, int] | None = None
    """Added and removed, where they were counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A changeset with what belongs to it."""

    changeset: Changeset
    branches: Sequence[str]
    """hg: the one it was committed on; git: those that it is the tip of."""
    bookmarks: Sequence[str]
    tags: Sequence[str]
    files: Sequence[TouchedFile]
    unlisted: int
    """How many files there are besides."""
    diff: str


@dataclass(frozen=True, slots=True)
class Newest:
    """The state of a repository, and the newest changesets unless the client knows that state."""

    etag: str
    entries: Sequence[Entry] | None


def newest(job: VcsJob, wanted: Wanted, known: frozenset[str]) -> Newest:
    """What a feed is made of; of a state that is ``known`` nothing but its etag."""
    path = job.repository.path
    with found(job):
        refs = job.backend.refs(path)
        etag = _etag(refs, wanted)
        if known & {etag, "*"}:
            return Newest(etag, None)
        log = job.backend.log(path, Selection(newest_first=True, limit=wanted.items))
        named = _Names(refs)
        return Newest(etag, [_entry(job, each, named, wanted.diff_limit) for each in log])


def _etag(refs: Refs, wanted: Wanted) -> str:
    """A mark that changes with every branch, tag and bookmark that is moved."""
    state = f"{refs!r} {wanted!r}"
    return sha256(state.encode("utf-8", "surrogatepass")).hexdigest()


class _Names:
    """The names of a repository by what they stand for."""

    def __init__(self, refs: Refs) -> None:
        self.branches = _by_id(refs.branches)
        self.bookmarks = _by_id(refs.bookmarks)
        self.tags = _by_id({name: at for name, at in refs.tags.items() if name != _TIP})


def _by_id(names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    turned = defaultdict(list)
    for name, raw_id in names.items():
        turned[raw_id].append(name)
    return turned


def _entry(job: VcsJob, changeset: Changeset, named: _Names, diff_limit: int) -> Entry:
    raw_id = changeset.raw_id
    backend: Any = job.backend  # to mypy no protocol is hashable
    files, unlisted = _files(backend, job.repository.path, raw_id)
    return Entry(
        changeset=changeset,
        branches=named.branches.get(raw_id, ()) if changeset.branch is None else [changeset.branch],
        bookmarks=named.bookmarks.get(raw_id, ()),
        tags=named.tags.get(raw_id, ()),
        files=files,
        unlisted=unlisted,
        diff=_diff(job, raw_id, diff_limit) if diff_limit else "",
    )


@lru_cache(REMEMBERED)
def _files(backend: Backend, path: Path, raw_id: str) -> tuple[Sequence[TouchedFile], int]:
    """Some of the touched files, and how many more there are.

    To list names is cheap however many there are; to count lines, every file has to be read. It is
    remembered, since a changeset stays what it is: a feed is asked for by every reader again when
    one changeset is new, and all others are as before.
    """
    changes = backend.changes(path, raw_id)
    kinds = {"A": changes.added, "M": changes.changed, "D": changes.removed}
    files = [TouchedFile(kind, name) for kind, names in kinds.items() for name in names]
    if len(files) > FILES:
        return files[:FILES], len(files) - FILES
    return [_counted(stat) for stat in backend.stats(path, raw_id)], 0


def _counted(stat: FileStat) -> TouchedFile:
    return TouchedFile(stat.kind, stat.path, (stat.added, stat.removed))


def _diff(job: VcsJob, raw_id: str, most: int) -> str:
    """The beginning of a diff, in whole lines."""
    collected = bytearray()
    made = cast("Generator[bytes]", job.backend.diff(job.repository.path, raw_id))
    with closing(made) as pieces:
        for piece in pieces:
            collected += piece
            if len(collected) > most:
                break
    if len(collected) <= most:
        return collected.decode("utf-8", "replace")
    whole_lines = collected[: collected.rfind(b"\n", 0, most) + 1]
    return whole_lines.decode("utf-8", "replace") + CUT
