"""Renaming and moving a repository group, with everything that lies below it.

Full names hold the names of the groups, so that every row below gets a new one, while on the disk
one directory is renamed. Whoever does it holds the locks of all groups and of every repository
below, and nothing else may be under way there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, update

from kallithea_host import names, schema
from kallithea_host.errors import Busy
from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP
from kallithea_host.names import BadName
from kallithea_host.storage import groups, intents, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Row

    from kallithea_host.jobs import DbJob
    from kallithea_host.kinds import Kind

_groups, _repositories = schema.repository_groups, schema.repositories


@dataclass(frozen=True, slots=True)
class Renamed:
    """A repository that has a new name because its group has."""

    old_name: str
    row: Row[Any]


@dataclass(frozen=True, slots=True)
class _Below:
    """A group with all groups below it, and the repositories in them."""

    groups: Sequence[Row[Any]]
    repositories: Sequence[Row[Any]]


def repositories_below(job: DbJob, group_id: int) -> list[int]:
    """The ids of the repositories below a group, those in the making included."""
    inside = _repositories.c.group_id.in_(groups.tree(group_id))
    return list(job.db.scalars(select(_repositories.c.repo_id).where(inside)))


def plan(job: DbJob, group: Row[Any], new_name: str, held: Sequence[int]) -> int:
    """Check that a group can be called ``new_name``, and write the intent down; its id.

    Args:
        job: a transaction that writes.
        group: the row of the group as it is now.
        new_name: the new full name.
        held: the ids of the repositories whose locks the caller holds.

    Raises ``BadName``, ``NameTaken`` or ``OSError``; ``Busy`` while something else is made or
    changed below the group.
    """
    _check(job, group, new_name, held)
    intent_id = intents.begin(job.db, "move", "daemon", repo_ids=list(held))
    root, old_name = job.host.settings.repositories, group.group_name
    moves = [(old_name, new_name)] if held or os.path.lexists(root / old_name) else []
    intents.plan_moves(job.db, root, intent_id, moves)
    return intent_id


def rename(
    job: DbJob, group: Row[Any], new_name: str, held: Sequence[int], intent_id: int
) -> list[Renamed]:
    """Give a group and everything below it their new names; the repositories, by name.

    Somebody may have taken the name since it was planned, so this raises as ``plan`` does. The
    directory is renamed when the caller finishes the intent.
    """
    below = _check(job, group, new_name, held, intent_id)
    cut = len(group.group_name)
    new_names = {row.group_id: new_name + row.group_name[cut:] for row in below.groups}
    _store(job.db, REPOSITORY_GROUP, new_names)
    old_names = {row.repo_id: row.repo_name for row in below.repositories}
    new_names = {repo_id: new_name + name[cut:] for repo_id, name in old_names.items()}
    _store(job.db, REPOSITORY, new_names)
    parent_id = groups.existing(job.db, new_name).get(names.parent(new_name))
    of_this = _groups.c.group_id == group.group_id
    job.db.execute(update(_groups).where(of_this).values(parent_id=parent_id))
    inside = _repositories.c.group_id.in_(groups.tree(group.group_id))
    rows = job.db.execute(select(_repositories).where(inside).order_by(_repositories.c.repo_name))
    return [Renamed(old_names[row.repo_id], row) for row in rows]


def _store(db: Connection, kind: Kind, new_names: Mapping[int, str]) -> None:
    """Store the new names of rows, and the form under which they are unique."""
    values = [
        {"row_id": row_id, "new_name": name, "new_key": names.fold(name)}
        for row_id, name in new_names.items()
    ]
    columns: dict[str, Any] = {
        kind.name.name: bindparam("new_name"),
        f"{kind.name.name}_key": bindparam("new_key"),
    }
    if values:
        this = kind.id == bindparam("row_id")
        db.execute(update(kind.table).where(this).values(columns), values)


def _check(
    job: DbJob, group: Row[Any], new_name: str, held: Sequence[int], intent_id: int | None = None
) -> _Below:
    """Everything that could stand against it; what lies below the group."""
    old_name = group.group_name
    if new_name.startswith(f"{old_name}/"):
        raise BadName("a group cannot lie in itself")
    _check_quiet(job.db, old_name, intent_id)
    below = _below(job.db, group)
    pending = any(row.pending for row in below.repositories)
    if pending or {row.repo_id for row in below.repositories} != set(held):
        raise Busy
    for full in _full_names(below):
        names.check_safe(new_name + full[len(old_name) :])
    _check_place(job, group, new_name)
    return below


def _check_quiet(db: Connection, name: str, own_id: int | None) -> None:
    """Raise ``Busy`` while another change moves something into the group or out of it."""
    for intent in intents.all_open(db):
        paths = [path for move in intent.moves for path in move]
        if intent.intent_id != own_id and any(f"{path}/".startswith(f"{name}/") for path in paths):
            raise Busy


def _check_place(job: DbJob, group: Row[Any], new_name: str) -> None:
    if names.fold(new_name) == group.group_name_key:  # the same name in another spelling
        names.check_new(new_name)
    else:
        places.check_new(job, new_name)
    path = names.path_of(job.host.settings.repositories, group.group_name)
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise BadName(f"{group.group_name} is no directory")


def _below(db: Connection, group: Row[Any]) -> _Below:
    """What lies below a group; raises ``BadName`` where rows and names contradict each other."""
    tree, name = groups.tree(group.group_id), group.group_name
    below = _Below(
        _rows(db, _groups.c.group_name, _groups.c.group_id.in_(tree), name),
        _rows(db, _repositories.c.repo_name, _repositories.c.group_id.in_(tree), name),
    )
    group_names = {row.group_id: row.group_name for row in below.groups}
    placed = [(row.repo_name, row.group_id) for row in below.repositories]
    placed += [(row.group_name, row.parent_id) for row in below.groups if row.group_name != name]
    for full, group_id in placed:
        if group_names.get(group_id) != names.parent(full):
            raise BadName(f"{full} does not lie where its row says")
    return below


def _rows(
    db: Connection, column: Column[str], in_tree: ColumnElement[bool], name: str
) -> Sequence[Row[Any]]:
    """The rows that lie below a group by their own word, or by their full name."""
    prefix = f"{name}/"
    named = func.substr(column, 1, len(prefix)) == prefix
    return db.execute(select(column.table).where(or_(in_tree, named)).order_by(column)).all()


def _full_names(below: _Below) -> Iterator[str]:
    yield from (row.group_name for row in below.groups)
    yield from (row.repo_name for row in below.repositories)
