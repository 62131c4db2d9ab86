"""The Git backend: every member of the host's protocol, each on a freshly opened repository."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kallithea_host import archives
from kallithea_host.files import Export
from kallithea_host.vcs import EMPTY, Changeset, Nodes

from . import contents, history, mails, packing, programs, pulling, repairing, repository, verifying
from .blobs import content
from .changes import tree_changes
from .differences import diff_by_dulwich, diff_by_git
from .nodes import list_nodes
from .objects import changeset
from .repository import failures_told, opened
from .revisions import all_commits, full_id, newest, resolve
from .statistics import stats_by_dulwich, stats_by_git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kallithea_host.files import File, FileStat, Member
    from kallithea_host.vcs import Changes, Program, Refs, Remote, Selection


class GitBackend:
    """Git repositories, read and written by dulwich; no ``git`` program is needed.

    New repositories are bare. Those with a working tree are served from their ``.git``.
    """

    alias = "git"

    def __init__(self, *, use_program: bool = True) -> None:
        """Diffs and archives are left to the ``git`` program where it is installed."""
        self._git = programs.find_git() if use_program else None

    def create(self, path: Path) -> None:
        """Make an empty bare repository."""
        with failures_told(f"cannot create {path}"):
            repository.create(path)

    def fork(self, source: Path, path: Path) -> None:
        """Copy a repository by hard links; what it borrows from others becomes the copy's own."""
        with failures_told(f"cannot copy {source} to {path}"):
            repository.copy(source, path)

    def clone(self, path: Path, remote: Remote) -> None:
        """Make a repository with the branches and tags of a remote, and its default branch."""
        with failures_told(f"cannot clone into {path}"):
            pulling.clone(path, remote)

    def pull(self, path: Path, remote: Remote) -> tuple[str, ...]:
        """Set branches and tags as the remote has them; the commits that came, oldest first."""
        with failures_told(f"cannot pull into {path}"):
            return pulling.pull(path, remote)

    def tip(self, path: Path) -> Changeset:
        """The newest commit of all refs, or ``EMPTY``."""
        with failures_told(f"cannot read the tip of {path}"), opened(path) as opened_repository:
            commit_id = newest(opened_repository)
            if commit_id is None:
                return EMPTY
            commits = all_commits(opened_repository)
            return changeset(commit_id, len(commits) - 1, commits[commit_id])

    def resolve(self, path: Path, revision: str | int | None) -> str:
        """The full id of a branch, tag, ref, number or (abbreviated) id; None is the tip."""
        with failures_told(f"cannot resolve a revision of {path}"), opened(path) as found:
            return resolve(found, revision).decode("ascii")

    def nodes(self, path: Path, raw_id: str, root: str) -> Nodes:
        """The directories and files below ``root``; submodules are left out."""
        with failures_told(f"cannot list the files of {path}"), opened(path) as found:
            return list_nodes(found, full_id(raw_id), root)

    def log(self, path: Path, wanted: Selection) -> list[Changeset]:
        """The commits that are selected, in the order of their dates, each after its parents."""
        with failures_told(f"cannot read the history of {path}"), opened(path) as found:
            return history.log(found, wanted)

    def changeset(self, path: Path, raw_id: str) -> Changeset:
        """The commit of a full id; all are read, because its number is its place among them."""
        with failures_told(f"cannot read a commit of {path}"), opened(path) as found:
            return history.numbered(found, full_id(raw_id))

    def changes(self, path: Path, raw_id: str) -> Changes:
        """What a commit did to the files of its first parent; submodules are files here."""
        with failures_told(f"cannot compare files of {path}"), opened(path) as found:
            return tree_changes(found, full_id(raw_id))

    def file(self, path: Path, raw_id: str, name: str) -> File:
        """Size and kind of a file."""
        with failures_told(f"cannot look at a file of {path}"), opened(path) as found:
            return contents.file(found, full_id(raw_id), name, self._git)

    def weight(self, path: Path, raw_id: str, name: str) -> int | None:
        """The size of a file; None where only the program could tell it, and is not there."""
        with failures_told(f"cannot look at a file of {path}"), opened(path) as found:
            return contents.weight(found, full_id(raw_id), name, self._git)

    def content(self, path: Path, raw_id: str, name: str) -> Iterator[bytes]:
        """The content of a file."""
        with failures_told(f"cannot read a file of {path}"), opened(path) as found:
            _, blob_id = contents.find(found, full_id(raw_id), name)
            yield from content(found, blob_id, self._git)

    def diff(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The diff against the first parent."""
        with failures_told(f"cannot compare files of {path}"), opened(path) as found:
            commit_id, blind = full_id(raw_id), ignore_whitespace
            if self._git is None:
                yield from diff_by_dulwich(found, commit_id, context, ignore_whitespace=blind)
            else:
                yield from diff_by_git(
                    found, commit_id, self._git, context, ignore_whitespace=blind
                )

    def patch(
        self, path: Path, raw_id: str, *, context: int = 3, ignore_whitespace: bool = False
    ) -> Iterator[bytes]:
        """The commit for ``git am``."""
        with failures_told(f"cannot read a commit of {path}"), opened(path) as found:
            yield mails.head(found, full_id(raw_id))
        yield from self.diff(path, raw_id, context=context, ignore_whitespace=ignore_whitespace)

    def export(self, path: Path, raw_id: str) -> Export:
        """All files but those that ``.gitattributes`` keep out, as ``git archive`` has them.

        Without the program contents are as they are stored: no line ends are converted and nothing
        is substituted.
        """
        commit_id = full_id(raw_id)
        with failures_told(f"cannot read a commit of {path}"), opened(path) as found:
            time = found.commit(commit_id).time
        export = Export(raw_id, time, self._members(path, commit_id))
        if self._git is None:
            return export
        return replace(export, packed=partial(self._packed, path, export, self._git))

    def _packed(self, path: Path, export: Export, git: str, form: str, top: str) -> Iterator[bytes]:
        with failures_told(f"cannot read files of {path}"), opened(path) as found:
            try:
                yield from packing.packed(found, full_id(export.raw_id), git, form, top)
            except packing.Harmful:
                yield from archives.pack(replace(export, packed=None), form, top)

    def _members(self, path: Path, commit_id: bytes) -> Iterator[Member]:
        with failures_told(f"cannot read files of {path}"), opened(path) as found:
            yield from contents.members(found, commit_id, self._git)

    def stats(self, path: Path, raw_id: str) -> list[FileStat]:
        """What was done to each file, in lines."""
        with failures_told(f"cannot compare files of {path}"), opened(path) as found:
            if self._git is None:
                return stats_by_dulwich(found, full_id(raw_id))
            return stats_by_git(found, full_id(raw_id), self._git)

    def refs(self, path: Path) -> Refs:
        """Branches and the tags of commits."""
        with failures_told(f"cannot read the refs of {path}"), opened(path) as found:
            return history.refs(found)

    def is_repository(self, path: Path) -> bool:
        """Whether ``path`` is a repository, bare or not, in the format that dulwich reads here."""
        with failures_told(f"cannot look at {path}"):
            git_dir = repository.git_dir_of(path)
            return git_dir is not None and repository.foreign_format(git_dir) is None

    def description(self, path: Path) -> str:
        """The text of the file ``description`` unless it is Git's own."""
        with failures_told(f"cannot read the description of {path}"):
            return repository.description(path)

    def repair(self, path: Path) -> None:
        """Remove locks and unfinished files."""
        with failures_told(f"cannot repair {path}"):
            repairing.repair(path)

    def verify(self, path: Path) -> list[str]:
        """Check every object and ref."""
        with failures_told(f"cannot verify {path}"):
            return verifying.verify(path)

    def program(self) -> Program | None:
        """The installed ``git``."""
        return programs.git()
