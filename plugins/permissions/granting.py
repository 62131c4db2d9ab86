"""Granting and revoking on a repository: one row for each pair of grantee and repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, update

from kallithea_host import BadRequest, Event, NotFound
from kallithea_host.kinds import GLOBAL_NAMES, LEVEL_NAMES, REPOSITORY

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Table

    from kallithea_host import DbJob, Level


def level_of(name: str) -> Level:
    """The level that a permission name stands for; refuses what is no name, and other kinds'."""
    kind, level = LEVEL_NAMES.get(name, (None, None))
    if kind is REPOSITORY and level is not None:
        return level
    if kind is None and name not in GLOBAL_NAMES:
        raise NotFound(f"permission `{name}` does not exist")
    raise BadRequest(f"permission `{name}` is invalid, should start with {REPOSITORY.prefix}.")


@dataclass(frozen=True, slots=True)
class Grantee:
    """A user or a user group that something is granted to, on the repository of a job."""

    rows: Table
    key: str
    """The column of the rows that holds the grantee's id."""
    id: int
    name: dict[str, str]
    """The grantee's name, as events have it."""

    def grant(self, job: DbJob, level: Level) -> None:
        """Set the level of the row, which keeps its place if it exists, and tell the plugins."""
        changed = update(self.rows).where(self._row(job)).values(level=int(level))
        if not job.db.execute(changed).rowcount:
            row = {self.key: self.id, "object_id": job.target.repo_id, "level": int(level)}
            job.db.execute(insert(self.rows).values(row))
        self._tell(job, "permission.granted", permission=REPOSITORY.permission(level))

    def revoke(self, job: DbJob) -> None:
        """Remove the row and tell the plugins, if there is one."""
        if job.db.execute(delete(self.rows).where(self._row(job))).rowcount:
            self._tell(job, "permission.revoked")

    def _row(self, job: DbJob) -> ColumnElement[bool]:
        rows = self.rows.c
        return and_(rows[self.key] == self.id, rows.object_id == job.target.repo_id)

    def _tell(self, job: DbJob, action: str, **details: str) -> None:
        repository = {"repo_id": job.target.repo_id, "repo_name": job.target.repo_name}
        subject = {**repository, self.key: self.id, **self.name}
        job.announce(Event(action, job.caller.username, job.caller.address, subject, details))


def user(row: Row[Any]) -> Grantee:
    """A user, as a grantee."""
    rows = REPOSITORY.grants.users
    return Grantee(rows, "user_id", row.user_id, {"username": row.username})


def user_group(row: Row[Any]) -> Grantee:
    """A user group, as a grantee."""
    rows = REPOSITORY.grants.user_groups
    return Grantee(rows, "users_group_id", row.users_group_id, {"group_name": row.group_name})
