"""Methods that add members to user groups and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host import DbJob, Ident  # noqa: TC001 - the schema of the arguments
from kallithea_host.accounts import get_user
from kallithea_host.failing import failing
from kallithea_host.result_types import Done
from kallithea_plugins.usergroups import queries
from kallithea_plugins.usergroups.declared import ALIASES, methods, user_group_event

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import Event


@methods.in_db(
    needs="usergroup.admin",
    writes=True,
    aliases=("add_user_to_user_group",),
    argument_aliases=ALIASES,
)
def add_user_user_group(job: DbJob, usergroupid: Ident, userid: Ident) -> Done:  # noqa: ARG001 - is job.target
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
        job.announce(_event(job, "member_added", user))
    msg = job.host.style.member_added(user.username, group.group_name)
    return {"success": True, "msg": msg}


@methods.in_db(needs="usergroup.admin", writes=True, argument_aliases=ALIASES)
def remove_user_from_user_group(job: DbJob, usergroupid: Ident, userid: Ident) -> Done:  # noqa: ARG001 - is job.target
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
        job.announce(_event(job, "member_removed", user))
    msg = job.host.style.member_removed(user.username, group.group_name)
    return {"success": True, "msg": msg}


def _event(job: DbJob, happens: str, user: Row[Any]) -> Event:
    member = {"user_id": user.user_id, "username": user.username}
    return user_group_event(job, happens, job.target, **member)
