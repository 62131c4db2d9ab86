"""How far a grant on a repository group reaches: ``apply_to_children``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kallithea_host import REPOSITORY, REPOSITORY_GROUP, schema
from kallithea_host.storage.groups import tree
from kallithea_plugins.permissions.granting import Objects

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob

_groups, _repositories = schema.repository_groups, schema.repositories


class Reach(StrEnum):
    """What besides the group itself a grant is made on; the values are the wire's."""

    NONE = "none"
    REPOS = "repos"
    """All repositories below."""
    GROUPS = "groups"
    """All groups below."""
    ALL = "all"

    @classmethod
    def of(cls, word: str) -> Reach:
        """The reach that a word stands for; an unknown one is ``none``, as in the product."""
        return cls(word) if word in set(cls) else cls.NONE


def groups_in_reach(job: DbJob, group: Row[Any], reach: Reach) -> Objects:
    """The group itself, and those below it if the grant reaches them."""
    if reach not in {Reach.GROUPS, Reach.ALL}:
        return Objects(REPOSITORY_GROUP, [group])
    inside = _groups.c.group_id.in_(tree(group.group_id))
    rows = job.db.execute(select(_groups).where(inside).order_by(_groups.c.group_name))
    return Objects(REPOSITORY_GROUP, rows.all())


def repositories_in_reach(job: DbJob, group: Row[Any], reach: Reach) -> Objects:
    """The repositories below, if the grant reaches them; none that is only being made."""
    if reach not in {Reach.REPOS, Reach.ALL}:
        return Objects(REPOSITORY, [])
    inside = _repositories.c.group_id.in_(tree(group.group_id)) & ~_repositories.c.pending
    rows = job.db.execute(select(_repositories).where(inside).order_by(_repositories.c.repo_name))
    return Objects(REPOSITORY, rows.all())
