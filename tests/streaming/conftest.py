"""A plugin whose backend does what the name of the file says that it is asked for."""

import pytest

PLUGIN = """
import os, subprocess, sys, time

from kallithea_host.vcs import UnknownPath, UnknownRevision, VcsError


class Made:
    alias = "made"

    def content(self, path, raw_id, name):
        (path / "pid").write_text(str(os.getpid()))
        what, _, number = name.partition(":")
        return getattr(self, what)(path, int(number or 0))

    def whole(self, path, size):
        yield b"x" * size

    def pieces(self, path, count):
        for number in range(count):
            (path / "new").write_text(str(number + 1))
            (path / "new").rename(path / "made")
            yield b"%08d" % number * 1000

    def fail(self, path, after):
        yield b"x" * after
        raise VcsError("damaged")

    def absent(self, path, _):
        raise UnknownPath("no such file")

    def unknown(self, path, _):
        raise UnknownRevision("no such revision")

    def bug(self, path, _):
        raise RuntimeError("a bug")

    def crash(self, path, after):
        yield b"x" * after
        os._exit(3)

    def greedy(self, path, _):
        yield b"x" * (1 << 34)

    def sleep(self, path, _):
        with subprocess.Popen(["sleep", "600"]) as program:
            (path / "program").write_text(str(program.pid))
            try:
                time.sleep(600)
            finally:
                (path / "unwound").touch()
                program.kill()
        yield b""

    def stubborn(self, path, _):
        while True:
            try:
                subprocess.run(["sleep", "600"])
            except BaseException:
                (path / "unmoved").touch()
        yield b""

    def secrets(self, path, _):
        yield repr(sorted(os.environ)).encode()
        yield repr(os.listdir("/proc/self/fd")).encode()


def kallithea_vcs_backends():
    return [Made()]
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of the type ``made``."""
    (tmp_path / "made_vcs.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "repositories" / "repo").mkdir(parents=True)
    return tmp_path / "repositories" / "repo"
