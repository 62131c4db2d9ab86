"""Reading Git's objects: the store on disk, and commits and trees as plain tuples."""

from __future__ import annotations

import os
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dulwich import objects as dulwich_objects
from dulwich.errors import ObjectFormatException
from dulwich.object_store import BaseObjectStore, DiskObjectStore
from dulwich.objects import (
    DEFAULT_LOOSE_OBJECT_SIZE_LIMIT,
    ObjectID,
    RawObjectID,
    ShaFile,
    Tag,
    Tree,
    object_class,
    parse_tree,
)

from kallithea_host.vcs import Changeset, VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMIT, TREE, TAG = 1, 2, 4
"""Git's numbers of the object types (a blob is 3)."""

TREE_MODE = 0o040000
SUBMODULE_MODE = 0o160000

MAX_BORROWING_DEPTH = 5
"""How far ``objects/info/alternates`` are followed; Git's own limit."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND = int((datetime.min.replace(tzinfo=UTC) - _EPOCH).total_seconds())
_LAST_SECOND = int((datetime.max.replace(tzinfo=UTC, microsecond=0) - _EPOCH).total_seconds())


class ObjectStore(DiskObjectStore):
    """The objects of one repository and of those it borrows from, without any configuration."""

    def __init__(self, directory: Path, lenders: list[Path] | None = None) -> None:
        """Open ``directory``; ``lenders`` are the object directories to borrow from.

        By default they are those that ``info/alternates`` names.
        """
        super().__init__(str(directory), fsync_object_files=True)
        if lenders is None:
            lenders = lenders_of(directory)
        self._borrowed: list[BaseObjectStore] = [ObjectStore(each, []) for each in lenders]

    @property
    def alternates(self) -> list[BaseObjectStore]:
        """The stores borrowed from: each once, so that a circle of them does no harm."""
        return self._borrowed

    def get_raw(self, name: RawObjectID | ObjectID) -> tuple[int, bytes]:
        """The type and content of an object, raising ``KeyError`` for one that is not there."""
        try:
            return super().get_raw(name)
        except ObjectFormatException:
            # dulwich parses an object that has a file of its own, which is not asked for here.
            object_id = name.decode("ascii")
            return _read_loose(Path(self.path, object_id[:2], object_id[2:]))

    def close(self) -> None:
        """Give the mapped files back."""
        for each in self._borrowed:
            each.close()
        super().close()


def _read_loose(path: Path) -> tuple[int, bytes]:
    unpacked = zlib.decompressobj().decompress(path.read_bytes(), DEFAULT_LOOSE_OBJECT_SIZE_LIMIT)
    header, _, content = unpacked.partition(b"\0")
    kind = object_class(header.partition(b" ")[0])
    if kind is None:
        raise VcsError(f"{path} is no object")
    return kind.type_num, content


def lenders_of(directory: Path) -> list[Path]:
    """The object directories that ``directory`` borrows from, at first or second hand.

    They are part of a repository's data, not of its configuration, and no clone, pull or push
    can make one; so a repository copied in by hand stays readable.
    """
    start = directory.resolve()
    found: list[Path] = []
    level = [start]
    for _depth in range(MAX_BORROWING_DEPTH):
        named = [lender for each in level for lender in _named_lenders(each)]
        level = [each for each in dict.fromkeys(named) if each != start and each not in found]
        found += level
    return found


def _named_lenders(directory: Path) -> Iterator[Path]:
    try:
        text = (directory / "info" / "alternates").read_bytes()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        if line and not line.startswith(b"#"):
            yield (directory / os.fsdecode(line)).resolve()


class Commit(NamedTuple):
    """What a commit object says; identifiers are forty hex digits."""

    tree: bytes
    parents: tuple[bytes, ...]
    author: bytes
    time: int
    """When it was committed, in seconds since 1970; clock and zone are the committer's word."""
    message: bytes


def parse_commit(raw: bytes) -> Commit:
    """Read a commit object, also one whose author or date line is malformed.

    History is full of commits that no current Git would write, and one of them must not make
    its whole repository unreadable.
    """
    head, _, message = raw.partition(b"\n\n")
    tree, author, time = b"", b"", 0
    parents: list[bytes] = []
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value)
        elif key == b"tree":
            tree = value
        elif key == b"author":
            author = value[: value.rfind(b">") + 1] or value
        elif key == b"committer":
            time = _seconds(value)
            break
    return Commit(tree, tuple(parents), author, time, message)


def _seconds(committer: bytes) -> int:
    words = committer[committer.rfind(b">") + 1 :].split()
    try:
        return min(max(int(words[0]), _FIRST_SECOND), _LAST_SECOND)
    except (IndexError, ValueError):
        return 0


def changeset(raw_id: bytes, revision: int, commit: Commit) -> Changeset:
    """The commit as the host's value."""
    return Changeset(
        raw_id=raw_id.decode("ascii"),
        revision=revision,
        message=commit.message.decode("utf-8", "replace"),
        author=commit.author.decode("utf-8", "replace"),
        date=_EPOCH + timedelta(seconds=commit.time),
    )


class Entry(NamedTuple):
    """One line of a tree; bytes of the name that are no UTF-8 are U+FFFD."""

    name: str
    mode: int
    id: bytes


def tree_entries(store: DiskObjectStore, tree: bytes) -> list[Entry]:
    """The entries of a tree, sorted by code point of their names (Git's own order is another)."""
    kind, raw = store.get_raw(ObjectID(tree))
    if kind != TREE:
        raise VcsError(f"object {tree.decode('ascii', 'replace')} is no tree")
    return sorted(
        Entry(name.decode("utf-8", "replace"), mode, raw_id)
        for name, mode, raw_id in parse_tree(raw, 20)
    )


def leads_to(each: ShaFile) -> Iterator[bytes]:
    """The ids of the objects that one names and that must be there; submodules are elsewhere."""
    if isinstance(each, dulwich_objects.Commit):
        yield each.tree
        yield from each.parents
    elif isinstance(each, Tree):
        yield from (entry.sha for entry in each.iteritems() if entry.mode != SUBMODULE_MODE)
    elif isinstance(each, Tag):
        yield each.object[1]
