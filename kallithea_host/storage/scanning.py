"""Comparing the disk with the database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from twisted.logger import Logger

from kallithea_host import defaults, names, schema
from kallithea_host.errors import Vetoed
from kallithea_host.storage import creation, groups, places, trash
from kallithea_host.storage.events import repository_event
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from kallithea_host.jobs import DbJob
    from kallithea_host.vcs import Backends, Changeset

_log: Final = Logger()
_repositories: Final = schema.repositories


@dataclass(frozen=True, slots=True)
class Found:
    """A repository on disk that the database does not know."""

    name: str
    type: str
    description: str
    tip: Changeset


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies below the root."""

    present: frozenset[str]
    """The names of all repositories on disk."""
    new: Sequence[Found]


def repositories_below(root: Path, backends: Backends) -> Iterator[tuple[str, str]]:
    """Name and type of every repository on disk, in the order of their names.

    Nothing is followed through symbolic links, and nothing is looked for inside a repository or
    in directories whose names begin with a dot or ``rm__``.
    """
    for folder, below, _ in os.walk(root):
        below.sort()
        below[:] = [name for name in below if not _is_passed_over(root, folder, name)]
        for name in list(below):
            path = root / folder / name
            alias = backends.detect(path)
            if alias is not None:
                below.remove(name)
                yield path.relative_to(root).as_posix(), alias


def _is_passed_over(root: Path, folder: str, name: str) -> bool:
    path = root / folder / name
    if path.is_symlink():
        _log.warn("not followed: {name} is a symbolic link", name=path.relative_to(root))
        return True
    return name.startswith((".", "rm__"))


def scan(root: Path, backends: Backends, known: Container[str]) -> Scan:
    """Look at the whole disk; what cannot be read or served is left out, and logged."""
    present, new = set(), []
    for name, alias in repositories_below(root, backends):
        present.add(name)
        if name not in known:
            try:
                names.check_safe(name)
                new.append(_look_at(root, backends, name, alias))
            except (names.BadName, VcsError, OSError) as error:
                _log.warn("left out: {name!r}: {reason}", name=name, reason=error)
    return Scan(frozenset(present), new)


def _look_at(root: Path, backends: Backends, name: str, alias: str) -> Found:
    backend, path = backends[alias], names.path_of(root, name)
    return Found(name, alias, backend.description(path), backend.tip(path))


def add(job: DbJob, found: Sequence[Found]) -> list[str]:
    """Add repositories that were found; the names of those that could be.

    They belong to the first administrator.
    """
    users = schema.users
    owner_id = job.db.scalars(
        select(users.c.user_id).where(users.c.admin).order_by(users.c.user_id).limit(1)
    ).one()
    settings = defaults.get(job.db)
    added = []
    for each in found:
        try:
            with job.db.begin_nested():
                _add(job, each, owner_id, settings)
        except (names.BadName, places.NameTaken, Vetoed) as error:
            _log.warn("left out: {name!r}: {reason}", name=each.name, reason=error)
        else:
            added.append(each.name)
    return added


def _add(job: DbJob, found: Found, owner_id: int, settings: defaults.RepositoryDefaults) -> None:
    if not _lies_there(job.host.settings.repositories, found.name):
        raise names.BadName("it was moved away meanwhile")
    places.check_names(job.db, found.name)
    new = creation.NewRepository(
        name=found.name,
        type=found.type,
        owner_id=owner_id,
        description=found.description or f"{found.name} repository",
        private=settings.private,
        landing_rev="rev:tip",
        enable_statistics=settings.enable_statistics,
        enable_downloads=settings.enable_downloads,
        enable_locking=settings.enable_locking,
    )
    group_id, _ = groups.make_missing(job.db, new.name, owner_id)
    row = creation.add_row(job.db, job.host.vault, new, group_id=group_id, pending=False)
    creation.store_tip(job.db, row.repo_id, found.tip)
    creation.grant_initial(job.db, row)
    job.announce(repository_event(job.caller, "found", row))


def remove(job: DbJob, missing: Sequence[str]) -> None:
    """Move the rows of repositories that are missing on disk to the trash; forks are detached.

    Where something lies on the disk by now, or still, the row stays.
    """
    for name in missing:
        gone = (_repositories.c.repo_name == name) & ~_repositories.c.pending
        row = job.db.execute(select(_repositories).where(gone)).first()
        if row is not None and not _lies_there(job.host.settings.repositories, name):
            job.announce(repository_event(job.caller, "deleted", row))
            trash.put(job, [row], [])


def _lies_there(root: Path, name: str) -> bool:
    try:
        return os.path.lexists(names.path_of(root, name))
    except names.BadName:  # a symbolic link leads out of the root: whatever it is, it is there
        return True
