"""Mercurial behind the host's ``Backend`` protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kallithea_host.vcs import Changes, Changeset, Nodes, Program, Refs, Remote, Selection, VcsError

from . import contents, history, patches, repository
from . import remote as remotes
from .failures import failures
from .nodes import list_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kallithea_host.files import Export, File, FileStat, Member


class HgBackend:
    """Mercurial repositories; what each function does is said in ``kallithea_host.vcs``."""

    alias = "hg"

    def create(self, path: Path) -> None:
        """Make an empty repository."""
        with failures(path):
            repository.create(path)

    def fork(self, source: Path, path: Path) -> None:
        """Copy all that is served of ``source``: changesets, branches, bookmarks."""
        with failures(source, path):
            repository.fork(source, path)

    def clone(self, path: Path, remote: Remote) -> None:
        """Make a repository with all heads and bookmarks of ``remote``."""
        with failures(path, remote=remote):
            repository.create(path)
            remotes.pull(path, remote)

    def pull(self, path: Path, remote: Remote) -> tuple[str, ...]:
        """Bring new heads and bookmarks from ``remote``."""
        with failures(path, remote=remote):
            return remotes.pull(path, remote)

    def tip(self, path: Path) -> Changeset:
        """The changeset with the highest revision number, or ``EMPTY``."""
        with failures(path):
            return repository.newest(repository.open_served(path))

    def resolve(self, path: Path, revision: str | int | None) -> str:
        """The id behind a bookmark, tag, branch, revision number or (abbreviated) hash."""
        with failures(path):
            return repository.find(repository.open_served(path), revision).hex()

    def nodes(self, path: Path, raw_id: str, root: str) -> Nodes:
        """The listing below ``root``."""
        with failures(path):
            repo = repository.open_served(path)
            return list_nodes(repo, repository.node_of(repo, raw_id), root)

    def log(self, path: Path, wanted: Selection) -> list[Changeset]:
        """The changesets that are selected."""
        with failures(path):
            return history.log(repository.open_served(path), wanted)

    def changeset(self, path: Path, raw_id: str) -> Changeset:
        """The changeset of a full id."""
        with failures(path):
            repo = repository.open_served(path)
            return repository.changeset(repo[repository.node_of(repo, raw_id)])

    def changes(self, path: Path, raw_id: str) -> Changes:
        """What a changeset did to the files of its first parent."""
        with failures(path):
            return history.changes(repository.open_served(path), raw_id)

    def file(self, path: Path, raw_id: str, name: str) -> File:
        """Size and kind of a file."""
        with failures(path):
            return contents.file(repository.open_served(path), raw_id, name)

    def weight(self, path: Path, raw_id: str, name: str) -> int:
        """As the index has it."""
        with failures(path):
            return contents.weight(repository.open_served(path), raw_id, name)

    def content(self, path: Path, raw_id: str, name: str) -> Iterator[bytes]:
        """The content of a file."""
        with failures(path):
            yield from contents.content(repository.open_served(path), raw_id, name)

    def diff(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The diff against the first parent."""
        with failures(path):
            repo = repository.open_served(path)
            yield from patches.diff(repo, raw_id, context, ignore_whitespace=ignore_whitespace)

    def patch(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The changeset for ``hg import``."""
        with failures(path):
            repo = repository.open_served(path)
            yield from patches.patch(repo, raw_id, context, ignore_whitespace=ignore_whitespace)

    def export(self, path: Path, raw_id: str) -> Export:
        """All files, and what ``hg archive`` says of them."""
        with failures(path):
            found = contents.export(repository.open_served(path), raw_id)
        return replace(found, members=_guarded(path, found.members))

    def stats(self, path: Path, raw_id: str) -> list[FileStat]:
        """What was done to each file, in lines."""
        with failures(path):
            return patches.stats(repository.open_served(path), raw_id)

    def refs(self, path: Path) -> Refs:
        """Open branches, tags and bookmarks."""
        with failures(path):
            return history.refs(repository.open_served(path))

    def is_repository(self, path: Path) -> bool:
        """Whether ``path`` holds a ``.hg`` of its own in a format that this version reads.

        Shares, whose changesets are in another repository, are not served.
        """
        folder = path / ".hg"
        try:
            with failures(path):
                if folder.is_symlink() or not folder.is_dir():
                    return False
                return not repository.open_repository(path).shared()
        except VcsError:
            return False

    def description(self, path: Path) -> str:
        """``web.description`` of the repository's hgrc."""
        with failures(path):
            return repository.configured_description(path)

    def repair(self, path: Path) -> None:
        """Remove stale locks and roll back an abandoned transaction."""
        with failures(path):
            repository.repair(path)

    def verify(self, path: Path) -> list[str]:
        """What ``hg verify`` finds."""
        with failures(path):
            return repository.check(path)

    def program(self) -> Program | None:
        """None: Mercurial is part of the server."""
        return None


def _guarded(path: Path, members: Iterator[Member]) -> Iterator[Member]:
    with failures(path):
        yield from members
