"""A daemon that fails where a test wants it to, started quickly."""

import re
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from kallithea_host import testing
from kallithea_host.commands import main
from kallithea_host.testing.twistd import PATIENCE, PROGRAMS, wait_for
from tests.acceptance.forked import Forks

__all__ = ["PATIENCE", "PROGRAMS", "Daemon", "alive", "wait_for"]

FAULTY_OPERATOR = Path(__file__).with_name("faulty_operator.py")

INI = """
[kallithea-host]
clone_uri_allow = 127.0.0.1
stop_grace = {stop_grace}
"""


class Daemon(testing.Daemon):
    """One data folder, and the process that works on it."""

    def __init__(self, folder, *, options=(), faulty=False, stop_grace=15):
        super().__init__(folder, ini=INI.format(stop_grace=stop_grace), options=options)
        self._forks = Forks() if faulty else None
        self._fault = folder / "fault"

    def spawn(self, *fault):
        """Start the process; the fault may happen during its start already."""
        self._log_file.unlink(missing_ok=True)
        self._fault.unlink(missing_ok=True)
        if fault:
            self.fail(*fault)
        if not self._forks:
            super().spawn()
            return
        files = {"folder": self.folder, "log": self._log_file, "fault": self._fault}
        places = {name: str(path) for name, path in files.items()}
        self.process = self._forks.fork(command=self.command, **places)

    @property
    def undone(self):
        """The changes that the last start took back, as its log names them."""
        return re.findall(r"undid the (\w+) that was cut off", self.log)

    def fail(self, *fault):
        """Let what ``faulty_twistd`` describes happen once, the next time it can."""
        written = self._fault.with_suffix(".new")
        written.write_text(" ".join(map(str, fault)))
        written.rename(self._fault)

    def close(self):
        """End every process that this object has started."""
        super().close()
        if self._forks:
            self._forks.close()
            self._forks = None

    def operate(self, *arguments, fault=None):
        """Run ``kallithea-host``, with a fault that happens in it."""
        if not fault:
            return super().operate(*arguments)
        self.fail(*fault)
        return self._operate_by([sys.executable, FAULTY_OPERATOR, self._fault], arguments)

    def operate_here(self, *arguments):
        """Run ``kallithea-host`` in this process, which is quicker."""
        given, sys.argv = sys.argv, ["kallithea-host", *self._where, *arguments]
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
