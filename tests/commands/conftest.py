"""The operator's program, run in this process on the folder of a host that is at work."""

import io
import os
import pty
import subprocess
import sys
from dataclasses import dataclass

import pytest

from kallithea_host.commands import main


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self):
        """The lines of a list, as columns."""
        return [line.split("\t") for line in self.out.splitlines()]


@pytest.fixture
def config_file(host, tmp_path):
    """A file with the settings of the host."""
    settings = host.settings
    file = tmp_path / "host.ini"
    file.write_text(
        f"[app:main]\nsqlalchemy.url = {settings.database_url}\n"
        f"[kallithea-host]\ndata_dir = {settings.data_dir}\n"
    )
    return file


@pytest.fixture
def run(config_file, monkeypatch, capsys):
    """Run a command line, with bytes or text on standard input, which is no terminal."""

    def run_(*arguments, stdin=b""):
        data = stdin.encode() if isinstance(stdin, str) else stdin
        command = ["kallithea-host", "--config", str(config_file), *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        code, message = 0, ""
        try:
            main()
        except SystemExit as end:  # what Python makes of its argument at the end of a process
            code = end.code if isinstance(end.code, int) else 1
            message = "" if isinstance(end.code, int) else f"{end.code}\n"
        said = capsys.readouterr()
        return Ran(code, said.out, said.err + message)

    return run_


ON_A_TERMINAL = (
    "import os; os.close(os.open(os.ttyname(0), os.O_RDWR));"  # now it is the one that controls
    "from kallithea_host.commands import main; main()"
)


@pytest.fixture
def on_terminal(config_file):
    """Run a command line in a process of its own, on a terminal where somebody types."""

    def run_(*arguments, typed=""):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, "--config", str(config_file), *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        shown, asked = "", 0
        lines = typed.splitlines(keepends=True)
        while chunk := _read(ours):
            shown += chunk
            while shown.count("assword") + shown.count("confirmation") > asked and lines:
                asked += 1
                os.write(ours, lines.pop(0).encode())
        os.close(ours)
        return Ran(process.wait(timeout=30), shown, "")

    return run_


def _read(terminal):
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # the other side is closed
        return ""


@pytest.fixture
def bob(api):
    """An ordinary user."""
    return api.create_user(username="bob", email="bob@example.com")["user"]
