"""Reading and writing refs, the names of commits, as files below a repository's directory."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from dulwich.file import GitFile
from dulwich.objects import valid_hexsha
from dulwich.refs import Ref, check_ref_format

from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HEAD = b"HEAD"
BRANCHES = b"refs/heads/"
TAGS = b"refs/tags/"
DEFAULT_BRANCH = b"refs/heads/master"

_SYMBOLIC = b"ref: "
_MAX_SYMBOLIC_DEPTH = 5
_MOST_READS = 10
_PACKED = "packed-refs"
_PACKED_HEADER = b"# pack-refs with: peeled fully-peeled sorted \n"


def read_refs(git_dir: Path) -> dict[bytes, bytes]:
    """Every ref and ``HEAD`` with the object each leads to; those that lead nowhere are left out.

    A file that a crash left empty is such a one, and so is the ``HEAD`` of an empty repository.
    """
    values = _values(git_dir)
    found = {name: _follow(values, name) for name in values}
    return {name: value for name, value in found.items() if value}


def unresolved_refs(git_dir: Path) -> list[bytes]:
    """The names of refs that lead nowhere, as they are after a crash."""
    values = _values(git_dir)
    return sorted(name for name in values if name != HEAD and not _follow(values, name))


def read_head(git_dir: Path) -> bytes:
    """What ``HEAD`` holds: the full name of a branch, which need not exist, or a commit's id."""
    value = _first_line(git_dir / "HEAD") or b""
    return value.removeprefix(_SYMBOLIC).strip()


def write_head(git_dir: Path, branch: bytes) -> None:
    """Let ``HEAD`` name a branch (by its full name) or a commit."""
    symbolic = not valid_hexsha(branch)
    with GitFile(str(git_dir / "HEAD"), "wb") as file:
        file.write((_SYMBOLIC if symbolic else b"") + branch + b"\n")


def is_valid_name(name: bytes) -> bool:
    """Whether Git allows a ref of this full name, which a remote may have sent."""
    return name.startswith(b"refs/") and check_ref_format(Ref(name[len(b"refs/") :]))


def write_refs(
    git_dir: Path, refs: Mapping[bytes, bytes], peel: Callable[[bytes], bytes | None]
) -> None:
    """Set ``refs``, all or none of them, leaving the others as they are.

    They go into ``packed-refs``, which one rename replaces. Single files of the same names would
    hide some of them for a moment, so what those hold is packed before, as it is. ``peel`` gives
    the object that a tag object is about, and None for other objects.
    """
    single = {name: value for name, value in _loose(git_dir) if name in refs}
    if present := {name: value for name, value in single.items() if valid_hexsha(value)}:
        _pack(git_dir, present, peel)
    _pack(git_dir, refs, peel)


def _pack(
    git_dir: Path, refs: Mapping[bytes, bytes], peel: Callable[[bytes], bytes | None]
) -> None:
    """Put ``refs`` into ``packed-refs`` by one rename, then remove the files that hide them."""
    with ExitStack() as locks:
        packed = locks.enter_context(GitFile(str(git_dir / _PACKED), "wb"))
        hiding = [git_dir / os.fsdecode(name) for name in refs]
        hiding = [path for path in hiding if path.is_file() or path.is_symlink()]
        for path in hiding:
            lock = GitFile(str(path), "wb", fsync=False)
            locks.callback(lock.abort)
        everything = {**_packed(git_dir), **refs}
        _refuse_files_as_directories(everything.keys() | dict(_loose(git_dir)).keys())
        packed.write(_PACKED_HEADER)
        for name, value in sorted(everything.items()):
            packed.write(value + b" " + name + b"\n")
            if peeled := peel(value):
                packed.write(b"^" + peeled + b"\n")
        packed.close()
        for path in hiding:
            path.unlink()


def _refuse_files_as_directories(names: set[bytes]) -> None:
    """Raise when one name is another's directory, as branches ``a`` and ``a/b`` would be."""
    for name in names:
        parts = name.split(b"/")
        for end in range(2, len(parts)):
            if (parent := b"/".join(parts[:end])) in names:
                both = f"{parent!r} and {name!r}"
                raise VcsError(f"{both} cannot both be refs of one repository")


def _values(git_dir: Path) -> dict[bytes, bytes]:
    """What single files and ``packed-refs`` say, read again if refs were packed meanwhile."""
    values: dict[bytes, bytes] = {}
    for _attempt in range(_MOST_READS):
        before = _version(git_dir)
        loose = dict(_loose(git_dir))  # before the packed ones: Git moves refs in that direction
        values = _packed(git_dir) | loose
        if _version(git_dir) == before:
            break
    return values


def _version(git_dir: Path) -> tuple[int, int, int] | None:
    """What differs once ``packed-refs`` was replaced."""
    try:
        status = (git_dir / _PACKED).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _loose(git_dir: Path) -> Iterator[tuple[bytes, bytes]]:
    yield HEAD, _first_line(git_dir / "HEAD") or b""
    for directory, _, files in os.walk(git_dir / "refs"):
        for path in (Path(directory, file) for file in files):
            name = os.fsencode(path.relative_to(git_dir))
            if is_valid_name(name) and not path.is_symlink():
                value = _first_line(path)
                if value is not None:  # else it was packed a moment ago, and is read from there
                    yield name, value


def _packed(git_dir: Path) -> dict[bytes, bytes]:
    try:
        lines = (git_dir / _PACKED).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition(b" ") for line in lines if not line.startswith((b"#", b"^")))
    return {name: value for value, _, name in pairs if is_valid_name(name)}


def _first_line(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.readline(4096).rstrip(b"\r\n")
    except FileNotFoundError:
        return None


def _follow(values: Mapping[bytes, bytes], name: bytes) -> bytes | None:
    for _depth in range(_MAX_SYMBOLIC_DEPTH):
        value = values.get(name, b"")
        if not value.startswith(_SYMBOLIC):
            return value if valid_hexsha(value) else None
        name = value.removeprefix(_SYMBOLIC).strip()
    return None
