"""A remote web server on the loopback address that serves real hg and git repositories.

``hg serve`` and ``git http-backend`` do the work; the small server in front of them asks for
credentials, redirects, breaks off or stalls as a test wants it. Import the fixtures into a
``conftest.py`` to use them: ``from tests.remotes import hg_server, http_remote``.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest

from kallithea_host.testing.programs import CLIENT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class HttpRemote:
    """Repositories below ``root``, served at ``url``; the fields may be changed at any time."""

    root: Path
    port: int
    hg_port: int
    credentials: tuple[str, str] | None = None
    """The user name and password that are asked for."""
    redirect: str | None = None
    """The base address that every request is sent on to."""
    moved: dict[str, str] = field(default_factory=dict)
    """Paths of repositories that are sent on to other paths here."""
    page: bytes | None = None
    """A web page that is the answer to everything."""
    transfer: bytes | None = None
    """What an hg client gets instead of changesets."""
    keep: int | None = None
    """Bytes of a transfer of changesets that are sent; then it stalls until ``release``."""
    cut: bool = False
    """Whether a stalled transfer is broken off instead of completed."""
    requests: list[str] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        """The address of the repository in the folder ``name``."""
        return f"http://{host}:{self.port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    """One request: refused, redirected, or passed on."""

    def do_GET(self) -> None:
        """Answer as the test has said."""
        remote = cast("_Server", self.server).remote
        remote.requests.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if remote.redirect is not None:
            self._answer(302, {"Location": remote.redirect + self.path}, b"")
        elif (folder := urlsplit(self.path).path) in remote.moved:
            place = self.path.replace(folder, remote.moved[folder], 1)
            self._answer(302, {"Location": place}, b"")
        elif not self._authorized(remote):
            self._answer(401, {"WWW-Authenticate": 'Basic realm="test"'}, b"who are you?")
        elif remote.page is not None:
            self._answer(200, {"Content-Type": "text/html"}, remote.page)
        elif remote.transfer is not None and "cmd=getbundle" in self.path:
            self._answer(200, {"Content-Type": "application/mercurial-0.1"}, remote.transfer)
        elif (remote.root / self.path.split("/")[1].partition("?")[0] / ".hg").is_dir():
            self._transfer(remote, *self._ask_hg(remote, body), partial="cmd=getbundle")
        else:
            wanted = b"command=fetch" in body or b"want " in body
            partial = "git-upload-pack" if wanted else "\0"
            self._transfer(remote, *self._ask_git(remote, body), partial=partial)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def _authorized(self, remote: HttpRemote) -> bool:
        if remote.credentials is None:
            return True
        expected = base64.b64encode(":".join(remote.credentials).encode()).decode()
        return bool(self.headers.get("Authorization") == f"Basic {expected}")

    def _ask_hg(self, remote: HttpRemote, body: bytes) -> tuple[int, dict[str, str], bytes]:
        with closing(HTTPConnection("127.0.0.1", remote.hg_port, timeout=30)) as connection:
            headers = {name: value for name, value in self.headers.items() if name != "Connection"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            kind = answer.getheader("Content-Type", "")
            return answer.status, {"Content-Type": kind}, answer.read()

    def _ask_git(self, remote: HttpRemote, body: bytes) -> tuple[int, dict[str, str], bytes]:
        address = urlsplit(self.path)
        environment = CLIENT_ENVIRONMENT | {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(remote.root),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.command,
        }
        command = ["git", "http-backend"]
        answer = subprocess.run(
            command, input=body, env=environment, capture_output=True, check=True
        ).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return int(headers.pop("Status", "200").split()[0]), headers, content

    def _transfer(
        self, remote: HttpRemote, status: int, headers: dict[str, str], body: bytes, partial: str
    ) -> None:
        """Send the whole answer, or the beginning of one that brings changesets."""
        if remote.keep is None or partial not in self.path:
            self._answer(status, headers, body)
            return
        self._answer(status, headers | {"Content-Length": str(len(body))}, body[: remote.keep])
        self.wfile.flush()
        remote.stalled.set()
        remote.release.wait(30)
        if not remote.cut:
            self.wfile.write(body[remote.keep :])

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    remote: HttpRemote

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away: some tests kill them."""


@contextmanager
def serve(root: Path, hg_port: int) -> Iterator[HttpRemote]:
    """Serve the repositories below ``root`` on a port of their own."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.remote = HttpRemote(root, server.server_port, hg_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.remote
        finally:
            server.remote.release.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def hg_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """One ``hg serve`` for all tests: the folder it serves, and its port."""
    root = tmp_path_factory.mktemp("remote")
    config = root.with_name(root.name + ".conf")
    config.write_text(f"[paths]\n/ = {root}/*\n[web]\nrefreshinterval = 0\n")
    options = ["--web-conf", str(config), "--address", "127.0.0.1", "--port", "0", "--print-url"]
    command = [sys.executable, "-m", "mercurial", "serve", *options]
    with subprocess.Popen(command, env=CLIENT_ENVIRONMENT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().decode().strip()).port
        assert port is not None
        yield root, port
        process.terminate()


@pytest.fixture
def http_remote(hg_server: tuple[Path, int]) -> Iterator[HttpRemote]:
    """A server for one test; put repositories with names of their own below its ``root``."""
    with serve(*hg_server) as remote:
        yield remote


@pytest.fixture
def other_remote(hg_server: tuple[Path, int]) -> Iterator[HttpRemote]:
    """A second server with the same repositories."""
    with serve(*hg_server) as remote:
        yield remote
