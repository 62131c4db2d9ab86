"""Archives and files on their way out: against the programs themselves, and for a slow client."""

import os
import shutil
import socket
import statistics
import subprocess
import time
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

    def __init__(self, daemon: Daemon, bulk: int, rounds: int, seconds: float) -> None:
        """``bulk`` is how many megabytes one large file has; ``seconds`` a slow client reads."""
        self.daemon = daemon
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
        cold, _ = self.fetch("/big-git/archive/tip.tar")
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
        """Ours and theirs in turn: the medians, and when our first byte came."""
        ours, firsts, theirs = [], [], []
        for _ in range(self.rounds):
            first, whole = self.fetch(url)
            ours.append(whole)
            firsts.append(first)
            theirs.append(timed(command))
        row = {"name": name, "ours": statistics.median(ours), "theirs": statistics.median(theirs)}
        return row | {"first": statistics.median(firsts), "ratio": row["theirs"] / row["ours"]}

    def fetch(self, url: str) -> tuple[float, float]:
        """Seconds until the first byte of a body, and until the last."""
        began = time.perf_counter()
        with self.connection(url) as connection:
            connection.recv(65_536)
            first = time.perf_counter() - began
            while connection.recv(1 << 20):
                pass
        return first, time.perf_counter() - began

    def connection(self, url: str) -> socket.socket:
        """A connection over which a URL has been asked for."""
        connection = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=600)
        head = f"Authorization: Bearer {self.daemon.key}\r\nConnection: close\r\nHost: x\r\n"
        connection.sendall(f"GET {url} HTTP/1.1\r\n{head}\r\n".encode())
        return connection

    def slow(self, alias: str) -> dict:
        """How much the server grows while a client reads an archive at 1 MB/s."""
        self.fetch(f"/big-{alias}/archive/tip.tar")
        before = most = self.daemon.memory()["now"]
        began = time.perf_counter()
        read = 0
        with self.connection(f"/bulk-{alias}/archive/tip.tar") as connection:
            while time.perf_counter() - began < self.seconds:
                read += len(connection.recv(65_536))
                time.sleep(max(0, read / MB - (time.perf_counter() - began)))
                most = max(most, self.daemon.memory()["now"])
        return {"name": alias, "before": before, "growth": most - before}


def run(*command: object) -> None:
    subprocess.run(list(map(str, command)), env=ENVIRONMENT, check=True)


def timed(command: list) -> float:
    """Seconds that a program takes whose output nobody reads."""
    began = time.perf_counter()
    subprocess.run(list(map(str, command)), env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
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
