"""Cleaning up after a killed writer."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from dulwich.object_format import DEFAULT_OBJECT_FORMAT
from dulwich.pack import PackData

from kallithea_host.vcs import VcsError

from .repository import git_dir_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FAN = re.compile(r"[0-9a-f]{2}|pack|info")
_TEMPORARY = re.compile(r"incoming-.+|tmp_.+|tmp[a-z0-9_]+\.pack|\.tmp-.+")
"""What Git, dulwich and ``pulling`` call files and directories that are not finished."""


def repair(path: Path) -> None:
    """Remove locks and unfinished objects, and index packs whose index was not written yet."""
    git_dir = git_dir_of(path)
    if git_dir is None:
        raise VcsError(f"no Git repository at {path}")
    for lock in _locks(git_dir):
        lock.unlink()
    for leftover in _unfinished(git_dir / "objects"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    for pack in (git_dir / "objects" / "pack").glob("pack-*.pack"):
        if not (index := pack.with_suffix(".idx")).exists():
            _index(pack, index)


def _locks(git_dir: Path) -> Iterator[Path]:
    yield from git_dir.glob("*.lock")
    for top in ("refs", "objects"):
        for directory, _, files in os.walk(git_dir / top):
            yield from (git_dir / directory / each for each in files if each.endswith(".lock"))


def _unfinished(objects: Path) -> Iterator[Path]:
    fans = [each for each in objects.iterdir() if _FAN.fullmatch(each.name) and each.is_dir()]
    for directory in (objects, *fans):
        yield from (each for each in directory.iterdir() if _TEMPORARY.fullmatch(each.name))


def _index(pack: Path, index: Path) -> None:
    """Index a pack that was moved into place just before its writer ended."""
    with PackData(str(pack), DEFAULT_OBJECT_FORMAT) as data:
        data.check()
        data.create_index(str(index))
