"""The type ``plain`` behind the host's ``Backend`` protocol."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kallithea_host import (
    Changes,
    Changeset,
    Nodes,
    Program,
    Refs,
    Remote,
    Selection,
    UnknownBranch,
    UnknownPath,
    UnknownRevision,
    VcsError,
)
from kallithea_host_example import archives, files, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kallithea_host import Export, File, FileStat
    from kallithea_host_example.snapshots import Snapshot

SHORTEST_PREFIX = 4


class PlainBackend:
    """Numbered snapshots of a tar archive that is published somewhere.

    Plain values in and out, nothing kept between calls, and every failure a ``VcsError``: this is
    all that the host asks of a version control system.
    """

    alias = "plain"

    def create(self, path: Path) -> None:
        """Make a repository without snapshots."""
        with _failures():
            snapshots.create(path)

    def fork(self, source: Path, path: Path) -> None:
        """Copy all snapshots."""
        with _failures():
            snapshots.fork(source, path)

    def clone(self, path: Path, remote: Remote) -> None:
        """Make a repository whose first snapshot is the archive as it is now."""
        with _failures():
            snapshots.create(path)
            _record(path, remote)

    def pull(self, path: Path, remote: Remote) -> tuple[str, ...]:
        """Record the archive as it is now, if it has changed."""
        with _failures():
            return _record(path, remote)

    def tip(self, path: Path) -> Changeset:
        """The last snapshot, or ``EMPTY``."""
        with _failures():
            return snapshots.newest(path)

    def resolve(self, path: Path, revision: str | int | None) -> str:
        """The id of a snapshot given by number, ``tip``, or (abbreviated) id; None is the last."""
        with _failures():
            known = snapshots.snapshots(path)
            found = [s for s in known if _is_called(s, revision, last=s is known[-1])]
            if len(found) != 1:
                raise UnknownRevision(f"{revision!r:.100} names no snapshot, or several")
            return found[0].raw_id

    def nodes(self, path: Path, raw_id: str, root: str) -> Nodes:
        """The folders and files of a snapshot below ``root``."""
        with _failures():
            return _listing(_snapshot(path, raw_id), root)

    def log(self, path: Path, wanted: Selection) -> list[Changeset]:
        """The snapshots that are selected; there are no branches."""
        if wanted.branch is not None:
            raise UnknownBranch("there are no branches")
        with _failures():
            start = None if wanted.start is None else _snapshot(path, wanted.start).number
            end = None if wanted.end is None else _snapshot(path, wanted.end).number
            known = snapshots.snapshots(path)
            span = wanted.span(start, end, len(known))
            return wanted.take(known[number].changeset() for number in span)

    def changeset(self, path: Path, raw_id: str) -> Changeset:
        """What is recorded about a snapshot."""
        with _failures():
            return _snapshot(path, raw_id).changeset()

    def changes(self, path: Path, raw_id: str) -> Changes:
        """How the files of a snapshot differ from those of the one before."""
        with _failures():
            return snapshots.changes(path, _snapshot(path, raw_id))

    def file(self, path: Path, raw_id: str, name: str) -> File:
        """Size and kind of a file."""
        with _failures():
            return files.describe(_snapshot(path, raw_id), name)

    def weight(self, path: Path, raw_id: str, name: str) -> int | None:
        """None: whatever is to be read, it is the whole archive."""
        del path, raw_id, name
        return None

    def content(self, path: Path, raw_id: str, name: str) -> Iterator[bytes]:
        """The content of a file, in one piece."""
        with _failures():
            yield files.read(_snapshot(path, raw_id), name)

    def diff(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The lines that differ from the snapshot before; white space always counts."""
        del ignore_whitespace
        with _failures():
            yield from files.diff(path, _snapshot(path, raw_id), context)

    def patch(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The diff below the message."""
        yield f"{self.changeset(path, raw_id).message}\n\n".encode()
        yield from self.diff(path, raw_id, context=context, ignore_whitespace=ignore_whitespace)

    def export(self, path: Path, raw_id: str) -> Export:
        """All files of a snapshot."""
        with _failures():
            return files.export(_snapshot(path, raw_id))

    def stats(self, path: Path, raw_id: str) -> list[FileStat]:
        """What a snapshot did to each file."""
        with _failures():
            return files.stats(path, _snapshot(path, raw_id))

    def refs(self, path: Path) -> Refs:
        """There are no names."""
        del path
        return Refs({}, {}, {})

    def is_repository(self, path: Path) -> bool:
        """Whether ``path`` is a repository of this type."""
        with _failures():
            return snapshots.is_repository(path)

    def description(self, path: Path) -> str:
        """There is none in the repository's own files."""
        del path
        return ""

    def repair(self, path: Path) -> None:
        """Remove a snapshot that was never finished."""
        with _failures():
            snapshots.repair(path)

    def verify(self, path: Path) -> list[str]:
        """Compare every snapshot with its id."""
        with _failures():
            return snapshots.verify(path)

    def program(self) -> Program | None:
        """There is none."""
        return None


@contextmanager
def _failures() -> Iterator[None]:
    """Let what a damaged or missing repository causes leave as a ``VcsError``."""
    try:
        yield
    except (OSError, ValueError, LookupError) as error:
        raise VcsError(f"{type(error).__name__}: {error}") from error


def _record(path: Path, remote: Remote) -> tuple[str, ...]:
    added = snapshots.add(path, archives.fetch(remote), f"As of {remote.url}", "")
    return () if added is None else (added,)


def _snapshot(path: Path, raw_id: str) -> Snapshot:
    for snapshot in snapshots.snapshots(path):
        if snapshot.raw_id == raw_id:
            return snapshot
    raise UnknownRevision(f"{raw_id!r:.100} is no snapshot")


def _is_called(snapshot: Snapshot, revision: str | int | None, *, last: bool) -> bool:
    """Whether a revision, which is only ever compared, means this snapshot."""
    if revision in {None, "tip", -1, "-1"}:
        return last
    text = str(revision)
    if text == str(snapshot.number):
        return True
    return len(text) >= SHORTEST_PREFIX and snapshot.raw_id.startswith(text)


def _listing(snapshot: Snapshot, root: str) -> Nodes:
    """Every path below ``root``, a folder's own files before what lies in its folders."""
    top = snapshot.files.joinpath(*filter(None, root.split("/")))
    if ".." in root.split("/") or not top.is_dir():
        raise UnknownPath(f"{root!r:.100} is no folder")
    nodes = Nodes([], [])
    _collect(snapshot.files, top, nodes)
    return nodes


def _collect(files: Path, folder: Path, nodes: Nodes) -> None:
    entries = sorted(folder.iterdir())
    nodes.files.extend(e.relative_to(files).as_posix() for e in entries if e.is_file())
    for entry in entries:
        if entry.is_dir():
            nodes.dirs.append(entry.relative_to(files).as_posix())
            _collect(files, entry, nodes)
