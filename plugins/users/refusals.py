"""What stands against a change of an account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import or_, select

from kallithea_host import Conflict, NotAuthenticated, schema
from kallithea_host.auth import INVALID_KEY
from kallithea_host.kinds import ADMINISTRATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, Row

    from kallithea_host import DbJob

Params = ParamSpec("Params")
Result = TypeVar("Result")

_users: Final = schema.users
_OWNED: Final = (schema.repositories, schema.repository_groups, schema.user_groups)


def as_administrator(
    job: DbJob,
    change: Callable[Concatenate[DbJob, Params], Result],
    *args: Params.args,
    **named: Params.kwargs,
) -> Result:
    """Make a change if the caller still may: while a password was hashed he may have fallen."""
    caller = job.caller
    present = select(_users.c.admin).where(_users.c.user_id == caller.user_id, _users.c.active)
    row = job.db.execute(present).first()
    if row is None:
        raise NotAuthenticated(INVALID_KEY)
    job.host.permissions.require(job.db, replace(caller, admin=row.admin), ADMINISTRATOR)
    return change(job, *args, **named)


def refuse_fall(job: DbJob, user: Row[Any], to: Mapping[str, Any]) -> None:
    """Raise ``Conflict`` if the caller, or the last active administrator, would lose his standing.

    Args:
        job: whose caller wants it.
        user: the account as it is.
        to: the columns ``active`` and ``admin``, as far as they are to change.
    """
    stays_active = to.get("active", user.active) or not user.active
    stays_admin = to.get("admin", user.admin) or not user.admin
    if stays_active and stays_admin:
        return
    if user.user_id == job.caller.user_id:
        raise Conflict("it is the caller's own account")
    if user.active and user.admin and not _other_administrators(job.db, user):
        raise Conflict("it is the last active administrator")


def _other_administrators(db: Connection, user: Row[Any]) -> bool:
    others = select(_users.c.user_id).where(
        _users.c.active, _users.c.admin, _users.c.user_id != user.user_id
    )
    return db.execute(others.limit(1)).first() is not None


def refuse_owner(db: Connection, user: Row[Any]) -> None:
    """Raise ``Conflict`` if a repository, a repository group or a user group belongs to a user."""
    owned = [
        select(table.c.owner_id).where(table.c.owner_id == user.user_id).exists()
        for table in _OWNED
    ]
    if db.scalar(select(or_(*owned))):
        raise Conflict("the user owns repositories, repository groups or user groups")
