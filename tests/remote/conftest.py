"""A plugin whose backend does what the last part of the remote's URL says."""

from pathlib import Path

import pytest

PLUGIN = """
import os, resource, signal, socket, subprocess, sys, time
from pathlib import Path
from urllib.parse import urlsplit

from kallithea_host.vcs import VcsError


class Fake:
    alias = "fake"

    def clone(self, path, remote):
        path.mkdir()
        self.act(path, remote)

    def pull(self, path, remote):
        return self.act(path, remote)

    def act(self, path, remote):
        return getattr(self, urlsplit(remote.url).path.rpartition("/")[2])(path, remote)

    def ids(self, path, remote):
        return ("a" * 40, "b" * 40)

    def many(self, path, remote):
        return ("a" * 40,) * 100_000

    def tell(self, path, remote):
        (path / "told").write_text(f"{remote.url} {remote.username} {remote.password}")
        return ()

    def fail(self, path, remote):
        raise VcsError(f"abort: {remote.password} is wrong")

    def bug(self, path, remote):
        raise RuntimeError(f"no such key: {remote.password}")

    def talk(self, path, remote):
        print("printed", remote.password, flush=True)
        os.write(1, b"written " + remote.password.encode() + b"\\n")
        os.write(2, b"complained " + remote.password.encode() + b"\\n")
        assert sys.stdin.read() == ""
        return ()

    def chatter(self, path, remote):
        for number in range(20_000):
            sys.stderr.write(f"{number:06} {remote.password}\\n")
        return ()

    def wait(self, path, remote):
        (path / "rolled-back").unlink(missing_ok=True)
        (path / "pid").write_text(str(os.getpid()))
        try:
            time.sleep(600)
        finally:
            (path / "rolled-back").touch()

    def slow_end(self, path, remote):
        try:
            self.wait(path, remote)
        finally:
            for _ in range(10):
                time.sleep(0.02)
            (path / "twice").touch()

    def deaf(self, path, remote):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self.wait(path, remote)

    def eat(self, path, remote):
        return bytes(2**31) and ()

    def facts(self, path, remote):
        (path / "cmdline").write_bytes(Path("/proc/self/cmdline").read_bytes())
        (path / "environ").write_bytes(Path("/proc/self/environ").read_bytes())
        (path / "core").write_text(str(resource.getrlimit(resource.RLIMIT_CORE)))
        return tuple(sorted(os.environ))

    def connect(self, path, remote):
        address = urlsplit(remote.url)
        socket.create_connection((address.hostname, address.port)).close()
        return ()

    def listen(self, path, remote):
        (path / "pid").write_text(str(os.getpid()))
        address = urlsplit(remote.url)
        return socket.create_connection((address.hostname, address.port)).recv(1)

    def elsewhere(self, path, remote):
        socket.create_connection(("127.0.0.2", urlsplit(remote.url).port))

    def start(self, path, remote):
        subprocess.run(["true"])

    def vanish(self, path, remote):
        os._exit(3)

    def die(self, path, remote):
        os.kill(os.getpid(), signal.SIGKILL)


def kallithea_vcs_backends():
    return [Fake()]


class Plugin:
    kallithea_vcs_backends = staticmethod(kallithea_vcs_backends)


plugin = Plugin()
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty "repository", and the plugin ``fake_vcs`` where child processes find it."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "fake_vcs.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(modules)
    repository = tmp_path / "repository"
    repository.mkdir()
    return repository
