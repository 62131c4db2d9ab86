"""Directories below the repository root, and moving them so that a crash loses nothing.

Beside the repositories themselves the root holds ``.tmp``, where new ones are built, and
``.trash``, where deleted ones lie. Paths in intents and in the trash are relative to the root.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kallithea_host.private_files import sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BUILDING: Final = ".tmp"
TRASH: Final = ".trash"

_libc: Final = ctypes.CDLL(None, use_errno=True)


def new_building(root: Path) -> str:
    """A relative path to build a repository at; its parent exists, it does not."""
    (root / BUILDING).mkdir(mode=0o700, exist_ok=True)
    return f"{BUILDING}/{secrets.token_hex(8)}"


def trash_path(stamp: str, repo_id: int) -> str:
    """The relative path of a deleted repository; ``stamp`` says when it was deleted."""
    return f"{TRASH}/{stamp}__{repo_id}"


def move(root: Path, source: str, target: str) -> None:
    """Rename a directory, making the target's parents; durable when it returns.

    Raises ``FileExistsError`` when anything lies at the target already.
    """
    origin, destination = root / source, root / target
    if os.path.lexists(destination):
        raise FileExistsError(f"something lies at {target} already")
    _make_parents(root, destination)
    origin.rename(destination)
    sync_directory(destination.parent)
    sync_directory(origin.parent)


def _make_parents(root: Path, path: Path) -> None:
    missing = [p for p in path.parents if p.is_relative_to(root) and not p.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700)
        sync_directory(parent.parent)


def move_back(root: Path, source: str, target: str) -> None:
    """Undo ``move`` if it happened; the source was there and the target was not before."""
    if os.path.lexists(root / target) and not os.path.lexists(root / source):
        move(root, target, source)


def remove_tree(root: Path, relative: str) -> None:
    """Remove what lies at a path, if anything does."""
    path = root / relative
    if os.path.lexists(path):
        shutil.rmtree(path)


def missing(root: Path, paths: Iterable[str]) -> list[str]:
    """Those of some paths at which nothing lies."""
    return [path for path in paths if not os.path.lexists(root / path)]


def taken(root: Path, paths: Iterable[str]) -> list[str]:
    """Those of some paths at which something lies."""
    return [path for path in paths if os.path.lexists(root / path)]


def make_directory(root: Path, relative: str) -> None:
    """Make the directory of a group, with those it lies in, unless it is there; durable."""
    path = root / relative
    if path.is_dir():
        return
    _make_parents(root, path)
    path.mkdir(mode=0o700)
    sync_directory(path.parent)


def remove_directory(root: Path, relative: str) -> None:
    """Remove the directory of a group; ``OSError`` when it holds anything. Durable."""
    path = root / relative
    path.rmdir()
    sync_directory(path.parent)


def remove_if_empty(root: Path, relative: str) -> None:
    """Remove the directory of a group unless it holds something or is gone already."""
    with suppress(OSError):
        remove_directory(root, relative)


def make_durable(path: Path) -> None:
    """Write everything of the file system that holds ``path`` to the disk.

    One system call, where syncing each file of a large repository would take thousands.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if not hasattr(_libc, "syncfs") or _libc.syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)
