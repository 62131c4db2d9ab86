"""The data folder: what lies in it, and the lock that keeps a second daemon out."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from kallithea_host.config import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.config import Settings


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


class DaemonLock:
    """Held by the daemon as long as it lives; the system frees it however the daemon ends."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.data_dir / "daemon.lock"
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock; whether that was possible."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def daemon_lives(settings: Settings) -> bool:
    """Whether a daemon works on this data folder."""
    lock = DaemonLock(settings)
    if not lock.take():
        return True
    lock.release()
    return False
