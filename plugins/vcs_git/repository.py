"""The directory of a repository: finding, laying out, opening, and copying it."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dulwich.config import ConfigFile
from dulwich.objects import ObjectID

from kallithea_host.vcs import UnknownRevision, VcsError

from .objects import COMMIT, TAG, Commit, ObjectStore, lenders_of, parse_commit
from .refs import DEFAULT_BRANCH, read_head, read_refs, write_head, write_refs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CONFIG = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
_DIRECTORIES = ("objects/info", "objects/pack", "refs/heads", "refs/tags")
_DEFAULT_DESCRIPTION = "Unnamed repository"
_VERSION = b"repositoryformatversion"
_HARMLESS_EXTENSIONS = (b"noop", b"preciousobjects", b"relativeworktrees", b"worktreeconfig")
_OUR_FORMAT = ((b"objectformat", b"sha1"), (b"refstorage", b"files"))
_MAX_TAG_DEPTH = 50
_LOOSE = re.compile(r"[0-9a-f]{40}")
_PACK_FILE = re.compile(r"\w+-[0-9a-f]{40}\.(pack|idx|rev|bitmap)")


@contextmanager
def failures_told(what: str) -> Iterator[None]:
    """Let every failure inside leave as a ``VcsError`` that says ``what`` was tried."""
    try:
        yield
    except VcsError:
        raise
    except Exception as error:
        # dulwich has no common error: of damaged data it raises KeyError, IndexError,
        # AssertionError, zlib.error and a dozen more, and the protocol allows VcsError only.
        raise VcsError(f"{what}: {type(error).__name__}: {error}") from error


def git_dir_of(path: Path) -> Path | None:
    """The directory with the data of the repository at ``path``; None when there is none.

    That is ``path/.git`` for a repository with a working tree. It is looked for first, because
    the files of a working tree may have been committed to look like a repository.
    """
    for directory in (path / ".git", path):
        head, parts = directory / "HEAD", (directory / "objects", directory / "refs")
        links = any(each.is_symlink() for each in (path / ".git", head, *parts))
        if not links and head.is_file() and all(part.is_dir() for part in parts):
            return directory
    return None


def foreign_format(git_dir: Path) -> str | None:
    """What makes the repository one that cannot be read here: other hashes, other refs files.

    Nothing else is ever read of a repository's configuration.
    """
    try:
        with (git_dir / "config").open("rb") as file:
            config = ConfigFile.from_file(file, expand_includes=False)
    except FileNotFoundError:
        return None
    except ValueError:
        return "an unreadable configuration"
    version = {name.lower(): value for name, value in config.items((b"core",))}.get(_VERSION, b"0")
    if version not in {b"0", b"1"}:
        return f"version {version.decode('utf-8', 'replace')}"
    for name, value in config.items((b"extensions",)):
        key = name.lower()
        if key not in _HARMLESS_EXTENSIONS and (key, value.lower()) not in _OUR_FORMAT:
            return f"extension {key.decode('utf-8', 'replace')}"
    return None


@dataclass(frozen=True)
class Repository:
    """A repository opened for one operation."""

    git_dir: Path
    objects: ObjectStore
    refs: dict[bytes, bytes]
    """``HEAD`` and all names in ``refs/`` with the objects they lead to."""
    shallow: frozenset[bytes]
    """The commits whose parents were left out when this was cloned by hand with ``--depth``."""

    @property
    def object_directory(self) -> Path:
        """Where the objects are."""
        return self.git_dir / "objects"

    def commit(self, commit_id: bytes) -> Commit:
        """The commit of a full id, without parents where history was cut off (shallow clones)."""
        kind, raw = self.objects.get_raw(ObjectID(commit_id))
        if kind != COMMIT:
            raise UnknownRevision(f"object {commit_id.decode('ascii')} is no commit")
        commit = parse_commit(raw)
        return commit._replace(parents=()) if commit_id in self.shallow else commit

    def peel(self, object_id: bytes) -> bytes | None:
        """The object that a tag object is about in the end, or None for any other object."""
        found, _ = self._untagged(object_id)
        return None if found == object_id else found

    def commit_of(self, object_id: bytes) -> bytes | None:
        """The commit that an object is, or is a tag of; None for trees and blobs."""
        found, kind = self._untagged(object_id)
        return found if kind == COMMIT else None

    def tips(self) -> dict[bytes, Commit]:
        """The commits that refs lead to, in the order of the refs' names."""
        values = dict.fromkeys(self.refs[name] for name in sorted(self.refs))
        return {each: self.commit(each) for each in map(self.commit_of, values) if each}

    def _untagged(self, object_id: bytes) -> tuple[bytes, int]:
        for _depth in range(_MAX_TAG_DEPTH):
            kind, raw = self.objects.get_raw(ObjectID(object_id))
            if kind != TAG:
                return object_id, kind
            object_id = raw.partition(b"\n")[0].removeprefix(b"object ")
        raise VcsError("tags of tags of tags without end")


@contextmanager
def opened(path: Path) -> Iterator[Repository]:
    """Open the repository at ``path`` and close it again."""
    git_dir = git_dir_of(path)
    if git_dir is None:
        raise VcsError(f"no Git repository at {path}")
    if reason := foreign_format(git_dir):
        raise VcsError(f"the Git repository at {path} cannot be read: {reason}")
    objects = ObjectStore(git_dir / "objects")
    try:
        yield Repository(git_dir, objects, read_refs(git_dir), _shallow(git_dir))
    finally:
        objects.close()


def _shallow(git_dir: Path) -> frozenset[bytes]:
    try:
        return frozenset((git_dir / "shallow").read_bytes().split())
    except FileNotFoundError:
        return frozenset()


def create(path: Path) -> None:
    """Lay out an empty bare repository, without hooks, whose first branch will be ``master``."""
    path.mkdir()
    for directory in _DIRECTORIES:
        (path / directory).mkdir(parents=True)
    (path / "config").write_bytes(_CONFIG)
    write_head(path, DEFAULT_BRANCH)


@contextmanager
def created(path: Path) -> Iterator[None]:
    """An empty repository to be filled inside; if that fails nothing is left behind."""
    create(path)
    try:
        yield
    except BaseException:  # the end of this process included: SIGTERM arrives as SystemExit
        shutil.rmtree(path, ignore_errors=True)
        raise


def copy(source: Path, path: Path) -> None:
    """Copy the data of a repository, borrowed objects included, and none of its settings.

    Object files never change once written, so that both can have the same by hard link.
    """
    with opened(source) as origin, created(path):
        directory = origin.git_dir / "objects"
        for each in (directory, *lenders_of(directory)):
            _link_objects(each, path / "objects")
        if origin.shallow:
            (path / "shallow").write_bytes(b"".join(b"%s\n" % each for each in origin.shallow))
        write_head(path, read_head(origin.git_dir))
        refs = {name: value for name, value in origin.refs.items() if name.startswith(b"refs/")}
        write_refs(path, refs, origin.peel)


def _link_objects(source: Path, target: Path) -> None:
    """Link loose objects before packs: what Git packs meanwhile is then met in its pack."""
    loose = [each for each in source.glob("??/*") if _LOOSE.fullmatch(each.parent.name + each.name)]
    packs = [each for each in source.glob("pack/*") if _PACK_FILE.fullmatch(each.name)]
    for file in (*loose, *packs):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(exist_ok=True)
        _link(file, copied)


def _link(source: Path, target: Path) -> None:
    if target.exists():
        return
    try:
        os.link(source.resolve(), target)
    except OSError:  # another file system, or one that has no links or too many of them
        shutil.copy2(source, target)


def description(path: Path) -> str:
    """The text of the file ``description``, or ``""`` for none and for Git's own default."""
    git_dir = git_dir_of(path)
    file = None if git_dir is None else git_dir / "description"
    if file is None or file.is_symlink() or not file.is_file():
        return ""
    with file.open("rb") as stream:
        text = stream.read(65536).decode("utf-8", "replace").strip()
    return "" if text.startswith(_DEFAULT_DESCRIPTION) else text
