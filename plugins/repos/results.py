"""Repositories as results show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, bindparam, select

from kallithea_host import Ident, Level, schema
from kallithea_host.accounts import Users
from kallithea_host.clock import iso
from kallithea_host.keys import remote_owner
from kallithea_host.kinds import REPOSITORY
from kallithea_host.remote import mask, with_password
from kallithea_host.remote.credentials import MASK
from kallithea_plugins.repos.members import REPOSITORY_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Row, Select

    from kallithea_host import DbJob
    from kallithea_host.result_types import User
    from kallithea_plugins.repos.result_types import Changeset, Members, Repository

_repositories, _users, _followers = schema.repositories, schema.users, schema.followers
_this: Final = bindparam("repo_id", type_=BigInteger)

_FOLLOWERS: Final = Users(
    _users.c.user_id.in_(select(_followers.c.user_id).where(_followers.c.repo_id == _this))
)
_HOLDERS: Final = Users(
    _users.c.user_id.in_(
        select(_repositories.c.locked_by_id).where(_repositories.c.locked_by_id.is_not(None))
    )
)


def repository_object(job: DbJob, repo_id: int) -> Repository:
    """The repository object of results, for one repository that the caller may see."""
    rows = job.host.permissions.select(
        job.db, job.caller, _one, (REPOSITORY, Level.ADMIN), repo_id=repo_id
    ).all()
    (found,) = _objects(job, rows, _visible_parent(job, rows[0]))
    return found


def visible_objects(job: DbJob) -> list[Repository]:
    """The repository objects of all repositories that the caller can read, by name."""
    wanted = ((REPOSITORY, Level.ADMIN), (REPOSITORY, Level.READ))
    rows = job.host.permissions.select(job.db, job.caller, _visible, *wanted).all()
    return _objects(job, rows, {row.repo_id: row.repo_name for row in rows})


def locked_objects(job: DbJob, holder_id: int | None) -> list[Repository]:
    """The repository objects of what the caller can read and somebody, or one user, locks."""
    make, parameters = _locked, {}
    if holder_id is not None:
        make, parameters = _locked_by, {"holder_id": holder_id}
    wanted = ((REPOSITORY, Level.ADMIN), (REPOSITORY, Level.READ))
    select_ = job.host.permissions.select
    rows = select_(job.db, job.caller, make, *wanted, **parameters).all()
    parents = select_(job.db, job.caller, _parents_of_locked, (REPOSITORY, Level.READ))
    return _objects(job, rows, {row.repo_id: row.repo_name for row in parents})


def _one(administers: ColumnElement[bool]) -> Select[Any]:
    return _final(administers).where(_repositories.c.repo_id == _this)


def _visible(administers: ColumnElement[bool], visible: ColumnElement[bool]) -> Select[Any]:
    return _final(administers).where(visible).order_by(_repositories.c.repo_name)


def _locked(administers: ColumnElement[bool], visible: ColumnElement[bool]) -> Select[Any]:
    return _visible(administers, visible).where(_repositories.c.locked_by_id.is_not(None))


def _locked_by(administers: ColumnElement[bool], visible: ColumnElement[bool]) -> Select[Any]:
    holder_id = bindparam("holder_id", type_=BigInteger)
    return _visible(administers, visible).where(_repositories.c.locked_by_id == holder_id)


def _parents_of_locked(visible: ColumnElement[bool]) -> Select[Any]:
    forks = _repositories.alias()
    parents = select(forks.c.fork_of_id).where(forks.c.locked_by_id.is_not(None))
    found = select(_repositories.c.repo_id, _repositories.c.repo_name)
    return found.where(_repositories.c.repo_id.in_(parents), ~_repositories.c.pending, visible)


def _final(administers: ColumnElement[bool]) -> Select[Any]:
    """Repositories that are not still being made, each with its owner's name."""
    return (
        select(_repositories, _users.c.username.label("owner"), administers.label("administers"))
        .join(_users, _users.c.user_id == _repositories.c.owner_id)
        .where(~_repositories.c.pending)
    )


def _objects(job: DbJob, rows: Sequence[Row[Any]], parents: Mapping[int, str]) -> list[Repository]:
    """The objects of rows; ``parents`` are those whose names the caller may see."""
    locked = any(row.locked_by_id is not None for row in rows)
    holders = _HOLDERS.by_id(job) if locked else {}
    return [_object(job, row, parents, holders) for row in rows]


def _visible_parent(job: DbJob, row: Row[Any]) -> Mapping[int, str]:
    """The name of the parent of a repository, if the caller may see it."""
    if row.fork_of_id is None:
        return {}
    parent = job.host.permissions.find(
        job.db, job.caller, REPOSITORY, Ident(row.fork_of_id), Level.READ
    )
    return {} if parent is None else {parent.repo_id: parent.repo_name}


def _object(
    job: DbJob, row: Row[Any], parents: Mapping[int, str], holders: Mapping[int, User]
) -> Repository:
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


def _last_changeset(row: Row[Any]) -> Changeset:
    return {
        "short_id": row.tip_id[:12],
        "raw_id": row.tip_id,
        "revision": row.tip_revision,
        "message": row.tip_message,
        "date": iso(row.tip_date),
        "author": row.tip_author,
    }


def members(job: DbJob, repository: Row[Any]) -> Members:
    """The users and then the user groups that were granted something, ``default`` first."""
    return REPOSITORY_MEMBERS.of(job, repository.repo_id, private=repository.private)


def followers(job: DbJob, repository: Row[Any]) -> list[User]:
    """The user objects of those who follow a repository."""
    return _FOLLOWERS.objects(job, repo_id=repository.repo_id)
