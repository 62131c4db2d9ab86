"""Repositories looked up again, once nobody else is changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.kinds import REPOSITORY

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
