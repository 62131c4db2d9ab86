"""Renaming and moving a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host import names
from kallithea_host.storage import creation, groups, intents

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host.jobs import DbJob


def plan(job: DbJob, row: Row[Any], new_name: str) -> int:
    """Check that a repository can be called ``new_name``, and write the intent down; its id.

    Raises ``BadName``, ``NameTaken`` or ``OSError``.
    """
    root = job.host.settings.repositories
    if names.fold(new_name) == row.repo_name_key:
        names.check_new(new_name)
    else:
        creation.check_place(job.db, root, job.host.backends, new_name)
    intent_id = intents.begin(job.db, "move", "daemon", repo_ids=[row.repo_id])
    intents.plan_moves(job.db, root, intent_id, [(row.repo_name, new_name)])
    return intent_id


def name_columns(job: DbJob, row: Row[Any], new_name: str) -> dict[str, Any]:
    """The columns of a row that gets a new name; missing groups are made."""
    group_id, _ = groups.make_missing(job.db, new_name, job.caller.user_id or row.owner_id)
    return {"repo_name": new_name, "repo_name_key": names.fold(new_name), "group_id": group_id}
