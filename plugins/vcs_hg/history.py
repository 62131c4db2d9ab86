"""History: changesets, what they did to files, and the names they go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mercurial import error

from kallithea_host.vcs import Changes, Refs, UnknownBranch

from .library import to_text
from .repository import changeset, node_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mercurial.interfaces.types import RepoT

    from kallithea_host.vcs import Changeset, Selection


def log(repo: RepoT, wanted: Selection) -> list[Changeset]:
    """The selected changesets; only those looked at on the way are read."""
    start = None if wanted.start is None else _rev(repo, wanted.start)
    end = None if wanted.end is None else _rev(repo, wanted.end)
    span = wanted.span(start, end, repo.changelog.tiprev() + 1)
    branch = None if wanted.branch is None else _branch(repo, wanted.branch)
    return wanted.take(_changesets(repo, span, branch))


def _rev(repo: RepoT, raw_id: str) -> int:
    rev: int = repo.changelog.rev(node_of(repo, raw_id))
    return rev


def _branch(repo: RepoT, name: str) -> bytes:
    unknown = UnknownBranch(f"no branch {name!r:.100}")
    try:
        branch = name.encode()
    except UnicodeEncodeError:  # half a surrogate pair, from an escape in JSON
        raise unknown from None
    if not repo.branchmap().hasbranch(branch):
        raise unknown
    return branch


def _changesets(repo: RepoT, span: range, branch: bytes | None) -> Iterator[Changeset]:
    hidden = repo.changelog.filteredrevs
    for rev in span:
        if rev not in hidden:
            context = repo[rev]
            if branch is None or context.branch() == branch:
                yield changeset(context)


def changes(repo: RepoT, raw_id: str) -> Changes:
    """The files that differ from the first parent's; a changeset without parents adds all."""
    context = repo[node_of(repo, raw_id)]
    status = context.p1().status(context)
    return Changes(_paths(status.added), _paths(status.modified), _paths(status.removed))


def _paths(raw: Iterable[bytes]) -> list[str]:
    return sorted(map(to_text, raw))


def refs(repo: RepoT) -> Refs:
    """Open branches, tags with ``tip``, and bookmarks; an empty repository has none."""
    if repo.changelog.tiprev() < 0:
        return Refs({}, {}, {})
    branches = repo.branchmap().branches_info(repo)
    node = repo.changelog.node
    return Refs(
        _named(repo, ((name, node(tip)) for name, tip, _, is_open in branches if is_open)),
        _named(repo, repo.tags().items()),
        _named(repo, repo._bookmarks.items()),  # noqa: SLF001 - there is no public name
    )


def _named(repo: RepoT, nodes: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The ids by name, of changesets that everybody sees."""
    return {to_text(name): node.hex() for name, node in sorted(nodes) if _is_served(repo, node)}


def _is_served(repo: RepoT, node: bytes) -> bool:
    try:
        return bool(repo.changelog.rev(node) >= 0)
    except error.LookupError:
        return False
