"""Daemons that a process forks which has imported everything already."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

_PROGRAM = Path(__file__).with_name("faulty_twistd.py")


class Forks:
    """The process that forks; one daemon of it at a time."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, _PROGRAM],
            bufsize=0,  # select sees what is not read yet
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def fork(self, **order):
        """Start a daemon."""
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return Forked(self._process.stdout)

    def close(self):
        """End the process; its daemon has ended."""
        self._process.communicate()


class Forked:
    """A daemon, to be handled as a process of ``subprocess``."""

    def __init__(self, answers):
        self._answers = answers
        self._status = None
        self.pid = int(answers.readline())

    def poll(self):
        """The exit status, or None while it lives."""
        return self.wait(0)

    def wait(self, timeout=None):
        """The exit status, once there is one; None when the time is over."""
        if self._status is None and select.select([self._answers], [], [], timeout)[0]:
            self._status = int(self._answers.readline())
        return self._status

    def kill(self):
        """Send SIGKILL."""
        self._signal(signal.SIGKILL)

    def terminate(self):
        """Send SIGTERM."""
        self._signal(signal.SIGTERM)

    def _signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)
