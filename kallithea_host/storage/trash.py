"""The trash: what was deleted comes back whole, permissions included.

An entry holds one deletion: a repository, and the forks that were deleted with it, as one
document of rows; the directories lie under ``.trash`` until the entry is emptied.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from kallithea_host import names, schema
from kallithea_host.clock import now
from kallithea_host.errors import Conflict, NotFound
from kallithea_host.kinds import REPOSITORY
from kallithea_host.storage import groups, intents, layout, places, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from kallithea_host.jobs import DbJob

_repositories: Final = schema.repositories
_DEPENDENTS: Final = {
    "user_grants": (REPOSITORY.grants.users, "object_id"),
    "user_group_grants": (REPOSITORY.grants.user_groups, "object_id"),
    "followers": (schema.followers, "repo_id"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One deletion."""

    entry_id: int
    name: str
    deleted_on: datetime
    deleted_by: str
    document: dict[str, Any]

    @property
    def repositories(self) -> list[dict[str, Any]]:
        """The rows of the repositories, the deleted one first."""
        return [each["row"] for each in self.document["repositories"]]

    @property
    def moves(self) -> list[tuple[str, str]]:
        """Where each directory was and lies now."""
        return [
            (each["row"]["repo_name"], each["directory"])
            for each in self.document["repositories"]
            if each["directory"] is not None
        ]


def entries(db: Connection) -> list[Entry]:
    """Everything in the trash, oldest first."""
    found = db.execute(select(schema.trash).order_by(schema.trash.c.entry_id))
    return [_entry(row) for row in found]


def get(db: Connection, entry_id: int) -> Entry:
    """An entry; raises ``NotFound``."""
    row = db.execute(select(schema.trash).where(schema.trash.c.entry_id == entry_id)).first()
    if row is None:
        raise NotFound(f"the trash has no entry {entry_id}")
    return _entry(row)


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.entry_id, row.name, row.deleted_on, row.deleted_by, row.document)


def directories(job: DbJob, targets: Sequence[Row[Any]]) -> list[tuple[str, str]]:
    """The renames that deleting these repositories takes; none for what is missing on disk."""
    stamp = now().strftime("%Y%m%d_%H%M%S_%f")
    root = job.host.settings.repositories
    (root / layout.TRASH).mkdir(mode=0o700, exist_ok=True)
    return [
        (row.repo_name, layout.trash_path(stamp, row.repo_id))
        for row in targets
        if os.path.lexists(names.path_of(root, row.repo_name))
    ]


def put(job: DbJob, targets: Sequence[Row[Any]], moves: Iterable[tuple[str, str]]) -> None:
    """Move the rows of repositories into one entry; the first is the deleted one, forks follow.

    Forks that stay are detached. The directories are moved by the intent that goes with it.
    """
    db, ids = job.db, [row.repo_id for row in targets]
    lies_at = dict(moves)
    detached = [
        {"repo_id": repo_id, "fork_of_id": parent_id}
        for repo_id, parent_id in db.execute(
            select(_repositories.c.repo_id, _repositories.c.fork_of_id).where(
                _repositories.c.fork_of_id.in_(ids), _repositories.c.repo_id.not_in(ids)
            )
        )
    ]
    document = {
        "repositories": [_dump(db, row, lies_at.get(row.repo_name)) for row in targets],
        "detached": detached,
    }
    _detach(db, ids)
    db.execute(delete(_repositories).where(_repositories.c.repo_id.in_(ids)))
    entry = {"name": targets[0].repo_name, "document": document}
    when = {"deleted_on": now(), "deleted_by": job.caller.username}
    db.execute(insert(schema.trash).values(entry | when))


def _dump(db: Connection, row: Row[Any], directory: str | None) -> dict[str, Any]:
    (values,) = rows.dump(db, _repositories, _repositories.c.repo_id == row.repo_id)
    dependents = {
        key: rows.dump(db, table, table.c[column] == row.repo_id)
        for key, (table, column) in _DEPENDENTS.items()
    }
    journal = schema.journal
    entries_ = db.scalars(select(journal.c.entry_id).where(journal.c.repo_id == row.repo_id))
    return {"row": values, "directory": directory, "journal": list(entries_), **dependents}


def _detach(db: Connection, ids: Sequence[int]) -> None:
    db.execute(
        update(_repositories).where(_repositories.c.fork_of_id.in_(ids)).values(fork_of_id=None)
    )


def plan_restoring(job: DbJob, entry_id: int) -> int:
    """Check that an entry can come back, and write the intent down; its id."""
    entry = get(job.db, entry_id)
    _check(job, entry)
    intent_id = intents.begin(job.db, "restore", "operator")
    moves = [(lies_at, was_at) for was_at, lies_at in entry.moves]
    intents.plan_moves(job.db, job.host.settings.repositories, intent_id, moves)
    return intent_id


def _check(job: DbJob, entry: Entry) -> None:
    """Raise ``Conflict`` if something stands against the return of a repository of the entry."""
    for row in entry.repositories:
        try:
            places.check_free(job, row["repo_name"])
        except (places.NameTaken, names.BadName) as error:
            raise Conflict(f"`{row['repo_name']}` cannot come back: {error}") from None
        if not _exists(job.db, schema.users.c.user_id, row["owner_id"]):
            raise Conflict(f"`{row['repo_name']}` cannot come back: its owner is gone")


def restore(job: DbJob, entry_id: int, intent_id: int) -> Entry:
    """Put the rows and directories of an entry back; raises ``Conflict`` as planning it does."""
    entry = get(job.db, entry_id)
    _check(job, entry)
    for each in entry.document["repositories"]:
        _restore_one(job.db, each)
    for detached in entry.document["detached"]:
        job.db.execute(
            update(_repositories)
            .where(
                _repositories.c.repo_id == detached["repo_id"], _repositories.c.fork_of_id.is_(None)
            )
            .values(fork_of_id=detached["fork_of_id"])
        )
    job.db.execute(delete(schema.trash).where(schema.trash.c.entry_id == entry_id))
    intents.finish(job.db, job.host.settings.repositories, intent_id)
    return entry


def _restore_one(db: Connection, each: dict[str, Any]) -> None:
    """Put back one repository; rows of users and groups that are gone stay away."""
    row = dict(each["row"])
    row["group_id"], _ = groups.make_missing(db, row["repo_name"], row["owner_id"])
    if not _exists(db, _repositories.c.repo_id, row["fork_of_id"]):
        row["fork_of_id"] = None
    if not _exists(db, schema.users.c.user_id, row["locked_by_id"]):
        row["locked_by_id"] = row["locked_at"] = None
    rows.load(db, _repositories, [row])
    for key, (table, _) in _DEPENDENTS.items():
        rows.load(db, table, [kept for kept in each[key] if _has_grantee(db, kept)])
    journal = schema.journal
    db.execute(
        update(journal)
        .where(journal.c.entry_id.in_(each["journal"]))
        .values(repo_id=row["repo_id"])
    )


def _has_grantee(db: Connection, row: dict[str, Any]) -> bool:
    if "users_group_id" in row:
        return _exists(db, schema.user_groups.c.users_group_id, row["users_group_id"])
    return _exists(db, schema.users.c.user_id, row["user_id"])


def _exists(db: Connection, column: Any, value: Any) -> bool:
    return value is not None and db.scalar(select(column).where(column == value)) is not None


def forget(db: Connection, entry_id: int) -> int:
    """Empty an entry for good; the intent whose undoing removes the directories."""
    entry = get(db, entry_id)
    db.execute(delete(schema.trash).where(schema.trash.c.entry_id == entry_id))
    return intents.begin(db, "empty", "operator", removes=[lies_at for _, lies_at in entry.moves])
