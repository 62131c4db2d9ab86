"""User groups: accounts that are granted permissions together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kallithea_host import Conflict, DbJob, Event, Ident, Methods, NewName, hookimpl
from kallithea_host.accounts import get_user, get_user_by_id
from kallithea_host.failing import failing
from kallithea_host.kinds import USER_GROUP, Level
from kallithea_plugins.usergroups import queries

if TYPE_CHECKING:
    from sqlalchemy import Row

methods = Methods("usergroups")

ALIASES: Final = {"usergroupid": ("usersgroupid",)}
"""The documentation of the API names the argument either way."""


@methods.in_db(needs="usergroup.read", argument_aliases=ALIASES)
def get_user_group(job: DbJob, usergroupid: Ident) -> dict[str, Any]:  # noqa: ARG001 - is job.target
    """A user group with its members.

    Needs read permission on the user group.

    Args:
        usergroupid: id or name of the user group.

    Returns:
        The user group object: ``users_group_id``, ``group_name``, ``group_description``,
        ``active``, ``owner`` (user name) and ``members`` (user objects).

    Errors:
        ``user group `<usergroupid>` does not exist``, also when the caller may not see it.
    """
    return queries.user_group_object(job, job.target.users_group_id)


@methods.in_db(needs=None)
def get_user_groups(job: DbJob) -> list[dict[str, Any]]:
    """All user groups that the caller may read, in the order of their ids.

    Returns:
        An array of user group objects, as ``get_user_group`` gives them.
    """
    permissions = job.host.permissions
    readable = permissions.condition(job.db, job.caller, USER_GROUP, Level.READ)
    return queries.user_group_objects(job, readable)


@methods.in_db(needs="hg.usergroup.create.true", writes=True)
def create_user_group(
    job: DbJob,
    group_name: NewName,
    *,
    description: str = "",
    owner: Ident | None = None,
    active: bool = True,
) -> dict[str, Any]:
    """Make a user group without members.

    Needs the global permission ``hg.usergroup.create.true``. The owner gets an admin row on the
    group, everybody what the ``usergroup.`` default says.

    Args:
        group_name: name of the new user group.
        description: what it is for.
        owner: id or name of the user who is to own it; the caller when left out.
        active: whether the group's permissions hold for its members.

    Returns:
        ``msg``, and the user group object as both ``users_group`` and ``user_group``.

    Errors:
        ``user group `<group_name>` already exist``; names that differ only in case are the same.
        ``user `<owner>` does not exist``.
        ``failed to create group `<group_name>` ``: the name or the owner will not do.
    """
    failure = f"failed to create group `{group_name}`"
    with failing(failure):
        queries.check_group_name(group_name)
    if queries.is_taken(job.db, group_name):
        raise Conflict(f"user group `{group_name}` already exist")
    owning = get_user(job.db, owner) if owner else get_user_by_id(job.db, job.caller.user_id)
    with failing(failure):
        added = queries.add_user_group(
            job.db, group_name, description, owner_id=owning.user_id, active=active
        )
        job.announce(_event(job, "user_group.created", added))
    group = queries.user_group_object(job, added.users_group_id)
    return {
        "msg": f"created new user group `{group_name}`",
        "users_group": group,
        "user_group": group,
    }


@methods.in_db(
    needs="usergroup.admin",
    writes=True,
    aliases=("add_user_to_user_group",),
    argument_aliases=ALIASES,
)
def add_user_user_group(job: DbJob, usergroupid: Ident, userid: Ident) -> dict[str, Any]:  # noqa: ARG001 - is job.target
    """Add a user to a user group.

    Needs admin permission on the user group.

    Args:
        usergroupid: id or name of the user group.
        userid: id or name of the user.

    Returns:
        ``success``, false when he is a member already, and ``msg``.

    Errors:
        ``user group `<usergroupid>` does not exist``, also when the caller is not its admin.
        ``user `<userid>` does not exist``.
        ``failed to add member to user group `<group_name>` ``.
    """
    group, user = job.target, get_user(job.db, userid)
    if not queries.add_member(job.db, group.users_group_id, user.user_id):
        return {"success": False, "msg": "User is already in that group"}
    with failing(f"failed to add member to user group `{group.group_name}`"):
        job.announce(_member_event(job, "user_group.member_added", user))
    msg = job.host.style.member_added(user.username, group.group_name)
    return {"success": True, "msg": msg}


@methods.in_db(needs="usergroup.admin", writes=True, argument_aliases=ALIASES)
def remove_user_from_user_group(job: DbJob, usergroupid: Ident, userid: Ident) -> dict[str, Any]:  # noqa: ARG001 - is job.target
    """Remove a user from a user group.

    Needs admin permission on the user group; being a member is not enough to leave it.

    Args:
        usergroupid: id or name of the user group.
        userid: id or name of the user.

    Returns:
        ``success``, false when he is no member, and ``msg``.

    Errors:
        ``user group `<usergroupid>` does not exist``, also when the caller is not its admin.
        ``user `<userid>` does not exist``.
        ``failed to remove member from user group `<group_name>` ``.
    """
    group, user = job.target, get_user(job.db, userid)
    if not queries.remove_member(job.db, group.users_group_id, user.user_id):
        return {"success": False, "msg": "User wasn't in group"}
    with failing(f"failed to remove member from user group `{group.group_name}`"):
        job.announce(_member_event(job, "user_group.member_removed", user))
    msg = job.host.style.member_removed(user.username, group.group_name)
    return {"success": True, "msg": msg}


def _event(job: DbJob, action: str, group: Row[Any], **details: int | str) -> Event:
    subject = {"users_group_id": group.users_group_id, "group_name": group.group_name}
    return Event(action, job.caller.username, job.caller.address, subject, details)


def _member_event(job: DbJob, action: str, user: Row[Any]) -> Event:
    return _event(job, action, job.target, user_id=user.user_id, username=user.username)


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods
