"""History: the order of commits, the newest one, and what a revision's text stands for."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from typing import TYPE_CHECKING

from dulwich.objects import ObjectID

from kallithea_host.vcs import NULL_ID, UnknownRevision

from .refs import BRANCHES, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .objects import Commit
    from .repository import Repository

_NEWEST = (None, "", "tip", "HEAD", "head")
_NUMBER = re.compile(r"[0-9]{1,11}|0+")
_FULL_ID = re.compile(r"[0-9a-f]{40}")
_ABBREVIATION = re.compile(r"[0-9a-f]{4,39}")

CLOCK_SKEW = 86400
"""By how many seconds the clock of a later commit may be behind that of an earlier one before
``newest`` no longer sees that one comes after the other."""


def newest(repository: Repository) -> bytes | None:
    """The youngest of the commits that refs lead to and no other of them builds upon."""
    heads = repository.tips()
    if not heads:
        return None
    latest = max(commit.time for commit in heads.values())
    queue = [(-commit.time, each, commit) for each, commit in heads.items()]
    heapq.heapify(queue)
    seen = set(heads)
    while queue and len(heads) > 1 and -queue[0][0] >= latest - CLOCK_SKEW:
        _, _, commit = heapq.heappop(queue)
        for parent in commit.parents:
            heads.pop(parent, None)
            if parent not in seen:
                seen.add(parent)
                older = repository.commit(parent)
                heapq.heappush(queue, (-older.time, parent, older))
    return max(heads, key=lambda each: heads[each].time)


def all_commits(repository: Repository) -> dict[bytes, Commit]:
    """Every commit that can be reached from a ref, in no particular order."""
    found = repository.tips()
    todo = list(found.values())
    while todo:
        for parent in todo.pop().parents:
            if parent not in found:
                found[parent] = repository.commit(parent)
                todo.append(found[parent])
    return found


def oldest_first(commits: dict[bytes, Commit]) -> list[bytes]:
    """Sort commits by date, but each after its parents; their places are revision numbers."""
    children = Counter(parent for commit in commits.values() for parent in commit.parents)
    queue = [(-commit.time, n, each) for n, (each, commit) in enumerate(commits.items())]
    queue = [item for item in queue if not children[item[2]]]
    heapq.heapify(queue)
    order: list[bytes] = []
    while queue:
        _, _, each = heapq.heappop(queue)
        order.append(each)
        for parent in commits[each].parents:
            children[parent] -= 1
            if not children[parent] and parent in commits:
                heapq.heappush(queue, (-commits[parent].time, len(commits) + len(order), parent))
    order.reverse()
    return order


def new_commits(
    repository: Repository, wanted: Iterable[bytes], known: Iterable[bytes]
) -> dict[bytes, Commit]:
    """The commits reachable from ``wanted`` but not from ``known``, without reading all history.

    It goes from young to old on both sides and stops when only known ones are left, so that a
    commit dated long before its parents can make it name a few known ones.
    """
    old = set(known)
    found: dict[bytes, Commit] = {}
    waiting = set(wanted) - old
    queue: list[tuple[int, bytes, Commit]] = []

    def enqueue(commit_id: bytes) -> None:
        commit = repository.commit(commit_id)
        heapq.heappush(queue, (-commit.time, commit_id, commit))

    for each in old | waiting:
        enqueue(each)
    while waiting:
        _, each, commit = heapq.heappop(queue)
        if each not in old:
            waiting.discard(each)
            found[each] = commit
        for parent in commit.parents:
            if each in old and parent not in old:
                old.add(parent)
                waiting.discard(parent)
                found.pop(parent, None)
                enqueue(parent)
            elif parent not in old and parent not in found and parent not in waiting:
                waiting.add(parent)
                enqueue(parent)
    return found


def resolve(repository: Repository, revision: object) -> bytes:
    """The commit that a revision names.

    In this order: the newest one's names, numbers, full ids, refs, branches, tags, abbreviated
    ids. The text is compared and looked up; it never becomes a path or an option.
    """
    found = None
    if revision in _NEWEST:
        found = newest(repository)
    elif isinstance(revision, int) and not isinstance(revision, bool):
        found = newest(repository) if revision == -1 else _numbered(repository, revision)
    elif isinstance(revision, str) and _NUMBER.fullmatch(revision):
        found = _numbered(repository, int(revision.lstrip("0") or 0))
    elif isinstance(revision, str):
        found = _named(repository, revision) or _abbreviated(repository, revision)
    if found is None:
        shown = repr(revision[:100]) if isinstance(revision, str) else "of this number"
        raise UnknownRevision(f"no revision {shown}")
    return found


def full_id(raw_id: str) -> bytes:
    """A full id as Git's own functions take it."""
    if not _FULL_ID.fullmatch(raw_id):
        raise UnknownRevision(f"no full id: {raw_id[:100]!r}")
    return raw_id.encode("ascii")


def _numbered(repository: Repository, number: int) -> bytes | None:
    order = oldest_first(all_commits(repository))
    return order[number] if 0 <= number < len(order) else None


def _named(repository: Repository, text: str) -> bytes | None:
    try:
        name = text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, from an escape in JSON
        return None
    if _FULL_ID.fullmatch(text.lower()) and ObjectID(name.lower()) in repository.objects:
        return repository.commit_of(name.lower())
    full = [name] if name.startswith(b"refs/") else []
    for each in (*full, BRANCHES + name, TAGS + name):
        if each in repository.refs:
            return repository.commit_of(repository.refs[each])
    return None


def _abbreviated(repository: Repository, text: str) -> bytes | None:
    """The only commit (or tag of one) whose id begins with the text."""
    prefix = text.lower()
    if not _ABBREVIATION.fullmatch(prefix):
        return None
    ids = repository.objects.iter_prefix(prefix.encode("ascii"))
    found = {each: repository.commit_of(each) for each in ids if len(each) == len(NULL_ID)}
    commits = {commit for commit in found.values() if commit}
    return commits.pop() if len(commits) == 1 else None
