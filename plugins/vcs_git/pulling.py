"""Bringing commits from a remote: nothing enters the repository before all of it is checked."""

from __future__ import annotations

import signal
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dulwich.objects import Blob, ObjectID, valid_hexsha
from dulwich.refs import HEADREF

from kallithea_host.vcs import VcsError

from .negotiation import Haves
from .objects import COMMIT, ObjectStore, leads_to, lenders_of
from .refs import (
    BRANCHES,
    DEFAULT_BRANCH,
    HEAD,
    TAGS,
    is_valid_name,
    read_head,
    write_head,
    write_refs,
)
from .remotes import connected
from .repository import created, opened
from .revisions import new_commits, oldest_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dulwich.client import FetchPackResult
    from dulwich.refs import Ref

    from kallithea_host.vcs import Remote

    from .repository import Repository

QUARANTINE_PREFIX = "incoming-"
"""How directories in ``objects`` begin that hold what has come and is not checked yet."""


class Offer(NamedTuple):
    """The branches and tags of a remote by full name, and the branch that its ``HEAD`` names."""

    refs: dict[bytes, bytes]
    head: bytes


def clone(path: Path, remote: Remote) -> None:
    """Make a repository that holds the remote's branches and tags, or leave nothing behind."""
    with created(path):
        pull(path, remote)


def pull(path: Path, remote: Remote) -> tuple[str, ...]:
    """Set branches and tags as the remote has them; those it has not are left alone.

    The ids of the commits that no ref led to before, oldest first. A remote's rewritten branch
    replaces ours of the same name.
    """
    with opened(path) as repository, _quarantine(repository) as incoming:
        offer = _fetch(repository, incoming, remote)
        _check(incoming, offer)
        refs, known = offer.refs, repository.refs
        refs = {name: value for name, value in refs.items() if known.get(name) != value}
        checked = replace(repository, objects=incoming)
        wanted = filter(None, map(checked.commit_of, refs.values()))
        arrived = oldest_first(new_commits(checked, wanted, repository.tips()))
        with _uninterrupted():
            _accept(incoming, repository.git_dir / "objects" / "pack")
            if refs:
                write_refs(repository.git_dir, refs, repository.peel)
            if read_head(repository.git_dir) not in known | refs and offer.head in refs:
                write_head(repository.git_dir, offer.head)
    return tuple(each.decode("ascii") for each in arrived)


@contextmanager
def _quarantine(repository: Repository) -> Iterator[ObjectStore]:
    """An object store for what comes, which sees the repository's objects too."""
    objects = repository.git_dir / "objects"
    with tempfile.TemporaryDirectory(prefix=QUARANTINE_PREFIX, dir=objects) as name:
        directory = Path(name)
        (directory / "pack").mkdir()
        store = ObjectStore(directory, [objects, *lenders_of(objects)])
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let SIGTERM wait, so that a pull has happened or has not."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fetch(repository: Repository, incoming: ObjectStore, remote: Remote) -> Offer:
    """Let the remote send what is missing into the quarantine."""
    with (
        connected(remote) as (client, address),
        tempfile.TemporaryFile(dir=incoming.path) as spool,
    ):

        def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
            del depth  # whole histories only
            if getattr(client, "dumb", False):
                raise VcsError("the remote speaks the dumb HTTP protocol only")
            offered = {ObjectID(value) for value in _usable(refs).values()}
            return sorted(each for each in offered if each not in repository.objects)

        answer = client.fetch_pack(
            address, wants, Haves(repository), spool.write, ref_prefix=(HEAD, BRANCHES, TAGS)
        )
        if spool.tell():
            spool.seek(0)
            incoming.add_thin_pack(spool.read, None)
        return _offer(answer)


def _usable(refs: Mapping[Ref, ObjectID | None]) -> dict[bytes, bytes]:
    """The branches and tags, without those whose names are no names: Git ignores them too."""
    return {
        name: value
        for name, value in refs.items()
        if name.startswith((BRANCHES, TAGS)) and is_valid_name(name)
        if value is not None and valid_hexsha(value)
    }


def _offer(answer: FetchPackResult) -> Offer:
    refs = _usable(answer.refs)
    named: bytes | None = answer.symrefs.get(HEADREF)
    if named is None and (at := answer.refs.get(HEADREF)):
        # An old server tells only where HEAD is; a branch there is a good guess.
        there = [name for name in sorted(refs) if refs[name] == at and name.startswith(BRANCHES)]
        named = DEFAULT_BRANCH if DEFAULT_BRANCH in there else next(iter(there), None)
    return Offer(refs, named or DEFAULT_BRANCH)


def _check(incoming: ObjectStore, offer: Offer) -> None:
    """Refuse malformed objects, and objects or refs that lead to something that is not there."""
    needed = set(offer.refs.values())
    for pack in incoming.packs:
        for each in pack.iterobjects():
            if not isinstance(each, Blob):  # of which any bytes are good
                each.check()
            needed.update(leads_to(each))
    for object_id in needed:
        if ObjectID(object_id) not in incoming:
            raise VcsError(f"the remote did not send object {object_id.decode('ascii')}")
    for name, value in offer.refs.items():
        if name.startswith(BRANCHES) and incoming.get_raw(ObjectID(value))[0] != COMMIT:
            raise VcsError(f"the remote's {name!r} is no commit")


def _accept(incoming: ObjectStore, packs: Path) -> None:
    """Move checked packs into the repository, where one counts once its index is there."""
    source = Path(incoming.path) / "pack"
    for index in source.glob("*.idx"):
        if not (packs / index.name).exists():
            index.with_suffix(".pack").replace(packs / f"{index.stem}.pack")
            index.replace(packs / index.name)
