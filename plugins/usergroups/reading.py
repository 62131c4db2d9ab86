"""Methods that read user groups."""

from __future__ import annotations

from kallithea_host import DbJob, Ident  # noqa: TC001 - the schema of the arguments
from kallithea_host.kinds import USER_GROUP, Level
from kallithea_plugins.usergroups import queries
from kallithea_plugins.usergroups.declared import ALIASES, methods
from kallithea_plugins.usergroups.result_types import UserGroup


@methods.in_db(needs="usergroup.read", argument_aliases=ALIASES)
def get_user_group(job: DbJob, usergroupid: Ident) -> UserGroup:  # noqa: ARG001 - is job.target
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
def get_user_groups(job: DbJob) -> list[UserGroup]:
    """All user groups that the caller may read, in the order of their ids.

    Returns:
        An array of user group objects, as ``get_user_group`` gives them.
    """
    permissions = job.host.permissions
    readable = permissions.condition(job.db, job.caller, USER_GROUP, Level.READ)
    return queries.user_group_objects(job, readable)
