"""What the account page shows, asked of the database: plain values, one statement a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, literal, select

from kallithea_host import api_keys, schema
from kallithea_host.accounts import shows_key
from kallithea_host.clock import now
from kallithea_host.kinds import REPOSITORY, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Select

    from kallithea_host.jobs import DbJob
    from kallithea_host.sessions import Session

PAGE: Final = 50
"""Repositories on one page."""

_users, _emails, _addresses = schema.users, schema.emails, schema.user_addresses
_repositories = schema.repositories
_LEVELS: Final = (Level.READ, Level.WRITE, Level.ADMIN)


def account(job: DbJob, session: Session) -> Mapping[str, Any]:
    """What the page of keys shows: the account, its addresses, networks and keys."""
    user_id = session.caller.user_id
    columns = (_users.c.username, _users.c.firstname, _users.c.lastname, _users.c.last_login)
    user = job.db.execute(select(*columns).where(_users.c.user_id == user_id)).one()
    return {
        "username": user.username,
        "full_name": f"{user.firstname} {user.lastname}".strip(),
        "last_login": user.last_login,
        "emails": _emails_of(job, user_id),
        "networks": _networks(job, user_id),
        "keys": [_key(row) for row in api_keys.listed(job, user_id)],
        "shown": _shown(job, session),
        "may_show": may_show(job, session),
    }


def may_show(job: DbJob, session: Session) -> bool:
    """Whether a user reads keys that were made earlier."""
    return shows_key(job.host.settings.show_keys, session.caller, session.caller.user_id)


def permissions(job: DbJob, session: Session, page: int) -> Mapping[str, Any]:
    """The permissions in force for the user, and a page of the repositories that he may read."""
    wanted = [(REPOSITORY, level) for level in _LEVELS]
    bounds = {"most": PAGE + 1, "skipped": (page - 1) * PAGE}
    chain = job.host.permissions
    found = chain.select(job.db, session.caller, _readable, *wanted, **bounds).all()
    return {
        "username": session.caller.username,
        "names": chain.global_names(job.db, session.caller),
        "repositories": [row._asdict() for row in found[:PAGE]],
        "page": page,
        "more": len(found) > PAGE,
    }


def _readable(
    read: ColumnElement[bool], write: ColumnElement[bool], admin: ColumnElement[bool]
) -> Select[Any]:
    level = case((admin, literal("admin")), (write, literal("write")), else_=literal("read"))
    columns = (_repositories.c.repo_name.label("name"), _repositories.c.repo_type.label("type"))
    return (
        select(*columns, _repositories.c.private, level.label("level"))
        .where(read, ~_repositories.c.pending)
        .order_by(_repositories.c.repo_name)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )


def _emails_of(job: DbJob, user_id: int) -> list[str]:
    """The primary address first."""
    listed = select(_emails.c.email).where(_emails.c.user_id == user_id)
    return list(job.db.scalars(listed.order_by(_emails.c.is_primary.desc(), _emails.c.email_id)))


def _networks(job: DbJob, user_id: int) -> list[Mapping[str, Any]]:
    """The networks the user may come from, his own first."""
    columns = (_addresses.c.network, _addresses.c.user_id)
    whose = _addresses.c.user_id.in_((user_id, schema.default_user_id))
    listed = select(*columns).where(whose).order_by(_addresses.c.user_id.desc(), columns[0])
    return [
        {"network": row.network, "everybodys": row.user_id != user_id}
        for row in job.db.execute(listed)
    ]


def _key(row: Any) -> Mapping[str, Any]:
    expired = row.expires_on is not None and row.expires_on < now()
    return {**row._mapping, "expired": expired}  # noqa: SLF001 - SQLAlchemy's public name for it


def _shown(job: DbJob, session: Session) -> Mapping[str, Any] | None:
    """The key that the user asked to see, or has just made."""
    if session.shown_key_id is None:
        return None
    text = api_keys.text_of(job, session.caller.user_id, session.shown_key_id)
    return {"key_id": session.shown_key_id, "text": text} if text else None
