"""Listing the directories and files of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host.vcs import Nodes, UnknownPath, VcsError

from .objects import SUBMODULE_MODE, TREE_MODE, tree_entries

if TYPE_CHECKING:
    from .repository import Repository

MAX_LISTING = 100_000_000
"""How many characters all paths together may have. A few small trees that contain each other
again and again can stand for more files than any memory holds."""


def list_nodes(repository: Repository, commit_id: bytes, root: str) -> Nodes:
    """Everything below ``root``; every tree is read once for each place where it appears."""
    top = _tree_at(repository, repository.commit(commit_id).tree, root)
    dirs: list[str] = []
    files: list[str] = []
    pending = [(root, top)]
    characters = 0
    while pending:
        path, tree = pending.pop()
        if path != root:
            dirs.append(path)
        before = f"{path}/" if path else ""
        subtrees = []
        for name, mode, each in tree_entries(repository.objects, tree):
            characters += len(before) + len(name)
            if mode == TREE_MODE:
                subtrees.append((before + name, each))
            elif mode != SUBMODULE_MODE:
                files.append(before + name)
        if characters > MAX_LISTING:
            raise VcsError("the trees of this commit stand for too many paths")
        pending += reversed(subtrees)
    return Nodes(dirs, files)


def _tree_at(repository: Repository, tree: bytes, root: str) -> bytes:
    for part in root.split("/") if root else ():
        entries = tree_entries(repository.objects, tree)
        subtrees = [each for name, mode, each in entries if name == part and mode == TREE_MODE]
        if not subtrees:
            raise UnknownPath(f"no directory {root!r}")
        tree = subtrees[0]
    return tree
