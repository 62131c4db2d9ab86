"""The real hg and git programs, making the same history in a repository as a server keeps it.

They read no configuration of the account, and are named by ``PATH``.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR: Final = "Žofie Nováková <zofie@example.org>"
"""Who commits."""
CLIENT_ENVIRONMENT: Final = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "HGRCPATH": "",
    "HGPLAIN": "1",
    "HGENCODING": "UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
"""What the programs see of this machine: none of its configuration."""


@dataclass(frozen=True)
class Link:
    """A symbolic link as the content of a file."""

    target: str


@dataclass(frozen=True)
class Script:
    """An executable file."""

    text: str


Content = str | bytes | Link | Script
Files = Mapping[str | bytes, Content | None]
"""Contents by path; None removes the file."""


class VcsProgram(Protocol):
    """What tests ask of either program."""

    alias: str
    main: str
    """The name of the first branch."""

    def init(self, path: Path) -> None:
        """Make an empty repository without a working copy."""

    def commit(
        self,
        path: Path,
        files: Files,
        *,
        message: str = "a change",
        branch: str | None = None,
        parent: str | None = None,
        hour: int = 12,
    ) -> str:
        """Commit ``files`` on top of ``parent``, else of the branch; the new id."""

    def tag(self, path: Path, name: str, raw_id: str) -> None:
        """Tag a changeset."""

    def ids(self, path: Path) -> set[str]:
        """The ids of all changesets that have files."""

    def problems(self, path: Path) -> str:
        """What the program's own check says; empty when all is well."""


class GitProgram:
    """git, writing with fast-import: no working copy, and any file name."""

    alias = "git"
    main = "main"

    def init(self, path: Path) -> None:
        """Make a bare repository."""
        self.run("init", "--quiet", "--bare", "--initial-branch=main", str(path))

    def commit(
        self,
        path: Path,
        files: Files,
        *,
        message: str = "a change",
        branch: str | None = None,
        parent: str | None = None,
        hour: int = 12,
    ) -> str:
        """Commit by one fast-import."""
        ref = f"refs/heads/{branch or self.main}"
        base = parent or self._id(path, ref)
        when = f"{AUTHOR} {1577876400 + (hour - 12) * 3600} +0100"
        text = message.encode()
        stream = f"commit {ref}\nauthor {when}\ncommitter {when}\ndata {len(text)}\n".encode()
        stream += text + b"\n" + (f"from {base}\n".encode() if base else b"")
        for name, content in files.items():
            if content is None:
                stream += b"D %s\n" % _quoted(name)
                continue
            data, mode = _bytes(content), _MODES.get(type(content), b"100644")
            stream += b"M %s inline %s\ndata %d\n%s\n" % (mode, _quoted(name), len(data), data)
        self.run("-C", str(path), "fast-import", "--quiet", "--force", stdin=stream)
        return self._id(path, ref)

    def tag(self, path: Path, name: str, raw_id: str) -> None:
        """Make a lightweight tag."""
        self.run("-C", str(path), "tag", name, raw_id)

    def ids(self, path: Path) -> set[str]:
        """All commits of all refs."""
        return set(self.run("-C", str(path), "rev-list", "--all").split())

    def problems(self, path: Path) -> str:
        """Everything ``git fsck`` says but what it says of a repository without HEAD's branch."""
        command = ["git", "-C", str(path), "fsck", "--strict", "--full", "--no-progress"]
        done = subprocess.run(
            command, env=CLIENT_ENVIRONMENT, capture_output=True, text=True, check=False
        )
        lines = (done.stdout + done.stderr).splitlines()
        return "\n".join(line for line in lines if not line.startswith("notice: "))

    def _id(self, path: Path, ref: str) -> str:
        return self.run("-C", str(path), "for-each-ref", "--format=%(objectname)", ref).strip()

    def run(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git; its output."""
        command = ["git", "-c", "safe.directory=*", *arguments]
        return subprocess.run(
            command, env=CLIENT_ENVIRONMENT, input=stdin, stdout=subprocess.PIPE, check=True
        ).stdout.decode()


class HgProgram:
    """hg, kept running as a command server: a command then takes milliseconds."""

    alias = "hg"
    main = "default"

    def __init__(self) -> None:
        command = [sys.executable, "-m", "mercurial", "serve", "--cmdserver", "pipe"]
        self._process = subprocess.Popen(
            command, env=CLIENT_ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._commands = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        self._receive()  # its greeting

    def close(self) -> None:
        """End the command server."""
        self._process.communicate()

    def init(self, path: Path) -> None:
        """Make a repository; its working copy stays empty."""
        self.run("init", str(path))

    def commit(
        self,
        path: Path,
        files: Files,
        *,
        message: str = "a change",
        branch: str | None = None,
        parent: str | None = None,
        hour: int = 12,
    ) -> str:
        """Commit in a working copy that is there for this moment only."""
        where = ["--cwd", str(path)]
        base = parent or (branch or self.main if self.ids(path) else "null")
        self.run(*where, "update", "--clean", base)
        if branch is not None:
            self.run(*where, "branch", "--force", "--", branch)
        for name, content in files.items():
            _write(path, name, content)
        self.run(
            *where,
            *("commit", "--addremove", f"--message={message}", f"--user={AUTHOR}"),
            f"--date=2020-01-01 {hour}:00:00 +0100",
        )
        self.run(*where, "update", "null")
        return self.run(*where, "log", "--rev=tip", "--template={node}")

    def tag(self, path: Path, name: str, raw_id: str) -> None:
        """Tag by a changeset on the branch ``default``."""
        self.run("--cwd", str(path), "update", self.main)
        date = "--date=2020-01-01 13:30:00 +0100"
        self.run("--cwd", str(path), "tag", f"--rev={raw_id}", f"--user={AUTHOR}", date, name)
        self.run("--cwd", str(path), "update", "null")

    def close_branch(self, path: Path, branch: str) -> str:
        """Close a branch; the id of the changeset that does it."""
        where = ["--cwd", str(path)]
        self.run(*where, "update", branch)
        self.run(*where, "commit", "--close-branch", f"--user={AUTHOR}", "--message=closed")
        self.run(*where, "update", "null")
        return self.run(*where, "log", "--rev=tip", "--template={node}")

    def ids(self, path: Path) -> set[str]:
        """All changesets."""
        return set(self.run("--cwd", str(path), "log", "--template={node}\n").split())

    def problems(self, path: Path) -> str:
        """Everything ``hg verify`` warns of."""
        return self.run("--cwd", str(path), "verify", "--quiet")

    def run(self, *arguments: str) -> str:
        """Run one command; its output, warnings included. Raises ``RuntimeError`` if it fails."""
        line = b"\0".join(map(os.fsencode, arguments))
        self._commands.write(b"runcommand\n" + struct.pack(">I", len(line)) + line)
        self._commands.flush()
        output = b""
        while True:
            channel, data = self._receive()
            if channel == b"r":
                if data != b"\0\0\0\0":
                    raise RuntimeError(f"hg {' '.join(arguments)}: {output!r}")
                return output.decode(errors="replace")
            output += data

    def _receive(self) -> tuple[bytes, bytes]:
        channel, length = struct.unpack(">cI", self._answers.read(5))
        return channel, self._answers.read(length)


def _write(path: Path, name: str | bytes, content: Content | None) -> None:
    target = os.fsencode(path) + b"/" + os.fsencode(name)
    if os.path.lexists(target):
        os.remove(target)  # noqa: PTH107 - a name in bytes
    if content is None:
        if not os.listdir(os.path.dirname(target)):  # noqa: PTH120, PTH208
            os.removedirs(os.path.dirname(target))  # noqa: PTH120
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - a name in bytes
    if isinstance(content, Link):
        os.symlink(os.fsencode(content.target), target)  # noqa: PTH211
        return
    with open(target, "wb") as file:  # noqa: PTH123
        file.write(_bytes(content))
    os.chmod(target, 0o755 if isinstance(content, Script) else 0o644)  # noqa: PTH101


_MODES = {Link: b"120000", Script: b"100755"}


def _bytes(content: Content) -> bytes:
    if isinstance(content, Link):
        return os.fsencode(content.target)
    text = content.text if isinstance(content, Script) else content
    return text.encode() if isinstance(text, str) else text


def _quoted(name: str | bytes) -> bytes:
    raw = os.fsencode(name)
    for char, escape in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        raw = raw.replace(char, escape)
    return b'"' + raw + b'"'


def copy(source: Path, path: Path) -> Path:
    """Copy a repository file by file."""
    return shutil.copytree(source, path, symlinks=True)
