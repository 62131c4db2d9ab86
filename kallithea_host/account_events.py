"""Telling the plugins what happens to an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, select

from kallithea_host import schema
from kallithea_host.hookspecs import Event

if TYPE_CHECKING:
    from collections.abc import Collection

    from kallithea_host.jobs import DbJob

_users, _emails = schema.users, schema.emails
_SUBJECT: Final = (
    select(
        _users.c.user_id,
        _users.c.username,
        _users.c.firstname,
        _users.c.lastname,
        _emails.c.email,
        _users.c.active,
        _users.c.admin,
        _users.c.extern_type,
        _users.c.extern_name,
    )
    .outerjoin(_emails, and_(_emails.c.user_id == _users.c.user_id, _emails.c.is_primary))
    .where(_users.c.user_id == bindparam("user_id"))
)
"""What others learn of an account: neither password nor key."""


def announce(job: DbJob, action: str, user_id: int, changed: Collection[str] = ()) -> None:
    """Tell that an account was made or changed, or is about to be deleted.

    Args:
        job: the transaction it happens in.
        action: ``user.created``, ``user.updated`` or ``user.deleted``.
        user_id: whose account it is.
        changed: names of what was changed, without the values: ``email``, ``password``, …
    """
    subject = job.db.execute(_SUBJECT, {"user_id": user_id}).one()
    job.announce(
        Event(
            action=action,
            actor=job.caller.username,
            address=job.caller.address,
            subject=dict(subject._mapping),  # noqa: SLF001 - SQLAlchemy's public name for it
            details={"changed": sorted(changed)} if changed else {},
        )
    )
