"""Making and removing repository groups: a row and a directory each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, or_, select

from kallithea_host import names, schema
from kallithea_host.storage import intents, places

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kallithea_host.jobs import DbJob

_groups, _repositories = schema.repository_groups, schema.repositories
_DEFAULT: Final = schema.default_user_id


class GroupTaken(Exception):
    """A repository group has this name already."""


class NotEmpty(Exception):
    """Repositories or groups lie in the group."""


def check_new(job: DbJob, name: str) -> None:
    """Raise ``GroupTaken``, ``NameTaken`` or ``BadName`` unless such a group may be made here."""
    names.check_safe(name)
    taken = _groups.c.group_name_key == names.fold(name)
    if job.db.scalar(select(_groups.c.group_id).where(taken)) is not None:
        raise GroupTaken
    places.check_new(job, name)


def check_owner(owner_id: int) -> None:
    """Raise ``BadName`` for an owner whose rows on the group would be everybody's."""
    if owner_id == _DEFAULT:
        raise names.BadName("the default user cannot own a repository group")


def plan_making(job: DbJob, name: str) -> int:
    """Write down that a group is about to be made, once it has been checked; the intent's id."""
    intent_id = intents.begin(job.db, "create", "daemon")
    intents.plan_directory(job.db, job.host.settings.repositories, intent_id, name)
    return intent_id


def plan_removing(job: DbJob, group_id: int, name: str) -> int:
    """Check that a group can go, and write that down; the intent's id. Raises ``NotEmpty``."""
    check_empty(job.db, group_id)
    intent_id = intents.begin(job.db, "delete", "daemon")
    intents.plan_clearing(job.db, job.host.settings.repositories, intent_id, name)
    return intent_id


def remove(job: DbJob, group_id: int, intent_id: int) -> None:
    """Remove the row of a group and, as the last act, its directory.

    Raises ``NotEmpty``, or ``OSError`` when anything unknown lies in the directory.
    """
    check_empty(job.db, group_id)
    job.db.execute(delete(_groups).where(_groups.c.group_id == group_id))
    intents.finish(job.db, job.host.settings.repositories, intent_id)


def check_empty(db: Connection, group_id: int) -> None:
    """Raise ``NotEmpty`` if a repository, one in the making included, or a group lies in it."""
    repository = select(_repositories.c.repo_id).where(_repositories.c.group_id == group_id)
    group = select(_groups.c.group_id).where(_groups.c.parent_id == group_id)
    if db.scalar(select(or_(repository.exists(), group.exists()))):
        raise NotEmpty("the group holds something")
