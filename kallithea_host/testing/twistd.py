"""A daemon for tests: a real ``twistd -n kallithea`` with real pools, on a folder of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from kallithea_host import data_folder
from kallithea_host.config import Settings
from kallithea_host.testing.client import HttpApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

Found = TypeVar("Found")

PROGRAMS: Final = Path(sys.executable).parent
"""Where ``twistd`` and ``kallithea-host`` are installed."""
PATIENCE: Final = 40
"""Seconds after which what a test waits for will not come any more."""
LISTEN: Final = "tcp:0:interface=127.0.0.1"
"""A free port of this machine."""


def wait_for(condition: Callable[[], Found], what: str) -> Found:
    """Look until a condition holds, and give what it gave."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)
    return found


class Daemon:
    """One data folder, and the process that works on it; a ``with`` statement ends that.

    Args:
        folder: where its files are put; an empty one.
        ini: its ini file, whose sections ``[plugin:NAME]`` are the plugins' settings.
        options: further options of ``twistd kallithea``.
        environment: its environment; else that of the test.
    """

    process: Any = None
    api: HttpApi
    """A client with the administrator's key, once it is started."""

    def __init__(
        self,
        folder: Path,
        *,
        ini: str = "",
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.root = self.data_dir / "repositories"
        self.config = folder / "kallithea.ini"
        self.config.write_text(ini)
        self._log_file = folder / "log"
        self._options = options
        self._environment = environment

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Start the process and wait until it answers; ``log`` is that of this start."""
        self.spawn()
        return self.answering()

    def spawn(self) -> None:
        """Start the process."""
        self._log_file.unlink(missing_ok=True)
        with self._log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "twistd", *self.command],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def answering(self) -> Self:
        """Wait until the process answers."""
        wait_for(lambda: self.port or self.process.poll() is not None, "the port")
        if self.port is None or self.process.poll() is not None:
            raise AssertionError(f"the daemon ended:\n{self.log}")
        HttpApi(self.port, "").request("GET")  # answered once everything is started
        key_file = data_folder.admin_key_file(Settings(data_dir=self.data_dir))
        self.api = HttpApi(self.port, key_file.read_text().strip())
        return self

    @property
    def command(self) -> list[str]:
        """The arguments of ``twistd``."""
        return ["--pidfile=", "-n", "kallithea", *self._where, "--listen", LISTEN, *self._options]

    @property
    def _where(self) -> list[str]:
        return ["--config", str(self.config), "--data-dir", str(self.data_dir)]

    @property
    def port(self) -> int | None:
        """The port it listens on, once it does."""
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", self.log)
        return int(found[1]) if found else None

    @property
    def log(self) -> str:
        """What the daemon has logged since it was started."""
        return self._log_file.read_text() if self._log_file.exists() else ""

    def kill(self) -> int:
        """End the process as a crash would; its exit status."""
        self.process.kill()
        return int(self.process.wait())

    def stop(self) -> int:
        """Ask the process to end, and wait for that; its exit status."""
        self.process.terminate()
        return int(self.process.wait(PATIENCE))

    def close(self) -> None:
        """End the process that this object has started."""
        if self.process:
            self.kill()

    def operate(self, *arguments: str) -> tuple[int, str]:
        """Run ``kallithea-host`` on the folder in a process of its own: exit status and output."""
        return self._operate_by([PROGRAMS / "kallithea-host"], arguments)

    def _operate_by(
        self, program: Sequence[str | Path], arguments: Sequence[str]
    ) -> tuple[int, str]:
        done = subprocess.run(
            [*program, *self._where, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
