"""The processes that are measured: the real daemon, the ceiling, and a remote to pull from."""

import http.client
import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
START = 60
"""Seconds that a server may take to start."""


class Daemon:
    """``twistd -n kallithea`` on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self._log = folder / "log"
        self.config = folder / "kallithea.ini"
        self.config.write_text(
            "[kallithea-host]\nclone_uri_allow = 127.0.0.1\n"
            "[app:main]\napi_access_controllers_whitelist = "
            "FilesController:archivefile, FilesController:rawfile\n"
        )

    def start(self) -> float:
        """Start it; the seconds until it answers."""
        self._log.unlink(missing_ok=True)
        started = time.perf_counter()
        options = ["--config", self.config, "--data-dir", self.data_dir]
        options += ["--listen", "tcp:0:interface=127.0.0.1"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "twistd", "--pidfile=", "-n", "kallithea", *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self.port = self._port()
        self.ask(b"{}")  # answered once everything is started
        took = time.perf_counter() - started
        self.key = (self.data_dir / "admin-api-key").read_text().strip()
        return took

    def _port(self) -> int:
        for _ in range(START * 100):
            if found := re.search(r"HostSite starting on (\d+)", self._log.read_text()):
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        sys.exit(f"the daemon does not start:\n{self._log.read_text()}")

    def stop(self) -> None:
        """End it as an operator would."""
        self.process.terminate()
        self.process.wait(START)

    def ask(self, body: bytes) -> bytes:
        """The body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("POST", "/_admin/api", body)
            return connection.getresponse().read()
        finally:
            connection.close()

    def call(self, method: str, **args: object) -> object:
        """The result of a call, which has to succeed."""
        answer = json.loads(self.ask(self.body(method, **args).encode()))
        if answer["error"] is not None:
            sys.exit(f"{method} failed: {answer['error']}\n{self._log.read_text()[-2000:]}")
        return answer["result"]

    def body(self, method: str, key: str = "", **args: object) -> str:
        """The body of a request."""
        request = {"id": 1, "api_key": key or self.key, "method": method, "args": args}
        return json.dumps(request)

    def modern(self, method: str, key: str, **params: object) -> str:
        """The body of a request of JSON-RPC 2.0."""
        request = {"jsonrpc": "2.0", "id": 1, "api_key": key, "method": method, "params": params}
        return json.dumps(request)

    def memory(self) -> dict[str, float]:
        """Megabytes: resident now, and at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB$", status, re.MULTILINE))
        return {"now": int(found["VmRSS"]) / 1024, "most": int(found["VmHWM"]) / 1024}


@contextmanager
def ceiling():
    """The port of the bare resource."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ceiling"], stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(START)
        process.stdout.close()


@contextmanager
def hg_serve(repository: Path):
    """The address of a Mercurial repository on this machine."""
    command = [PROGRAMS / "hg", "serve", "--cwd", repository, "-a", "127.0.0.1", "-p", "0"]
    process = subprocess.Popen(
        [*command, "--print-url"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"HGRCPATH": "", "HGPLAIN": "1", "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield re.sub(r"//[^:/]+", "//127.0.0.1", process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(START)
        process.stdout.close()
