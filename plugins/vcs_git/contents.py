"""The files of a commit: one of them, or all on their way into an archive."""

from __future__ import annotations

from collections import deque
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from dulwich.attrs import Pattern, parse_git_attributes
from dulwich.objects import ObjectID, parse_tree
from dulwich.wildmatch import MalformedPattern

from kallithea_host.files import File, FileKind, Member
from kallithea_host.vcs import UnknownPath, VcsError

from .blobs import blobs, read, size_of
from .nodes import MAX_LISTING
from .objects import SUBMODULE_MODE, TREE, TREE_MODE
from .stored import find_stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

ATTRIBUTES: Final = b".gitattributes"
LONGEST_ATTRIBUTES: Final = 100_000
"""Bytes of a file of attributes that are looked at."""
_EXECUTABLE: Final = 0o100
_LINK_MODE: Final = 0o120000


class Leaf(NamedTuple):
    """A file or submodule of a tree."""

    path: bytes
    kind: FileKind
    id: bytes


class Rule(NamedTuple):
    """A line of ``.gitattributes`` about ``export-ignore``."""

    pattern: Pattern
    folders_only: bool
    ignores: bool


def file(repository: Repository, commit_id: bytes, name: str, git: str | None) -> File:
    """Size and kind of a file."""
    mode, blob_id = find(repository, commit_id, name)
    return File(size_of(repository, blob_id, git), kind_of(mode))


def weight(repository: Repository, commit_id: bytes, name: str, git: str | None) -> int | None:
    """The size of a file, unless dulwich would have to read it whole to tell."""
    _, blob_id = find(repository, commit_id, name)
    if git is None and find_stored(repository, blob_id) is None:
        return None
    return size_of(repository, blob_id, git)


def find(repository: Repository, commit_id: bytes, name: str) -> tuple[int, bytes]:
    """Mode and id of a file; raises ``UnknownPath`` for everything that is none."""
    mode, found = TREE_MODE, repository.commit(commit_id).tree
    for part in name.encode("utf-8", "surrogatepass").split(b"/"):
        entries = _entries(repository, found) if mode == TREE_MODE else []
        mode, found = next((entry[1:] for entry in entries if entry[0] == part), (0, b""))
    if mode in {0, TREE_MODE, SUBMODULE_MODE}:
        raise UnknownPath(f"no file {name!r:.100}")
    return mode, found


def _entries(repository: Repository, tree: bytes) -> list[tuple[bytes, int, bytes]]:
    kind, raw = repository.objects.get_raw(ObjectID(tree))
    if kind != TREE:
        raise VcsError(f"object {tree.decode('ascii', 'replace')} is no tree")
    return list(parse_tree(raw, 20))


def kind_of(mode: int) -> FileKind:
    """What a file or submodule of this mode is."""
    if mode == SUBMODULE_MODE:
        return FileKind.FOLDER
    if mode & 0o170000 == _LINK_MODE:
        return FileKind.LINK
    return FileKind.EXECUTABLE if mode & _EXECUTABLE else FileKind.FILE


def members(repository: Repository, commit_id: bytes, git: str | None) -> Iterator[Member]:
    """The files of a commit but those that its ``.gitattributes`` keep out of archives."""
    leaves = _leaves(repository, repository.commit(commit_id).tree)
    asked: deque[Leaf] = deque()  # as far as the contents are read ahead
    for size, chunks in blobs(repository, _ids(leaves, asked), git):
        while asked[0].kind is FileKind.FOLDER:
            yield Member(asked.popleft().path, FileKind.FOLDER, 0)
        leaf = asked.popleft()
        yield Member(leaf.path, leaf.kind, size, chunks)
    for leaf in asked:
        yield Member(leaf.path, leaf.kind, 0)


def _ids(leaves: Iterator[Leaf], asked: deque[Leaf]) -> Iterator[bytes]:
    """The ids of the files among the leaves, all of which are kept to be matched with answers."""
    for leaf in leaves:
        asked.append(leaf)
        if leaf.kind is not FileKind.FOLDER:
            yield leaf.id


def _leaves(repository: Repository, tree: bytes) -> Iterator[Leaf]:
    pending: list[tuple[bytes, int, bytes, tuple[Rule, ...]]] = [(b"", TREE_MODE, tree, ())]
    characters = 0
    while pending:
        path, mode, each, rules = pending.pop()
        if mode != TREE_MODE:
            yield Leaf(path, kind_of(mode), each)
            continue
        entries = _entries(repository, each)
        rules += tuple(_rules(repository, entries, path))
        before = path + b"/" if path else b""
        found = [(before + name, mode, entry) for name, mode, entry in entries]
        characters += sum(len(name) for name, _, _ in found)
        if characters > MAX_LISTING:
            raise VcsError("the trees of this commit stand for too many paths")
        kept = [entry for entry in found if not _is_ignored(entry[0], entry[1], rules)]
        pending += [(*entry, rules) for entry in reversed(kept)]


def _rules(
    repository: Repository, entries: list[tuple[bytes, int, bytes]], folder: bytes
) -> Iterator[Rule]:
    for name, mode, blob_id in entries:
        if name == ATTRIBUTES and kind_of(mode) in {FileKind.FILE, FileKind.EXECUTABLE}:
            text = BytesIO(read(repository, blob_id)[:LONGEST_ATTRIBUTES])
            for pattern, attributes in parse_git_attributes(text):
                if b"export-ignore" in attributes:
                    ignores = attributes[b"export-ignore"] is True
                    try:
                        matching = Pattern(pattern.rstrip(b"/"), folder)
                    except MalformedPattern:
                        continue  # matches nothing, to Git as well
                    yield Rule(matching, pattern.endswith(b"/"), ignores)


def _is_ignored(path: bytes, mode: int, rules: tuple[Rule, ...]) -> bool:
    """What the last rule says that is about a path."""
    for rule in reversed(rules):
        if (mode == TREE_MODE or not rule.folders_only) and rule.pattern.match(path):
            return rule.ignores
    return False
