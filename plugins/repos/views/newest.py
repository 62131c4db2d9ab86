"""The newest changesets of a repository, as much of each as a feed tells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from kallithea_host import Failed, Selection
from kallithea_host.failing import failing
from kallithea_plugins.repos.views.declared import found
from kallithea_plugins.repos.views.touched import touched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kallithea_host import Body, Changeset, Refs, VcsJob, ViewCall
    from kallithea_plugins.repos.views.touched import Touched

ALL_DIFFS: Final = 1024 * 1024
"""Bytes of the diffs in a feed; it is made in memory, where they take several times as much."""
CUT: Final = "… the diff goes on\n".encode()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A changeset with what belongs to it."""

    changeset: Changeset
    branches: Sequence[str]
    """hg: the one it was committed on; git: those that it is the tip of."""
    bookmarks: Sequence[str]
    tags: Sequence[str]
    touched: Touched
    diff: str


@dataclass(frozen=True, slots=True)
class Newest:
    """The state of a repository, and the newest changesets unless the client knows that state."""

    etag: str
    refs: Refs
    changesets: Sequence[Changeset] | None


def newest(job: VcsJob, wanted: Wanted, known: frozenset[str]) -> Newest:
    """What a feed is about; of a state that is ``known`` no changesets."""
    path = job.repository.path
    with found(job):
        refs = job.backend.refs(path)
        etag = _etag(refs, wanted)
        if known & {etag, "*"}:
            return Newest(etag, refs, None)
        selection = Selection(newest_first=True, limit=wanted.items)
        return Newest(etag, refs, job.backend.log(path, selection))


async def entries(
    call: ViewCall, changesets: Sequence[Changeset], refs: Refs, diff_limit: int
) -> Sequence[Entry]:
    """The changesets with what belongs to them."""
    named, told, left = Names(refs), [], ALL_DIFFS
    for each in changesets:
        files = await touched(call, each.raw_id)
        limit = min(diff_limit, left)
        diff = await _diff(call, each.raw_id, limit)
        left -= limit if diff.endswith(CUT) else len(diff)
        told.append(named.entry(each, files, diff.decode("utf-8", "replace")))
    return told


def _etag(refs: Refs, wanted: Wanted) -> str:
    """A mark that changes with every branch, tag and bookmark that is moved."""
    state = f"{refs!r} {wanted!r}"
    return sha256(state.encode("utf-8", "surrogatepass")).hexdigest()


class Names:
    """The names of a repository by what they stand for."""

    def __init__(self, refs: Refs) -> None:
        self.branches = _by_id(refs.branches)
        self.bookmarks = _by_id(refs.bookmarks)
        self.tags = _by_id({name: at for name, at in refs.tags.items() if name != _TIP})

    def entry(self, changeset: Changeset, files: Touched, diff: str) -> Entry:
        """A changeset by its names."""
        raw_id, branch = changeset.raw_id, changeset.branch
        return Entry(
            changeset=changeset,
            branches=self.branches.get(raw_id, ()) if branch is None else [branch],
            bookmarks=self.bookmarks.get(raw_id, ()),
            tags=self.tags.get(raw_id, ()),
            touched=files,
            diff=diff,
        )


def _by_id(names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    turned = defaultdict(list)
    for name, raw_id in names.items():
        turned[raw_id].append(name)
    return turned


async def _diff(call: ViewCall, raw_id: str, most: int) -> bytes:
    """The beginning of a diff, in whole lines; nothing where it cannot be made."""
    if most <= 0:
        return b""
    try:
        with failing(f"no diff is shown of {call.repository.name} {raw_id}"):
            return _beginning(await call.stream("diff", raw_id), most)
    except Failed:  # the log has the reason
        return b""


def _beginning(body: Body, most: int) -> bytes:
    if isinstance(body, bytes):
        begun, whole = body, len(body) <= most
    else:
        begun, whole = body.start, False
        body.discard()
    return begun if whole else begun[: begun.rfind(b"\n", 0, most) + 1] + CUT
