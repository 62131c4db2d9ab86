"""The files that a commit touched, each as it was and as it is; without the ``git`` program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dulwich.diff_tree import CHANGE_COPY, RenameDetector, TreeChange, tree_changes
from dulwich.objects import ObjectID

from .blobs import read
from .objects import SUBMODULE_MODE

if TYPE_CHECKING:
    from .repository import Repository

EMPTY_TREE: Final = b"4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SIMILAR: Final = 50
"""Per cent of a file that are the same in a renamed one, at least; Git's own number."""
MOST_RENAMES: Final = 200
"""More files than so many come and go: only those that are quite the same count as renamed."""


class Side(NamedTuple):
    """A file before or after."""

    path: bytes
    mode: int
    id: bytes
    """Forty zeros where there is none."""


class Pair(NamedTuple):
    """One file, before and after; where there was or is none, only the path counts."""

    old: Side
    new: Side

    @property
    def kind(self) -> bytes:
        """Git's letter: added, deleted, modified or renamed."""
        if NO_ID in {self.old.id, self.new.id}:
            return b"A" if self.old.id == NO_ID else b"D"
        return b"M" if self.old.path == self.new.path else b"R"


NO_ID: Final = b"0" * 40


def trees(repository: Repository, commit_id: bytes) -> tuple[bytes, bytes]:
    """The tree of the first parent, or the empty one, and that of the commit."""
    commit = repository.commit(commit_id)
    before = repository.commit(commit.parents[0]).tree if commit.parents else EMPTY_TREE
    return before, commit.tree


def pairs(repository: Repository, commit_id: bytes) -> list[Pair]:
    """What differs, by path; what was there before what is there now."""
    store = repository.objects
    renames = RenameDetector(store, SIMILAR, MOST_RENAMES, rewrite_threshold=None)
    before, after = map(ObjectID, trees(repository, commit_id))
    old = None if before == EMPTY_TREE else before
    found = map(_pair, tree_changes(store, old, after, rename_detector=renames))
    return sorted(found, key=lambda pair: (pair.new.path, pair.new.id != NO_ID))


def _pair(change: TreeChange) -> Pair:
    old = None if change.type == CHANGE_COPY else change.old
    sides = [
        Side(side.path, side.mode or 0, side.sha) if side and side.path and side.sha else None
        for side in (old, change.new)
    ]
    path = next(side.path for side in reversed(sides) if side)
    nothing = Side(path, 0, NO_ID)
    return Pair(sides[0] or nothing, sides[1] or nothing)


def content(repository: Repository, side: Side) -> bytes:
    """The content of one side, ``b""`` where there is none."""
    if side.id == NO_ID:
        return b""
    if side.mode == SUBMODULE_MODE:
        return b"Subproject commit %s\n" % side.id
    return read(repository, side.id)
