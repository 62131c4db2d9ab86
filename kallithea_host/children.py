"""What every child process of the server is given: how it is started, and its environment."""

from __future__ import annotations

import os
import sys
from typing import Final

PYTHON: Final = (sys.executable, "-P", "-m")
"""Runs a module of ours, never one from the working folder."""

_PASSED_ON: Final = ("LD_LIBRARY_PATH", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR")


def environment() -> dict[str, str]:
    """What a child needs to find programs and the packages that the server has."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HOME": "/nonexistent",  # nothing of the account's own configuration counts
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
