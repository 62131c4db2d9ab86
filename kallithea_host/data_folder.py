"""The data folder: what lies in it, and the lock that keeps a second daemon out."""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Final

from kallithea_host.config import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.config import Settings

POLL: Final = 0.02
"""Seconds between two attempts to take a lock."""


def secret_file(settings: Settings) -> Path:
    """The secret that API keys are digested and sealed with."""
    return settings.data_dir / "secret"


def admin_key_file(settings: Settings) -> Path:
    """The first administrator's API key, as made at the first start."""
    return settings.data_dir / "admin-api-key"


def prepare(settings: Settings) -> None:
    """Make the folders that are missing; raises ``ConfigError`` when that is not possible."""
    for folder in (settings.data_dir, settings.repositories):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"cannot make the folder {folder}: {error.strerror}") from None
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ConfigError(f"the folder {folder} cannot be written")


class FolderLock:
    """A lock on the folder; the system frees it once no process is left that holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """What a child process has to inherit so as to hold the lock, too."""
        if self._descriptor is None:
            raise RuntimeError("the lock is not taken")
        return self._descriptor

    def take(self, patience: float = 0.0) -> bool:
        """Take the lock, within ``patience`` seconds; whether that was possible."""
        deadline = time.monotonic() + patience
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return False
            time.sleep(POLL)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def daemon_lock(settings: Settings) -> FolderLock:
    """The lock that the daemon holds as long as it lives."""
    return FolderLock(settings.data_dir / "daemon.lock")


def children_lock(settings: Settings) -> FolderLock:
    """The lock that the daemon's child processes hold, too.

    A daemon that was killed may leave some behind that are about to end: the next one waits for
    them, so that nobody else works on a repository that it repairs.
    """
    return FolderLock(settings.data_dir / "children.lock")


def daemon_lives(settings: Settings) -> bool:
    """Whether a daemon works on this data folder."""
    lock = daemon_lock(settings)
    if not lock.take():
        return True
    lock.release()
    return False
