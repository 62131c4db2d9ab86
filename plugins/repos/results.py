"""Repositories as results show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, select

from kallithea_host import Ident, Level, schema
from kallithea_host.accounts import users_by_id
from kallithea_host.clock import iso
from kallithea_host.keys import remote_owner
from kallithea_host.kinds import REPOSITORY
from kallithea_host.remote import mask, with_password
from kallithea_host.remote.credentials import MASK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from kallithea_host import DbJob

_repositories, _users = schema.repositories, schema.users
_GRANTS: Final = REPOSITORY.grants

Object = dict[str, Any]


def repository_object(job: DbJob, repo_id: int) -> Object:
    """The repository object of results, for one repository that the caller may see."""
    (found,) = _objects(job, _repositories.c.repo_id == repo_id, _visible_parent)
    return found


def visible_objects(job: DbJob) -> list[Object]:
    """The repository objects of all repositories that the caller can read, by name."""
    visible = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.READ)
    return _objects(job, visible, _listed_parents)


def _objects(
    job: DbJob,
    which: ColumnElement[bool],
    parents_of: Callable[[DbJob, Sequence[Row[Any]]], Mapping[int, str]],
) -> list[Object]:
    """One statement for the repositories; one more for lock holders, if there are any."""
    administers = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.ADMIN)
    rows = job.db.execute(
        select(_repositories, _users.c.username.label("owner"), administers.label("administers"))
        .join(_users, _users.c.user_id == _repositories.c.owner_id)
        .where(which, ~_repositories.c.pending)
        .order_by(_repositories.c.repo_name)
    ).all()
    parents = parents_of(job, rows)
    holders = _holders(job, rows)
    return [_object(job, row, parents, holders) for row in rows]


def _listed_parents(_job: DbJob, rows: Sequence[Row[Any]]) -> Mapping[int, str]:
    """The names of parents when ``rows`` are all that the caller may see."""
    return {row.repo_id: row.repo_name for row in rows}


def _visible_parent(job: DbJob, rows: Sequence[Row[Any]]) -> Mapping[int, str]:
    """The name of the parent of a single repository, if the caller may see it."""
    parent_id = rows[0].fork_of_id
    if parent_id is None:
        return {}
    parent = job.host.permissions.find(
        job.db, job.caller, REPOSITORY, Ident(parent_id), Level.READ
    )
    return {} if parent is None else {parent_id: parent.repo_name}


def _holders(job: DbJob, rows: Sequence[Row[Any]]) -> Mapping[int, Object]:
    """The user objects of those who hold a lock."""
    if all(row.locked_by_id is None for row in rows):
        return {}
    holders = select(_repositories.c.locked_by_id).where(_repositories.c.locked_by_id.is_not(None))
    return users_by_id(job, _users.c.user_id.in_(holders))


def _object(
    job: DbJob, row: Row[Any], parents: Mapping[int, str], holders: Mapping[int, Object]
) -> Object:
    style = job.host.style
    kind, _, revision = row.landing_rev.partition(":")
    return {
        "repo_id": row.repo_id,
        "repo_name": row.repo_name,
        "repo_type": row.repo_type,
        "clone_uri": _clone_uri(job, row),
        "private": row.private,
        "created_on": iso(row.created_on),
        "description": row.description,
        "landing_rev": style.landing_rev(kind, revision),
        "owner": row.owner,
        "fork_of": parents.get(row.fork_of_id),
        "enable_statistics": row.enable_statistics,
        "enable_downloads": row.enable_downloads,
        "enable_locking": row.enable_locking,
        "last_changeset": _last_changeset(row),
        "locked_by": style.locked_by(holders.get(row.locked_by_id)),
        "locked_date": style.locked_date(row.locked_at if row.locked_by_id else None),
    }


def _clone_uri(job: DbJob, row: Row[Any]) -> str | None:
    """The address, with its password only for those who administer the repository."""
    if row.administers or row.clone_uri is None:
        return stored_clone_uri(job, row)
    sealed = row.clone_uri_password is not None
    return with_password(row.clone_uri, MASK) if sealed else mask(row.clone_uri)


def stored_clone_uri(job: DbJob, row: Row[Any]) -> str | None:
    """The address of the remote as it was given, password included."""
    if row.clone_uri is None or row.clone_uri_password is None:
        uri: str | None = row.clone_uri
        return uri
    password = job.host.vault.unseal(row.clone_uri_password, remote_owner(row.repo_id))
    return with_password(row.clone_uri, password)


def _last_changeset(row: Row[Any]) -> Object:
    return {
        "short_id": row.tip_id[:12],
        "raw_id": row.tip_id,
        "revision": row.tip_revision,
        "message": row.tip_message,
        "date": iso(row.tip_date),
        "author": row.tip_author,
    }


def members(job: DbJob, repository: Row[Any]) -> list[Object]:
    """The users and then the user groups that were granted something, ``default`` first."""
    return [*_user_members(job, repository), *_group_members(job, repository)]


def _user_members(job: DbJob, repository: Row[Any]) -> list[Object]:
    rows = _GRANTS.users
    granted = rows.c.object_id == repository.repo_id
    found = select(rows.c.user_id, rows.c.level).where(granted).order_by(rows.c.grant_id)
    levels = {row.user_id: row.level for row in job.db.execute(found)}
    default = levels.pop(schema.default_user_id, None)
    if repository.private:
        default = Level.NONE
    if default is not None:
        levels = {schema.default_user_id: default, **levels}
    wanted = _users.c.user_id.in_(select(rows.c.user_id).where(granted))
    users = users_by_id(job, wanted | (_users.c.user_id == schema.default_user_id))
    return [
        {
            "name": users[user_id]["username"],
            "type": "user",
            **users[user_id],
            "permission": REPOSITORY.permission(level),
        }
        for user_id, level in levels.items()
    ]


def _group_members(job: DbJob, repository: Row[Any]) -> list[Object]:
    rows, groups = _GRANTS.user_groups, schema.user_groups
    found = job.db.execute(
        select(groups.c.users_group_id, groups.c.group_name, groups.c.active, rows.c.level)
        .join(groups, groups.c.users_group_id == rows.c.users_group_id)
        .where(rows.c.object_id == repository.repo_id)
        .order_by(rows.c.grant_id)
    )
    return [
        {
            "name": row.group_name,
            "type": job.host.style.group_member_type,
            "id": row.users_group_id,
            "active": row.active,
            "permission": REPOSITORY.permission(row.level),
        }
        for row in found
    ]


def followers(job: DbJob, repository: Row[Any]) -> list[Object]:
    """The user objects of those who follow a repository."""
    rows = schema.followers
    following = select(rows.c.user_id).where(rows.c.repo_id == repository.repo_id)
    return list(users_by_id(job, _users.c.user_id.in_(following)).values())
