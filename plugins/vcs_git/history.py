"""The log of commits, and the names they go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host.vcs import Refs, UnknownBranch, UnknownRevision

from .objects import changeset
from .refs import BRANCHES, TAGS
from .revisions import all_commits, full_id, oldest_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kallithea_host.vcs import Changeset, Selection

    from .objects import Commit
    from .repository import Repository


def log(repository: Repository, wanted: Selection) -> list[Changeset]:
    """The selected commits; all are read, because the order is made of all."""
    commits = all_commits(repository)
    order = oldest_first(commits)
    on_branch = None if wanted.branch is None else _ancestry(repository, commits, wanted.branch)
    start = None if wanted.start is None else _place(order, full_id(wanted.start))
    end = None if wanted.end is None else _place(order, full_id(wanted.end))
    return wanted.take(
        changeset(order[number], number, commits[order[number]])
        for number in wanted.span(start, end, len(order))
        if on_branch is None or order[number] in on_branch
    )


def numbered(repository: Repository, commit_id: bytes) -> Changeset:
    """One commit that a ref leads to, with its revision number."""
    commits = all_commits(repository)
    return changeset(commit_id, _place(oldest_first(commits), commit_id), commits[commit_id])


def _place(order: list[bytes], commit_id: bytes) -> int:
    try:
        return order.index(commit_id)
    except ValueError:
        raise UnknownRevision(f"no ref leads to {commit_id.decode('ascii')}") from None


def _ancestry(repository: Repository, commits: Mapping[bytes, Commit], branch: str) -> set[bytes]:
    """The commits that a branch leads to."""
    ref = BRANCHES + branch.encode("utf-8", "surrogatepass")
    tip = repository.commit_of(repository.refs[ref]) if ref in repository.refs else None
    if tip is None:
        raise UnknownBranch(f"no branch {branch[:100]!r}")
    found = {tip}
    todo = [tip]
    while todo:
        for parent in commits[todo.pop()].parents:
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return found


def refs(repository: Repository) -> Refs:
    """The branches and the tags that lead to commits."""
    return Refs(dict(_named(repository, BRANCHES)), dict(_named(repository, TAGS)), {})


def _named(repository: Repository, prefix: bytes) -> Iterator[tuple[str, str]]:
    for name in sorted(repository.refs):
        if name.startswith(prefix):
            commit_id = repository.commit_of(repository.refs[name])
            if commit_id is not None:
                short = name[len(prefix) :].decode("utf-8", "replace")
                yield short, commit_id.decode("ascii")
