"""The files of a snapshot: read, compared with the snapshot before, handed out for an archive."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from kallithea_host import Export, File, FileKind, FileStat, Member, UnknownPath
from kallithea_host_example import snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kallithea_host_example.snapshots import Snapshot


def read(snapshot: Snapshot, name: str) -> bytes:
    """The content of a file, which is looked up among those that are there."""
    try:
        return snapshot.content()[name]
    except KeyError:
        raise UnknownPath(f"no file {name!r:.100}") from None


def describe(snapshot: Snapshot, name: str) -> File:
    """Size and kind of a file; there are plain files only."""
    return File(len(read(snapshot, name)), FileKind.FILE)


def diff(path: Path, snapshot: Snapshot, context: int) -> Iterator[bytes]:
    """The diff of every text that is another than in the snapshot before."""
    old, new = _before(path, snapshot), snapshot.content()
    for name in sorted(old.keys() | new.keys()):
        before, after = (_lines(each.get(name, b"")) for each in (old, new))
        names = f"a/{name}", f"b/{name}"
        yield "".join(unified_diff(before, after, *names, n=context)).encode()


def _before(path: Path, snapshot: Snapshot) -> dict[str, bytes]:
    return snapshots.snapshots(path)[snapshot.number - 1].content() if snapshot.number else {}


def _lines(content: bytes) -> list[str]:
    """The lines of a text, the last one made whole."""
    return [f"{line}\n" for line in content.decode(errors="replace").splitlines()]


def export(snapshot: Snapshot) -> Export:
    """All files."""
    content = snapshot.content()
    members = (
        Member(name.encode(), FileKind.FILE, len(content[name]), (content[name],))
        for name in sorted(content)
    )
    return Export(snapshot.raw_id, int(snapshot.changeset().date.timestamp()), members)


def stats(path: Path, snapshot: Snapshot) -> list[FileStat]:
    """What the snapshot did to each file, as if every line of it was new."""
    old, new = _before(path, snapshot), snapshot.content()
    changes = snapshots.changes(path, snapshot)
    return sorted(
        [FileStat(name, "A", len(_lines(new[name])), 0) for name in changes.added]
        + [
            FileStat(name, "M", len(_lines(new[name])), len(_lines(old[name])))
            for name in changes.changed
        ]
        + [FileStat(name, "D", 0, len(_lines(old[name]))) for name in changes.removed],
        key=lambda stat: stat.path,
    )
