"""Looking for damage, with the program ``git`` where there is one and without it elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .objects import leads_to
from .refs import read_head, unresolved_refs, write_head
from .repository import create, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

_NOTICE = "notice: "


def verify(path: Path) -> list[str]:
    """What is wrong with objects and refs, a line each; Git's words where the program is found."""
    program = shutil.which("git")
    with opened(path) as repository:
        findings = [f"ref {name!r} leads nowhere" for name in unresolved_refs(repository.git_dir)]
        if program:
            return findings + _ask_git(program, repository)
        return findings + list(_damage(repository))


def _ask_git(program: str, repository: Repository) -> list[str]:
    """Let ``git fsck`` read the objects from beside a fresh directory with copies of the refs.

    So it sees nothing of the repository's own configuration, which may name programs to run,
    further files to include, or findings to be silent about.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "repository"
        create(directory)
        write_head(directory, read_head(repository.git_dir))
        refs = [item for item in sorted(repository.refs.items()) if item[0].startswith(b"refs/")]
        (directory / "packed-refs").write_bytes(b"".join(b"%s %s\n" % (v, k) for k, v in refs))
        (directory / "shallow").write_bytes(b"".join(b"%s\n" % x for x in repository.shallow))
        run = subprocess.run(  # noqa: S603 - no word of it comes from a user
            [program, "fsck", "--strict", "--full", "--no-dangling", "--no-progress"],
            env=_environment(directory, repository.git_dir / "objects"),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if run.returncode == 0:
        return []
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    return [line for line in lines if not line.startswith(_NOTICE)] or ["git fsck failed"]


def _environment(directory: Path, objects: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_DIR": str(directory),
        "GIT_OBJECT_DIRECTORY": str(objects.resolve()),
    }


def _damage(repository: Repository) -> Iterator[str]:
    """Read every object: is it whole, is it what its id says, is there what it leads to."""
    store = repository.objects
    present = set(store)
    needed = dict.fromkeys(repository.refs.values(), "a ref")
    for object_id in sorted(present):
        try:
            each = store[object_id]
            each.check()
            if object_id not in repository.shallow:
                needed.update(dict.fromkeys(leads_to(each), object_id.decode("ascii")))
        except Exception as error:  # noqa: BLE001  # see repository.failures_told
            yield f"object {object_id.decode('ascii')}: {type(error).__name__}: {error}"
    for missing in sorted(needed.keys() - present):
        yield f"object {missing.decode('ascii')} is missing, needed by {needed[missing]}"
    for pack in store.packs:
        try:
            pack.check_length_and_checksum()
        except Exception as error:  # noqa: BLE001  # as above
            yield f"pack {pack.name().decode('ascii')}: {type(error).__name__}: {error}"
