"""A repository of the type ``plain`` on disk: numbered folders, each a whole state of all files.

::

    format                      "plain 1"
    snapshots/0/changeset       JSON: message, author, date (seconds since 1970)
    snapshots/0/id              forty hex digits
    snapshots/0/files/…

An id is the SHA-1 of the id before it, the changeset and every file, so that nothing that was
recorded can change unnoticed. A snapshot is built beside the others and moved into place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kallithea_host import EMPTY, NULL_ID, Changes, Changeset, VcsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT: Final = b"plain 1\n"
BUILDING: Final = ".building"


@dataclass(frozen=True)
class Snapshot:
    """One snapshot of a repository."""

    number: int
    path: Path

    @property
    def files(self) -> Path:
        """The folder with its files."""
        return self.path / "files"

    @property
    def raw_id(self) -> str:
        """Its id, as recorded."""
        return (self.path / "id").read_text("ascii")

    def changeset(self) -> Changeset:
        """What is recorded about it."""
        told = json.loads((self.path / "changeset").read_bytes())
        date = datetime.fromtimestamp(told["date"], UTC)
        return Changeset(self.raw_id, self.number, told["message"], told["author"], date)

    def content(self) -> dict[str, bytes]:
        """All its files by path."""
        return {
            file.relative_to(self.files).as_posix(): file.read_bytes()
            for file in self.files.rglob("*")
            if file.is_file()
        }


def create(path: Path) -> None:
    """Make a repository without snapshots."""
    (path / "snapshots").mkdir(parents=True)
    (path / "format").write_bytes(FORMAT)


def is_repository(path: Path) -> bool:
    """Whether a folder is a repository of this format."""
    snapshots, marker = path / "snapshots", path / "format"
    if marker.is_symlink() or snapshots.is_symlink() or not snapshots.is_dir():
        return False
    return marker.is_file() and marker.read_bytes() == FORMAT


def snapshots(path: Path) -> list[Snapshot]:
    """All snapshots, oldest first."""
    if not is_repository(path):
        raise VcsError(f"{path} is no plain repository")
    folders = [folder for folder in (path / "snapshots").iterdir() if folder.name.isdecimal()]
    return [Snapshot(int(f.name), f) for f in sorted(folders, key=lambda f: int(f.name))]


def newest(path: Path) -> Changeset:
    """The changeset of the last snapshot, or ``EMPTY``."""
    known = snapshots(path)
    return known[-1].changeset() if known else EMPTY


def changes(path: Path, snapshot: Snapshot) -> Changes:
    """How the files of a snapshot differ from those of the one before."""
    new = snapshot.content()
    old = snapshots(path)[snapshot.number - 1].content() if snapshot.number else {}
    return Changes(
        added=sorted(new.keys() - old.keys()),
        changed=sorted(name for name in new.keys() & old.keys() if new[name] != old[name]),
        removed=sorted(old.keys() - new.keys()),
    )


def add(path: Path, content: Mapping[str, bytes], message: str, author: str) -> str | None:
    """Record a state of all files; its id, or None if nothing has changed since the last one."""
    known = snapshots(path)
    if known and known[-1].content() == content:
        return None
    before = known[-1].raw_id if known else NULL_ID
    told = {"message": message, "author": author, "date": int(datetime.now(UTC).timestamp())}
    changeset = json.dumps(told).encode()
    raw_id = _id(before, changeset, content)
    building = path / "snapshots" / BUILDING
    try:
        _write(building / "changeset", changeset)
        _write(building / "id", raw_id.encode())
        (building / "files").mkdir()
        for name, data in content.items():
            _write(building / "files" / name, data)
        building.rename(path / "snapshots" / str(len(known)))
    finally:
        repair(path)
    return raw_id


def fork(source: Path, path: Path) -> None:
    """Copy a repository; snapshots never change, so their files are linked."""
    create(path)
    for snapshot in snapshots(source):
        target = path / "snapshots" / str(snapshot.number)
        shutil.copytree(snapshot.path, target, copy_function=os.link)


def repair(path: Path) -> None:
    """Remove a snapshot that was never finished."""
    shutil.rmtree(path / "snapshots" / BUILDING, ignore_errors=True)


def verify(path: Path) -> list[str]:
    """A line for each snapshot that is not what its id says."""
    findings, before = [], NULL_ID
    for number, snapshot in enumerate(snapshots(path)):
        changeset = (snapshot.path / "changeset").read_bytes()
        if snapshot.number != number:
            findings.append(f"snapshot {number} is missing")
            break
        if snapshot.raw_id != _id(before, changeset, snapshot.content()):
            findings.append(f"snapshot {number} is not what was recorded")
        before = snapshot.raw_id
    return findings


def _id(before: str, changeset: bytes, content: Mapping[str, bytes]) -> str:
    digest = hashlib.sha1(before.encode() + changeset, usedforsecurity=False)
    for name in sorted(content):
        digest.update(f"\0{name}\0{len(content[name])}\0".encode())
        digest.update(content[name])
    return digest.hexdigest()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
