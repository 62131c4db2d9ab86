"""A table of the plugin's own: which repositories users have marked with a star."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, inspect, select

from kallithea_host import REPOSITORY, Level, schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kallithea_host import DbJob

STARS: Final = Table(
    "example_stars",
    MetaData(),
    Column("user_id", Integer, primary_key=True),
    Column("repo_id", Integer, primary_key=True),
)


def add(job: DbJob) -> bool:
    """Mark ``job.target``; whether it was not marked before. Makes the table if it is missing.

    Transactions that write take turns, so nothing happens between the look and the row.
    """
    STARS.create(job.db, checkfirst=True)
    star = {"user_id": job.caller.user_id, "repo_id": job.target.repo_id}
    if job.db.execute(select(STARS).filter_by(**star)).first():
        return False
    job.db.execute(insert(STARS).values(star))
    return True


def names(job: DbJob) -> list[str]:
    """The names of the repositories that the caller has marked and can read, sorted."""
    if not _is_there(job.db):
        return []
    repositories = schema.repositories
    readable = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.READ)
    marked = (
        select(repositories.c.repo_name)
        .join(STARS, STARS.c.repo_id == repositories.c.repo_id)
        .where(STARS.c.user_id == job.caller.user_id, readable)
    )
    return sorted(job.db.scalars(marked))


def forget(db: Connection, repo_id: int) -> None:
    """Remove the stars of a repository that is deleted."""
    if _is_there(db):
        db.execute(delete(STARS).where(STARS.c.repo_id == repo_id))


def _is_there(db: Connection) -> bool:
    return inspect(db).has_table(STARS.name)
