"""Repository groups as results show them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, bindparam, select

from kallithea_host import REPOSITORY, REPOSITORY_GROUP, Level, schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row, Select

    from kallithea_host import DbJob
    from kallithea_plugins.repos.result_types import RepositoryGroup

_groups, _repositories, _users = schema.repository_groups, schema.repositories, schema.users
_parents: Final = _groups.alias("parents")
_this: Final = bindparam("group_id", type_=BigInteger)


def group_object(job: DbJob, group_id: int) -> RepositoryGroup:
    """The repository group object of results, for one group that the caller may see."""
    select_ = job.host.permissions.select
    wanted, inside = (REPOSITORY_GROUP, Level.READ), (REPOSITORY, Level.READ)
    groups = select_(job.db, job.caller, _one, wanted, group_id=group_id)
    repositories = select_(job.db, job.caller, _directly_inside, inside, group_id=group_id)
    (found,) = _objects(groups, repositories)
    return found


def group_objects(job: DbJob) -> list[RepositoryGroup]:
    """The repository group objects of all groups that the caller may see, by name."""
    select_ = job.host.permissions.select
    groups = select_(job.db, job.caller, _visible, (REPOSITORY_GROUP, Level.READ))
    repositories = select_(job.db, job.caller, _in_groups, (REPOSITORY, Level.READ))
    return _objects(groups, repositories)


def _objects(groups: Iterable[Row[Any]], repositories: Iterable[Row[Any]]) -> list[RepositoryGroup]:
    inside = defaultdict(list)
    for repository in repositories:
        inside[repository.group_id].append(repository.repo_name)
    return [
        {
            "group_id": group.group_id,
            "group_name": group.group_name,
            "group_description": group.group_description,
            "parent_group": group.parent_group,
            "repositories": inside[group.group_id],
            "owner": group.owner,
        }
        for group in groups
    ]


def _visible(visible: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _groups.c.group_id,
            _groups.c.group_name,
            _groups.c.group_description,
            _parents.c.group_name.label("parent_group"),
            _users.c.username.label("owner"),
        )
        .join(_users, _users.c.user_id == _groups.c.owner_id)
        .outerjoin(_parents, _parents.c.group_id == _groups.c.parent_id)
        .where(visible)
        .order_by(_groups.c.group_name)
    )


def _one(visible: ColumnElement[bool]) -> Select[Any]:
    return _visible(visible).where(_groups.c.group_id == _this)


def _in_groups(visible: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_repositories.c.group_id, _repositories.c.repo_name)
        .where(visible, ~_repositories.c.pending, _repositories.c.group_id.is_not(None))
        .order_by(_repositories.c.repo_name)
    )


def _directly_inside(visible: ColumnElement[bool]) -> Select[Any]:
    return _in_groups(visible).where(_repositories.c.group_id == _this)
