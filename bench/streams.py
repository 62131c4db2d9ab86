"""Archives and files on their way out: against the programs themselves, and for a slow client."""

import os
import shutil
import socket
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path

from bench.servers import PROGRAMS, Daemon

MB = 1_000_000
FORMS = {".tar": "tar", ".zip": "zip", ".tar.gz": "tgz"}
"""Forms, and what ``hg archive`` calls them."""
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "HGPLAIN": "1",
    "HGRCPATH": "",
    "HOME": "/nonexistent",
    "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
}
WHO = ("-c", "user.name=B", "-c", "user.email=b@example.org")
BULK = "bulk"
"""The name of the one large file."""


class Streams:
    """Measures one daemon, which has the repositories ``big-hg`` and ``big-git``."""

    def __init__(
        self, daemon: Daemon, ceiling: int, bulk: int, rounds: int, seconds: float
    ) -> None:
        """``bulk`` is how many megabytes one large file has; ``seconds`` a slow client reads.

        ``ceiling`` is the port of the bare resource.
        """
        self.daemon = daemon
        self.ceiling = ceiling
        self.bulk = bulk
        self.rounds = rounds
        self.seconds = seconds
        self.root = daemon.data_dir / "repositories"

    def run(self) -> dict:
        """All figures."""
        for alias in ("hg", "git"):
            self.daemon.call("update_repo", repoid=f"big-{alias}", enable_downloads=True)
            name = f"bulk-{alias}"
            self.daemon.call("create_repo", repo_name=name, repo_type=alias, enable_downloads=True)
            self.fill(alias, self.root / name)
        cold, _, _ = self.fetch("/big-git/archive/tip.tar")
        rows = [self.archive(alias, form) for alias in ("hg", "git") for form in FORMS]
        rows += [self.raw(alias) for alias in ("hg", "git")]
        return {"cold": cold, "rows": rows, "slow": [self.slow(alias) for alias in ("hg", "git")]}

    def fill(self, alias: str, path: Path) -> None:
        """Commit one large file that cannot be compressed."""
        work = self.daemon.folder / f"work-{alias}"
        work.mkdir()
        with (work / BULK).open("wb") as file:
            for _ in range(self.bulk):
                file.write(os.urandom(MB))
        if alias == "git":
            git = ("git", "--git-dir", path, "--work-tree", work, *WHO)
            run(*git, "add", BULK)
            run(*git, "commit", "--quiet", "--message=bulk")
        else:
            shutil.move(work / BULK, path / BULK)
            hg = (PROGRAMS / "hg", "--cwd", path)
            run(*hg, "commit", "--addremove", "--user=B", "--message=bulk")
            run(*hg, "update", "--quiet", "null")

    def archive(self, alias: str, form: str) -> dict:
        """An archive of many small files, against the program's own."""
        path = self.root / f"big-{alias}"
        if alias == "hg":
            command = [PROGRAMS / "hg", "--cwd", path, "archive", "--rev=tip"]
            command += [f"--type={FORMS[form]}", "-"]
        else:
            command = ["git", "--git-dir", path, "archive", f"--format={form[1:]}", "HEAD"]
        row = self.compare(f"{form} of {alias}", f"/big-{alias}/archive/tip{form}", command)
        if alias == "git":
            row["dulwich"] = statistics.median(alone(path, form) for _ in range(self.rounds))
        return row

    def raw(self, alias: str) -> dict:
        """One large file, against what prints it."""
        path = self.root / f"bulk-{alias}"
        command = [PROGRAMS / "hg", "--cwd", path, "cat", "--rev=tip", path / BULK]
        if alias == "git":
            command = ["git", "--git-dir", path, "cat-file", "blob", f"HEAD:{BULK}"]
        name = f"a file of {self.bulk} MB, {alias}"
        return self.compare(name, f"/bulk-{alias}/rawfile/tip/{BULK}", command)

    def compare(self, name: str, url: str, command: list) -> dict:
        """Ours, theirs and the bare resource's in turn: the medians, and when our first byte came.

        The goal is about the program when its output is piped to nowhere. Written to /dev/null it
        is stated beside: there nothing is copied, as it has to be for whoever reads it.
        """
        runs: dict[str, list[float]] = defaultdict(list)
        for _ in range(self.rounds):
            first, ours, size = self.fetch(url)
            runs["first"].append(first)
            runs["ours"].append(ours)
            runs["theirs"].append(timed(command, piped=True))
            runs["unread"].append(timed(command))
            runs["bare"].append(self.fetch(f"/stream/{size}", self.ceiling)[1])
        row = {what: statistics.median(seconds) for what, seconds in runs.items()}
        return {"name": name, **row, "ratio": row["theirs"] / row["ours"]}

    def fetch(self, url: str, port: int | None = None) -> tuple[float, float, int]:
        """Seconds until the first byte of a body, and until the last; how many there were."""
        began = time.perf_counter()
        buffer = bytearray(1 << 18)
        with self.connection(url, port or self.daemon.port) as connection:
            size = connection.recv_into(buffer)
            first = time.perf_counter() - began
            while got := connection.recv_into(buffer):
                size += got
        return first, time.perf_counter() - began, size

    def connection(self, url: str, port: int) -> socket.socket:
        """A connection over which a URL has been asked for."""
        connection = socket.create_connection(("127.0.0.1", port), timeout=600)
        head = f"Authorization: Bearer {self.daemon.key}\r\nConnection: close\r\nHost: x\r\n"
        connection.sendall(f"GET {url} HTTP/1.1\r\n{head}\r\n".encode())
        return connection

    def slow(self, alias: str) -> dict:
        """How much the server grows while a client reads an archive at 1 MB/s."""
        self.fetch(f"/big-{alias}/archive/tip.tar")
        before = most = self.daemon.memory()["now"]
        began = time.perf_counter()
        read = 0
        url = f"/bulk-{alias}/archive/tip.tar"
        with self.connection(url, self.daemon.port) as connection:
            while time.perf_counter() - began < self.seconds:
                read += len(connection.recv(65_536))
                time.sleep(max(0, read / MB - (time.perf_counter() - began)))
                most = max(most, self.daemon.memory()["now"])
        return {"name": alias, "before": before, "growth": most - before}


def run(*command: object) -> None:
    subprocess.run(list(map(str, command)), env=ENVIRONMENT, check=True)


def timed(command: list, *, piped: bool = False) -> float:
    """Seconds that a program takes that writes to /dev/null, or to a pipe from which that does."""
    began = time.perf_counter()
    words = list(map(str, command))
    if piped:
        with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
            subprocess.run(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL, check=True)
    else:
        subprocess.run(words, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def alone(path: Path, form: str) -> float:
    """Seconds that an archive takes that is made without ``git``, in this process."""
    from kallithea_host import archives
    from kallithea_plugins.vcs_git.backend import GitBackend

    backend = GitBackend(use_program=False)
    raw_id = backend.resolve(path, None)
    began = time.perf_counter()
    for _ in archives.pack(backend.export(path, raw_id), form, "top"):
        pass
    return time.perf_counter() - began
