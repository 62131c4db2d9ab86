"""Typing into a real shell that has learnt completion."""

import os
import pty
import select
import shutil
import signal
import sys
import time
from pathlib import Path

STARTS = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(kallithea-api --completion bash)"'),
    "zsh": (
        ["-f", "-i"],
        'autoload -Uz compinit; compinit -u -D; eval "$(kallithea-api --completion zsh)"',
    ),
    "fish": (["--no-config", "--private", "-i"], "kallithea-api --completion fish | source"),
}
PROGRAMS = Path(sys.executable).parent
SECONDS = 30
TO_BEGINNING, TO_END, TAB, ENTER = "\x01", "\x05", "\t", "\r"


class Shell:
    """A shell on a terminal of its own, in a folder that is its home."""

    def __init__(self, name, home, **environment):
        self._home = home
        arguments, learn = STARTS[name]
        environment |= {
            "HOME": str(home),
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "PS1": "$ ",
        }
        self._pid, self._terminal = pty.fork()
        if not self._pid:
            os.chdir(home)
            os.execve(shutil.which(name), [name, *arguments], environment)
        self._said = b""
        self._type(f"{learn}; echo learnt > line{ENTER}")
        assert self.line() == "learnt"

    def press_tab(self, line):
        """Type a line and the tab key, and have what it became written into a file, not run."""
        self._type(f'{line}{TAB}{TO_BEGINNING}echo "{TO_END}" > line{ENTER}')

    def line(self):
        """What the line has become, once the shell has written it."""
        file = self._home / "line"
        self.wait(lambda: file.exists() and file.read_text().endswith("\n"))
        text = file.read_text()
        file.unlink()
        return text.removesuffix("\n")

    def completed(self, line):
        """The line that comes of one at whose end the tab key is pressed."""
        self.press_tab(line)
        return self.line()

    def wait(self, condition):
        """Read what the shell says until something has happened."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, self._said.decode(errors="replace")
            if select.select([self._terminal], [], [], 0.02)[0]:
                self._said += os.read(self._terminal, 65536)

    def _type(self, text):
        os.write(self._terminal, text.encode())

    def close(self):
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)
