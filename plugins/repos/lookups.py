"""What is looked up for a change: again, once nobody else is changing it; and new owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kallithea_host import Level, NotFound, schema
from kallithea_host.accounts import get_user
from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP
from kallithea_host.names import BadName

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob, Ident


def current(job: DbJob, ident: Ident, repo_id: int) -> Row[Any]:
    """The row as it is now; raises ``NotFound`` when somebody deleted the repository meanwhile."""
    table = schema.repositories
    row = job.db.execute(select(table).where(table.c.repo_id == repo_id)).first()
    if row is None:
        raise REPOSITORY.not_found(ident)
    return row


def current_group(job: DbJob, ident: Ident) -> Row[Any]:
    """The group a call is about, as it is now; raises ``NotFound`` when somebody deleted it."""
    table = schema.repository_groups
    this = table.c.group_id == job.target.group_id
    row = job.db.execute(select(table).where(this)).first()
    if row is None:
        raise REPOSITORY_GROUP.not_found(ident)
    return row


def new_owner_id(job: DbJob, owner: Ident) -> int:
    """The id of a user who is to own something; raises ``BadName`` when there is none."""
    try:
        user_id: int = get_user(job.db, owner).user_id
    except NotFound as error:
        raise BadName(str(error)) from None
    return user_id


def group_named(job: DbJob, group: Ident) -> str:
    """The full name of a group to move to, which the caller must be able to see; ``/`` is none."""
    if group.given == "/":
        return ""
    row = job.host.permissions.get(job.db, job.caller, REPOSITORY_GROUP, group, Level.READ)
    name: str = row.group_name
    return name
