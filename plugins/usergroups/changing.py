"""Methods that make, change and delete user groups."""

from __future__ import annotations

from kallithea_host import Conflict, DbJob, Ident, NewName
from kallithea_host.accounts import get_user, get_user_by_id
from kallithea_host.failing import failing
from kallithea_plugins.usergroups import queries
from kallithea_plugins.usergroups.declared import ALIASES, methods, user_group_event
from kallithea_plugins.usergroups.result_types import (
    UserGroupCreated,
    UserGroupDeleted,
    UserGroupTold,
)


@methods.in_db(needs="hg.usergroup.create.true", writes=True)
def create_user_group(
    job: DbJob,
    group_name: NewName,
    *,
    description: str = "",
    owner: Ident | None = None,
    active: bool = True,
) -> UserGroupCreated:
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
    if queries.is_taken(job.db, group_name):
        raise Conflict(f"user group `{group_name}` already exist")
    owning = get_user(job.db, owner) if owner else get_user_by_id(job.db, job.caller.user_id)
    with failing(f"failed to create group `{group_name}`", Conflict):
        queries.check_group_name(group_name)
        added = queries.add_user_group(
            job.db, group_name, description, owner_id=owning.user_id, active=active
        )
        job.announce(user_group_event(job, "created", added))
    group = queries.user_group_object(job, added.users_group_id)
    return {
        "msg": f"created new user group `{group_name}`",
        "users_group": group,
        "user_group": group,
    }


@methods.in_db(needs="usergroup.admin", writes=True, argument_aliases=ALIASES)
def update_user_group(
    job: DbJob,
    usergroupid: Ident,
    group_name: NewName | None = None,
    *,
    description: str | None = None,
    owner: Ident | None = None,
    active: bool | None = None,
) -> UserGroupTold:
    """Change a user group. What is left out stays.

    Needs admin permission on the user group. A new owner is its admin without a row; the rows
    stay as they are, that of the owner before him, too.

    Args:
        usergroupid: id or name of the user group.
        group_name: the new name.
        description: what it is for.
        owner: id or name of the user who is to own it.
        active: whether the group's permissions hold for its members.

    Returns:
        ``msg`` and ``user_group``: the user group object.

    Errors:
        ``user group `<usergroupid>` does not exist``, also when the caller is not its admin.
        ``user `<owner>` does not exist``.
        ``failed to update user group `<usergroupid>` ``: the name is taken or, as the owner, will
        not do, or a plugin refuses.
    """
    group_id = job.target.users_group_id
    values = {
        "group_name": group_name,
        "group_description": description,
        "active": active,
        "owner_id": None if owner is None else get_user(job.db, owner).user_id,
    }
    with failing(f"failed to update user group `{usergroupid}`", Conflict):
        updated = queries.update_user_group(job.db, group_id, values)
        changed = sorted(name for name, value in values.items() if value is not None)
        details = {"old_name": job.target.group_name, "changed": changed}
        job.announce(user_group_event(job, "updated", updated, **details))
    return {
        "msg": f"updated user group ID:{group_id} {updated.group_name}",
        "user_group": queries.user_group_object(job, group_id),
    }


@methods.in_db(needs="usergroup.admin", writes=True, argument_aliases=ALIASES)
def delete_user_group(job: DbJob, usergroupid: Ident) -> UserGroupDeleted:  # noqa: ARG001 - is job.target
    """Delete a user group that no repository has a permission for.

    Needs admin permission on the user group. What it was granted on repository groups and user
    groups, and its memberships, go with it.

    Args:
        usergroupid: id or name of the user group.

    Returns:
        ``msg``, and null as ``user_group``.

    Errors:
        ``user group `<usergroupid>` does not exist``, also when the caller is not its admin.
        ``User Group assigned to <repo_name>, <repo_name>``: it has a permission on these; those
        that the caller cannot read are together ``hidden repositories``.
        ``failed to delete user group ID:<id> <group_name>``: a plugin refuses.
    """
    group = job.target
    if assigned := queries.assigned_repositories(job):
        raise Conflict(f"User Group assigned to {', '.join(assigned)}")
    named = f"user group ID:{group.users_group_id} {group.group_name}"
    with failing(f"failed to delete {named}"):
        job.announce(user_group_event(job, "deleted", group))
    queries.delete_user_group(job.db, group.users_group_id)
    return {"msg": f"deleted {named}", "user_group": None}
