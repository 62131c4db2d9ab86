"""Running ``kallithea-api`` in the process of the test."""

import io
import sys
from dataclasses import dataclass

import pytest

from kallithea_host.client.program import main

VARIABLES = ("KALLITHEA_APIHOST", "KALLITHEA_APIKEY", "XDG_CACHE_HOME", "http_proxy", "HTTP_PROXY")


@dataclass
class Ran:
    """What came of a run."""

    code: int
    out: str
    err: str


class Program:
    """``program("get_repo", "repoid:x")`` runs it; ``key`` is a key that nothing may show."""

    key = "0123456789abcdef0123456789abcdef01234567"

    def __init__(self, home, monkeypatch, capsys):
        home.mkdir()
        self.home = home
        self.config = home / ".config" / "kallithea"
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        self.environment(HOME=str(home), COLUMNS="80")

    def environment(self, **variables):
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def on_terminal(self, columns):
        """Let standard output be a terminal of some width, without bold letters."""
        self.environment(COLUMNS=str(columns), TERM="dumb")
        self._monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    def saved(self, text):
        """Let the configuration file have a content."""
        self.config.parent.mkdir()
        self.config.write_text(text)

    def __call__(self, *arguments, stdin=b""):
        self._monkeypatch.setattr(sys, "argv", ["kallithea-api", *map(str, arguments)])
        given = None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        self._monkeypatch.setattr(sys, "stdin", given)
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capsys.readouterr()
        code = end.value.code
        if isinstance(code, str):  # what Python does with it at the end of a process
            code, err = 1, f"{err}{code}\n"
        assert "Traceback" not in err
        assert self.key not in err
        return Ran(code or 0, out, err)

    def wrong(self, *arguments, **more):
        """The text of an error in usage."""
        ran = self(*arguments, **more)
        assert (ran.code, ran.out) == (2, "")
        usage, _, text = ran.err.partition("\nError: ")
        assert usage.startswith("Usage: kallithea-api ")
        text, _, hint = text.rpartition("\n`")
        assert hint == "kallithea-api --help` tells more.\n"
        return text.strip()
