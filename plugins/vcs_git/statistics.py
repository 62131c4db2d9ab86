"""How many lines a commit added to each file, and how many it took away."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.files import FileStat
from kallithea_host.vcs import VcsError

from .differences import COMPARING
from .pairs import content, pairs, trees
from .programs import running
from .textdiff import hunks, is_binary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

MOST: Final = 64 * 2**20
"""Bytes of Git's list of changed files."""
_KINDS: Final[dict[bytes, Any]] = {b"A": "A", b"D": "D", b"R": "R"}


def stats_by_git(repository: Repository, commit_id: bytes, git: str) -> list[FileStat]:
    """What ``git`` counts."""
    compared = [tree.decode("ascii") for tree in trees(repository, commit_id)]
    command = [*COMPARING, "--raw", "--numstat", "-z", "--end-of-options", *compared]
    with running(git, repository.object_directory, *command) as (_, answer):
        told = answer.read(MOST)
        if len(told) == MOST:
            raise VcsError("git has too much to tell")
    return sorted(_parsed(iter(told.split(b"\0")[:-1])), key=lambda stat: stat.path)


def _parsed(words: Iterator[bytes]) -> Iterator[FileStat]:
    """Read ``:modes ids kind`` and path (or two) of each file, then the counts of each."""
    kinds: list[bytes] = []
    for word in words:
        if word.startswith(b":"):
            kinds.append(word.split()[4][:1])
            for _ in range(2 if kinds[-1] == b"R" else 1):
                next(words)
            continue
        added, removed, path = word.split(b"\t", 2)
        if not path:  # of a renamed file the two names follow
            next(words)
            path = next(words)
        counts = [0 if count == b"-" else int(count) for count in (added, removed)]
        yield _stat(path, kinds.pop(0), *counts)


def stats_by_dulwich(repository: Repository, commit_id: bytes) -> list[FileStat]:
    """What is counted here."""
    by_path: dict[bytes, list[FileStat]] = defaultdict(list)
    for pair in pairs(repository, commit_id):
        old, new = (content(repository, side) for side in pair)
        signs = [] if is_binary(old) or is_binary(new) else _signs(old, new)
        counts = signs.count(b"+"), signs.count(b"-")
        by_path[pair.new.path].append(_stat(pair.new.path, pair.kind, *counts))
    return sorted(map(_together, by_path.values()), key=lambda stat: stat.path)


def _signs(old: bytes, new: bytes) -> list[bytes]:
    return [line[:1] for hunk in hunks(old, new, 0) for line in hunk[1:]]


def _together(stats: list[FileStat]) -> FileStat:
    """A link in place of a file was taken away and put there; to Git it is modified."""
    if len(stats) == 1:
        return stats[0]
    return FileStat(
        stats[0].path, "M", sum(each.added for each in stats), sum(each.removed for each in stats)
    )


def _stat(path: bytes, kind: bytes, added: int, removed: int) -> FileStat:
    return FileStat(path.decode("utf-8", "replace"), _KINDS.get(kind, "M"), added, removed)
