"""The newest entries of the journal, as those may see them who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import and_, exists, func, select

from kallithea_host import REPOSITORY, Level, schema
from kallithea_host.permissions import CALLER_ID
from kallithea_plugins.repos.views.actions import FORKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Row, Select

    from kallithea_host import DbJob

Statement: TypeAlias = "Callable[[ColumnElement[bool]], Select[Any]]"
"""A statement about repositories, made of the condition that the caller may read them."""

ENTRIES: Final = 20
_journal, _followers, _repositories = schema.journal, schema.followers, schema.repositories
_users, _emails = schema.users, schema.emails


def newest_entries(job: DbJob, statement: Statement) -> list[Row[Any]]:
    """The newest entries about repositories that the caller may read now; one statement."""
    wanted = (REPOSITORY, Level.READ)
    return list(job.host.permissions.select(job.db, job.caller, statement, wanted).all())


def of_followed(readable: ColumnElement[bool]) -> Select[Any]:
    """The entries about repositories that the caller follows."""
    followed = exists(_followers.c.repo_id).where(
        _followers.c.repo_id == _journal.c.repo_id, _followers.c.user_id == CALLER_ID
    )
    return _newest(readable).where(followed)


def of_public(readable: ColumnElement[bool]) -> Select[Any]:
    """The entries about repositories that are not private and that anybody follows."""
    followed = exists(_followers.c.repo_id).where(_followers.c.repo_id == _journal.c.repo_id)
    return _newest(readable).where(followed, ~_repositories.c.private)


def _newest(readable: ColumnElement[bool]) -> Select[Any]:
    """The newest entries with what they are about; who is gone is known by his user name."""
    primary = and_(_emails.c.user_id == _users.c.user_id, _emails.c.is_primary)
    names = (_users.c.firstname, _users.c.lastname, _emails.c.email)
    return (
        select(
            *(_journal.c.entry_id, _journal.c.action, _journal.c.at, _journal.c.username),
            *(_repositories.c.repo_name, *names, _fork(readable).label("fork")),
        )
        .join(_repositories, _repositories.c.repo_id == _journal.c.repo_id)
        .outerjoin(_users, _users.c.user_id == _journal.c.user_id)
        .outerjoin(_emails, primary)
        .where(readable, ~_repositories.c.pending)
        .order_by(_journal.c.entry_id.desc())
        .limit(ENTRIES)
    )


def _fork(readable: ColumnElement[bool]) -> Any:
    """The name of the fork that an entry tells of, unless the caller may not see it."""
    action, start = _journal.c.action, len(FORKED)
    return (
        select(_repositories.c.repo_name)
        .where(
            func.substr(action, 1, start) == FORKED,
            _repositories.c.repo_name == func.substr(action, start + 1),
            readable,
        )
        .correlate(_journal)
        .scalar_subquery()
    )
