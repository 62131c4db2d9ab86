"""Trees of files: as a backend exports them, on the disk, and as clients change them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from kallithea_host.files import FileKind
from tests.remotes import CLIENT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.vcs import Backend

Tree = dict[bytes, tuple[FileKind, bytes]]
"""Kind and content by path."""

ABOUT = b".hg_archival.txt"


def exported(backend: Backend, path: Path, raw_id: str) -> Tree:
    """The files of a changeset, without what hg says of them."""
    members = backend.export(path, raw_id).members
    tree = {member.path: (member.kind, b"".join(member.chunks)) for member in members}
    tree.pop(ABOUT, None)
    return tree


def write(folder: Path, tree: Tree) -> Path:
    """Lay a tree out in a folder."""
    for name, (kind, content) in tree.items():
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind is FileKind.LINK:
            path.symlink_to(os.fsdecode(content))
            continue
        path.write_bytes(content)
        path.chmod(0o755 if kind is FileKind.EXECUTABLE else 0o644)
    folder.mkdir(exist_ok=True)
    return folder


def read(folder: Path) -> Tree:
    """The tree in a folder, without a client's own files."""
    tree: Tree = {}
    for path in folder.rglob("*"):
        name = os.fsencode(path.relative_to(folder))
        if name.split(b"/")[0] in {b".git", b".hg", ABOUT}:
            continue
        if path.is_symlink():
            tree[name] = FileKind.LINK, os.fsencode(path.readlink())
        elif path.is_file():
            executable = path.stat().st_mode & 0o100
            kind = FileKind.EXECUTABLE if executable else FileKind.FILE
            tree[name] = kind, path.read_bytes()
    return tree


def run(
    *command: str, cwd: Path, stdin: bytes = b"", more: Mapping[str, str] | None = None
) -> bytes:
    """Run a client, which must succeed; its output."""
    environment = {**CLIENT_ENVIRONMENT, **(more or {})}
    done = subprocess.run(
        command, cwd=cwd, env=environment, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout
