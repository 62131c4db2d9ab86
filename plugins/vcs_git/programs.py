"""The ``git`` program: used where it is installed, because it is fast; nothing here needs it.

It is started with fixed arguments, full ids and an environment of its own, and never sees the
configuration, attributes or refs of a repository: it works in an empty one that has no more than
the repository's objects.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from kallithea_host.vcs import Program, VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPE: Final = 256 * 1024
"""Bytes that it may be ahead of whoever reads from it."""
TIME_LIMIT: Final = 10.0
"""Seconds that it may take to tell its version."""

_VERSION: Final = re.compile(r"git version (\S+)")
_SETTINGS: Final = (
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.commitGraph=false"),
    *("-c", "core.multiPackIndex=false"),  # the files that follow from the packs may be stale
    *("-c", "core.quotePath=false"),
    *("-c", "diff.indentHeuristic=true"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.directory=*"),
    *("-c", "tar.umask=0022"),
)
_ENVIRONMENT: Final = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "PATH": os.defpath,
    "TZ": "UTC",  # zip archives have local times
}


def find_git() -> str | None:
    """The full path of ``git``, if it is installed."""
    found = shutil.which("git")
    return found and str(Path(found).absolute())


def git() -> Program | None:
    """Where ``git`` is and which version, or None if there is none that says so."""
    path = find_git()
    if path is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a fixed argument, and no shell
            [path, "--version"],
            capture_output=True,
            check=True,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = _VERSION.match(told.decode("utf-8", "replace"))
    return version and Program(path, version[1])


@contextmanager
def running(program: str, objects: Path, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """``git`` at work on the objects of a repository: its input and its output.

    Whoever reads the output to its end learns of a failure when the block is left; whoever leaves
    it earlier, by an exception, ends the program.
    """
    with _empty_repository() as folder, _process(program, objects, folder, arguments) as process:
        try:
            asking, answers = process.stdin, process.stdout
            if asking is None or answers is None:
                raise VcsError("git has no pipes")
            yield asking, answers
            asking.close()
            if process.wait():
                raise VcsError(f"git {arguments[0]} ended with exit status {process.returncode}")
        finally:
            process.kill()  # does nothing to one that has ended


@contextmanager
def _empty_repository() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="kallithea-git-") as folder:
        for needed in ("objects", "refs"):
            Path(folder, needed).mkdir()
        Path(folder, "HEAD").write_bytes(b"ref: refs/heads/none\n")
        yield folder


def _process(
    program: str, objects: Path, folder: str, arguments: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - no shell; the arguments are ours and full ids
        [program, *_SETTINGS, *arguments],
        cwd=folder,
        env={
            **_ENVIRONMENT,
            "GIT_DIR": folder,
            "GIT_OBJECT_DIRECTORY": str(objects.absolute()),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pipesize=PIPE,
    )
