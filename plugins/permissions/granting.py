"""Granting and revoking: one row for each pair of a grantee and an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, insert, select, update

from kallithea_host import BadRequest, Event, Fault, NotFound
from kallithea_host.kinds import GLOBAL_NAMES, LEVEL_NAMES, REPOSITORY, REPOSITORY_GROUP, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row, Table

    from kallithea_host import DbJob, Level


def level_of(name: str, kind: Kind = REPOSITORY) -> Level:
    """The level on a kind that a permission name stands for; refuses no names, and other kinds'."""
    named, level = LEVEL_NAMES.get(name, (None, None))
    if named is kind and level is not None:
        return level
    if named is None and name not in GLOBAL_NAMES:
        raise NotFound(f"permission `{name}` does not exist")
    raise BadRequest(
        f"permission `{name}` is invalid, should start with {kind.prefix}.",
        Fault.of(name, f"{kind.prefix}.none, read, write or admin", "perm"),
    )


@dataclass(frozen=True, slots=True)
class Objects:
    """What something is granted on: objects of one kind, by their rows."""

    kind: Kind
    rows: Sequence[Row[Any]]

    @property
    def ids(self) -> list[int]:
        """Their ids, in the order of the rows."""
        name = self.kind.id.name
        return [getattr(row, name) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Grantee:
    """A user or a user group that something is granted to."""

    key: str
    """The column of the rows that holds the grantee's id."""
    id: int
    name: dict[str, str]
    """The grantee's name, as events have it."""

    def grant(self, job: DbJob, objects: Objects, level: Level) -> None:
        """Set the level of each row, which keeps its place if it exists, and tell the plugins."""
        table, granted = self._table(objects.kind), self._granted(job, objects)
        present = [{"this": object_id} for object_id in objects.ids if object_id in granted]
        new = [
            {self.key: self.id, "object_id": object_id, "level": int(level)}
            for object_id in objects.ids
            if object_id not in granted
        ]
        if present:
            job.db.execute(update(table).where(self._row(table)).values(level=int(level)), present)
        if new:
            job.db.execute(insert(table), new)
        for row in objects.rows:
            permission = objects.kind.permission(level)
            self._tell(job, objects.kind, row, "permission.granted", permission=permission)

    def revoke(self, job: DbJob, objects: Objects) -> None:
        """Remove the rows there are, and tell the plugins of each."""
        table, granted = self._table(objects.kind), self._granted(job, objects)
        if granted:
            going = [{"this": object_id} for object_id in granted]
            job.db.execute(delete(table).where(self._row(table)), going)
        for object_id, row in zip(objects.ids, objects.rows, strict=True):
            if object_id in granted:
                self._tell(job, objects.kind, row, "permission.revoked")

    def _row(self, table: Table) -> ColumnElement[bool]:
        return and_(table.c[self.key] == self.id, table.c.object_id == bindparam("this"))

    def _table(self, kind: Kind) -> Table:
        return kind.grants.users if self.key == "user_id" else kind.grants.user_groups

    def _granted(self, job: DbJob, objects: Objects) -> set[int]:
        """The ids of those objects on which the grantee has a row."""
        if not objects.ids:
            return set()
        table, ids = self._table(objects.kind), objects.ids
        near = table.c.object_id.between(min(ids), max(ids))
        mine = select(table.c.object_id).where(table.c[self.key] == self.id, near)
        return set(job.db.scalars(mine)).intersection(ids)

    def _tell(self, job: DbJob, kind: Kind, row: Row[Any], action: str, **details: str) -> None:
        subject = {**_subject(kind, row), self.key: self.id, **self.name}
        job.announce(Event(action, job.caller.username, job.caller.address, subject, details))


def user(row: Row[Any]) -> Grantee:
    """A user, as a grantee."""
    return Grantee("user_id", row.user_id, {"username": row.username})


def user_group(row: Row[Any]) -> Grantee:
    """A user group, as a grantee."""
    return Grantee("users_group_id", row.users_group_id, {"group_name": row.group_name})


def _subject(kind: Kind, row: Row[Any]) -> dict[str, int | str]:
    """An object, as events have it, beside a user group that has a ``group_name`` too."""
    if kind is REPOSITORY_GROUP:
        return {"repo_group_id": row.group_id, "repo_group_name": row.group_name}
    return {"repo_id": row.repo_id, "repo_name": row.repo_name}
