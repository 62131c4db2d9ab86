"""Renaming and moving a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host import names
from kallithea_host.storage import groups, intents, places

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host.jobs import DbJob


def plan(job: DbJob, row: Row[Any], new_name: str) -> int:
    """Check that a repository can be called ``new_name``, and write the intent down; its id.

    Raises ``BadName``, ``NameTaken`` or ``OSError``.
    """
    _check(job, row, new_name)
    intent_id = intents.begin(job.db, "move", "daemon", repo_ids=[row.repo_id])
    moves = [(row.repo_name, new_name)]
    intents.plan_moves(job.db, job.host.settings.repositories, intent_id, moves)
    return intent_id


def name_columns(job: DbJob, row: Row[Any], new_name: str) -> dict[str, Any]:
    """The columns of a row that gets a new name; missing groups are made.

    Somebody may have taken the name since it was planned, so this raises as ``plan`` does.
    """
    _check(job, row, new_name)
    group_id, _ = groups.make_missing(job.db, new_name, job.caller.user_id or row.owner_id)
    return {"repo_name": new_name, "repo_name_key": names.fold(new_name), "group_id": group_id}


def _check(job: DbJob, row: Row[Any], new_name: str) -> None:
    if names.fold(new_name) == row.repo_name_key:  # the same name in another spelling
        names.check_new(new_name)
    else:
        places.check_new(job, new_name)
