"""What a commit did to files: two trees compared, those that are the same left unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dulwich.objects import ObjectID, parse_tree

from kallithea_host.vcs import Changes, VcsError

from .nodes import MAX_LISTING
from .objects import TREE, TREE_MODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

Entry: TypeAlias = "tuple[int, bytes] | None"
"""Mode and id of what has a name in a tree; None when nothing has it."""


def tree_changes(repository: Repository, commit_id: bytes) -> Changes:
    """The files that differ from those of the first parent; without parents all were added."""
    commit = repository.commit(commit_id)
    before = repository.commit(commit.parents[0]).tree if commit.parents else None
    found = Changes([], [], [])
    for path, old, new in _differences(repository, before, commit.tree):
        kind = found.added if not old else found.changed if new else found.removed
        kind.append(path.decode("utf-8", "replace"))
    return Changes(sorted(found.added), sorted(found.changed), sorted(found.removed))


def _differences(
    repository: Repository, before: bytes | None, after: bytes | None
) -> Iterator[tuple[bytes, Entry, Entry]]:
    """The path of each file that differs, with what it was and what it is."""
    pending = [(b"", before, after)]
    characters = 0
    while pending:
        folder, *trees = pending.pop()
        old, new = (_entries(repository, tree) for tree in trees)
        for name in old.keys() | new.keys():
            path, was, is_ = folder + name, old.get(name), new.get(name)
            if was == is_:
                continue
            characters += len(path)
            if characters > MAX_LISTING:
                raise VcsError("the trees of this commit stand for too many paths")
            subtrees = _tree_id(was), _tree_id(is_)
            if any(subtrees):
                pending.append((path + b"/", *subtrees))
            files = _file(was), _file(is_)
            if any(files):
                yield path, *files


def _entries(repository: Repository, tree: bytes | None) -> dict[bytes, tuple[int, bytes]]:
    if tree is None:
        return {}
    kind, raw = repository.objects.get_raw(ObjectID(tree))
    if kind != TREE:
        raise VcsError(f"object {tree.decode('ascii', 'replace')} is no tree")
    return {name: (mode, each) for name, mode, each in parse_tree(raw, 20)}


def _tree_id(entry: Entry) -> bytes | None:
    return entry[1] if entry and entry[0] == TREE_MODE else None


def _file(entry: Entry) -> Entry:
    return None if entry and entry[0] == TREE_MODE else entry
