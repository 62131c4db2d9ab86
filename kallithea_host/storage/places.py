"""Whether a repository can be put at a name: nothing else there, nothing around it in the way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from kallithea_host import names, schema
from kallithea_host.names import BadName
from kallithea_host.storage import groups

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from kallithea_host.jobs import DbJob
    from kallithea_host.vcs import Backends

_repositories: Final = schema.repositories


class NameTaken(Exception):
    """A repository has this name already; ``is_fork`` says of what kind it is."""

    def __init__(self, *, is_fork: bool) -> None:
        super().__init__("the name is taken")
        self.is_fork = is_fork


def check_new(job: DbJob, name: str) -> None:
    """Raise ``NameTaken`` or ``BadName`` unless a repository of this name may be made here."""
    check_free(job, name)
    names.check_new(name)
    if _makes_group_of_digits(job.db, name):
        raise BadName("a group's name of digits only would be taken for an id")


def check_free(job: DbJob, name: str) -> None:
    """As ``check_new``, for a name that was in use before: it need only be safe."""
    root = job.host.settings.repositories
    path = names.path_of(root, name)
    check_names(job.db, name)
    _check_way(root, job.host.backends, name)
    if os.path.lexists(path):
        raise BadName("something else lies there")


def check_names(db: Connection, name: str) -> None:
    """Raise ``NameTaken`` or ``BadName`` if the name clashes with one in the database."""
    refuse_taken(db, name)
    group_names = schema.repository_groups.c.group_name_key
    if db.scalar(select(group_names).where(group_names == names.fold(name))) is not None:
        raise BadName("a repository group has this name")
    groups.existing(db, name)
    above = _repositories.c.repo_name_key.in_(map(names.fold, names.ancestors(name)))
    if db.scalar(select(_repositories.c.repo_id).where(above)) is not None:
        raise BadName("it would lie inside another repository")


def refuse_taken(db: Connection, name: str) -> None:
    """Raise ``NameTaken`` if a repository has this name, or one that differs only in case."""
    taken = db.execute(
        select(_repositories.c.fork_of_id).where(_repositories.c.repo_name_key == names.fold(name))
    ).first()
    if taken is not None:
        raise NameTaken(is_fork=taken.fork_of_id is not None)


def _makes_group_of_digits(db: Connection, name: str) -> bool:
    """Whether a group would have to be made that could not be named afterwards."""
    outermost = name.partition("/")[0]
    return outermost.isdecimal() and outermost not in groups.existing(db, name)


def _check_way(root: Path, backends: Backends, name: str) -> None:
    """Nothing but true directories leads to the place, none of them a repository."""
    for ancestor in names.ancestors(name):
        path = names.path_of(root, ancestor)
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise BadName(f"{ancestor} is no directory")
        if backends.detect(path) is not None:
            raise BadName("it would lie inside another repository")
