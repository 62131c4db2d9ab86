"""The ``git`` program, which nothing here needs; who runs the server wants to know of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from kallithea_host.vcs import Program

TIME_LIMIT: Final = 10.0
"""Seconds that it may take to tell its version."""

_VERSION: Final = re.compile(r"git version (\S+)")


def git() -> Program | None:
    """Where ``git`` is and which version, or None if there is none that says so."""
    path = shutil.which("git")
    if path is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a fixed argument, and no shell
            [Path(path).absolute(), "--version"],
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
