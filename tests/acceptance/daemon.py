"""A daemon for tests: a real ``twistd -n kallithea`` with real pools, on a folder of its own."""

import re
import subprocess
import sys
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from kallithea_host.commands import main
from kallithea_host.testing import HttpApi
from tests.acceptance.forked import Forks

PROGRAMS = Path(sys.executable).parent
FAULTY_OPERATOR = Path(__file__).with_name("faulty_operator.py")
PATIENCE = 40
"""Seconds after which what a test waits for will not come any more."""

INI = """
[kallithea-host]
clone_uri_allow = 127.0.0.1
stop_grace = {stop_grace}
"""


def wait_for(condition, what):
    """Look until a condition holds, and give what it gave."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)
    return found


class Daemon:
    """One data folder, and the process that works on it."""

    def __init__(self, folder, *, options=(), faulty=False, stop_grace=15):
        self.folder = folder
        self.data_dir = folder / "data"
        self.root = self.data_dir / "repositories"
        self.config = folder / "kallithea.ini"
        self.config.write_text(INI.format(stop_grace=stop_grace))
        self._log_file = folder / "log"
        self._options = options
        self._forks = Forks() if faulty else None
        self._fault = folder / "fault"
        self.process = None

    def start(self):
        """Start the process and wait until it answers; ``log`` is that of this start."""
        self.spawn()
        return self.answering()

    def answering(self):
        """Wait until the process answers."""
        wait_for(lambda: self.port or self.process.poll() is not None, "the port")
        assert self.process.poll() is None, self.log
        HttpApi(self.port, "").request("GET")  # answered once everything is started
        self.api = HttpApi(self.port, (self.data_dir / "admin-api-key").read_text().strip())
        return self

    def spawn(self, *fault):
        """Start the process; the fault may happen during its start already."""
        self._log_file.unlink(missing_ok=True)
        self._fault.unlink(missing_ok=True)
        if fault:
            self.fail(*fault)
        arguments = ["--config", self.config, "--data-dir", self.data_dir]
        command = ["--pidfile=", "-n", "kallithea", *arguments]
        command += ["--listen", "tcp:0:interface=127.0.0.1", *self._options]
        if self._forks:
            files = {"folder": self.folder, "log": self._log_file, "fault": self._fault}
            places = {name: str(path) for name, path in files.items()}
            self.process = self._forks.fork(command=list(map(str, command)), **places)
            return
        with self._log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "twistd", *command], cwd=self.folder, stdout=log, stderr=log
            )

    @property
    def port(self):
        """The port it listens on, once it does."""
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", self.log)
        return found and int(found[1])

    @property
    def log(self):
        """What the daemon has logged since it was started."""
        return self._log_file.read_text() if self._log_file.exists() else ""

    @property
    def undone(self):
        """The changes that the last start took back, as its log names them."""
        return re.findall(r"undid the (\w+) that was cut off", self.log)

    def fail(self, *fault):
        """Let what ``faulty_twistd`` describes happen once, the next time it can."""
        written = self._fault.with_suffix(".new")
        written.write_text(" ".join(map(str, fault)))
        written.rename(self._fault)

    def kill(self):
        """End the process as a crash would."""
        self.process.kill()
        return self.process.wait()

    def stop(self):
        """Ask the process to end, and wait for that; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def close(self):
        """End every process that this object has started."""
        if self.process:
            self.kill()
        if self._forks:
            self._forks.close()
            self._forks = None

    def operate(self, *arguments, fault=None):
        """Run ``kallithea-host`` on the folder in a process of its own: exit status and output."""
        command = [PROGRAMS / "kallithea-host"]
        if fault:
            command = [sys.executable, FAULTY_OPERATOR, self._fault]
            self.fail(*fault)
        command += ["--config", self.config, "--data-dir", self.data_dir, *arguments]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def operate_here(self, *arguments):
        """The same in this process, which is quicker."""
        command = ["kallithea-host", "--config", self.config, "--data-dir", self.data_dir]
        given, sys.argv = sys.argv, [*map(str, command), *arguments]
        status, refusal = 0, ""
        with redirect_stdout(StringIO()) as printed:
            try:
                main()
            except SystemExit as end:  # what Python makes of its argument at the end of a process
                status = end.code if isinstance(end.code, int) else 1
                refusal = "" if isinstance(end.code, int) else end.code
            finally:
                sys.argv = given
        return status, printed.getvalue() + refusal

    def sound(self):
        """Whether ``kallithea-host check`` finds nothing; fails with what it found."""
        assert self.operate_here("check") == (0, "")
        return True

    def children(self):
        """The ids of the process's own child processes."""
        every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [pid for pid in every if alive(pid) and _stat(pid)[1] == str(self.process.pid)]


def alive(pid):
    """Whether a process exists and is no zombie."""
    return _stat(pid)[0] != "Z"


def _stat(pid):
    """State and parent of a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return ["Z", ""]
