"""Granting and revoking on repository groups, and on what lies below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import REPOSITORY_GROUP, USER_GROUP, DbJob, Ident, Level, names
from kallithea_host.accounts import get_user
from kallithea_host.failing import failing
from kallithea_host.result_types import Done
from kallithea_plugins.permissions import granting
from kallithea_plugins.permissions.below import Reach, groups_in_reach, repositories_in_reach
from kallithea_plugins.permissions.declared import ALIASES, methods, success

if TYPE_CHECKING:
    from kallithea_plugins.permissions.granting import Grantee


@methods.in_db(needs="group.admin", writes=True)
def grant_user_permission_to_repo_group(
    job: DbJob,
    repogroupid: Ident,  # noqa: ARG001 - is job.target
    userid: Ident,
    perm: str,
    apply_to_children: str = "none",
) -> Done:
    """Grant a user a permission on a repository group, in place of the one granted before.

    Needs admin permission on the repository group. A repository asks nothing of the groups it
    lies in: what is to hold below is granted there, too, by ``apply_to_children``. Who
    administers a group decides by it on everything below, whatever he was granted there.

    Args:
        repogroupid: id or full name of the repository group.
        userid: id or name of the user.
        perm: ``group.none``, ``.read``, ``.write`` or ``.admin``; on repositories the same level.
        apply_to_children: ``none``; ``repos``: also on all repositories below; ``groups``: also
            on all groups below; ``all``. Another word is ``none``, and ``msg`` says so.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository group `<repogroupid>` does not exist``, also when the caller is not its admin.
        ``user `<userid>` does not exist``.
        ``permission `<perm>` does not exist``.
        ``permission `<perm>` is invalid, should start with group.``
        ``failed to edit permission for user: `<userid>` in repo group: `<last element>` ``.
    """
    user = get_user(job.db, userid)
    level = granting.level_of(perm, REPOSITORY_GROUP)
    reach, group = Reach.of(apply_to_children), _last(job)
    with failing(f"failed to edit permission for user: `{userid}` in repo group: `{group}`"):
        _grant(job, granting.user(user), level, reach)
    return success(
        f"Granted perm: `{perm}` (recursive:{reach}) for user: `{user.username}` "
        f"in repo group: `{group}`"
    )


@methods.in_db(needs="group.admin", writes=True)
def revoke_user_permission_from_repo_group(
    job: DbJob,
    repogroupid: Ident,  # noqa: ARG001 - is job.target
    userid: Ident,
    apply_to_children: str = "none",
) -> Done:
    """Take back what a user was granted on a repository group; it succeeds when that is nothing.

    Needs admin permission on the repository group.

    Args:
        repogroupid: id or full name of the repository group.
        userid: id or name of the user.
        apply_to_children: as in ``grant_user_permission_to_repo_group``.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository group `<repogroupid>` does not exist``, also when the caller is not its admin.
        ``user `<userid>` does not exist``.
        ``failed to edit permission for user: `<userid>` in repo group: `<last element>` ``.
    """
    user = get_user(job.db, userid)
    reach, group = Reach.of(apply_to_children), _last(job)
    with failing(f"failed to edit permission for user: `{userid}` in repo group: `{group}`"):
        _revoke(job, granting.user(user), reach)
    return success(
        f"Revoked perm (recursive:{reach}) for user: `{user.username}` in repo group: `{group}`"
    )


@methods.in_db(needs="group.admin", writes=True, argument_aliases=ALIASES)
def grant_user_group_permission_to_repo_group(
    job: DbJob,
    repogroupid: Ident,  # noqa: ARG001 - is job.target
    usergroupid: Ident,
    perm: str,
    apply_to_children: str = "none",
) -> Done:
    """Grant a user group a permission on a repository group, in place of the one granted before.

    Needs admin permission on the repository group and read permission on the user group.

    Args:
        repogroupid: id or full name of the repository group.
        usergroupid: id or name of the user group.
        perm: ``group.none``, ``.read``, ``.write`` or ``.admin``; on repositories the same level.
        apply_to_children: as in ``grant_user_permission_to_repo_group``.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository group `<repogroupid>` does not exist``, also when the caller is not its admin.
        ``permission `<perm>` does not exist``.
        ``permission `<perm>` is invalid, should start with group.``
        ``user group `<usergroupid>` does not exist``, also when the caller may not see it.
        ``failed to edit permission for user group: `<usergroupid>` in repo group:
        `<last element>` ``.
    """
    level = granting.level_of(perm, REPOSITORY_GROUP)
    users = job.host.permissions.get(job.db, job.caller, USER_GROUP, usergroupid, Level.READ)
    reach, group = Reach.of(apply_to_children), _last(job)
    failure = f"failed to edit permission for user group: `{usergroupid}` in repo group: `{group}`"
    with failing(failure):
        _grant(job, granting.user_group(users), level, reach)
    return success(
        f"Granted perm: `{perm}` (recursive:{reach}) for user group: `{users.group_name}` "
        f"in repo group: `{group}`"
    )


@methods.in_db(needs="group.admin", writes=True, argument_aliases=ALIASES)
def revoke_user_group_permission_from_repo_group(
    job: DbJob,
    repogroupid: Ident,  # noqa: ARG001 - is job.target
    usergroupid: Ident,
    apply_to_children: str = "none",
) -> Done:
    """Take back what a user group was granted on a repository group, if that is anything.

    Needs admin permission on the repository group and read permission on the user group.

    Args:
        repogroupid: id or full name of the repository group.
        usergroupid: id or name of the user group.
        apply_to_children: as in ``grant_user_permission_to_repo_group``.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository group `<repogroupid>` does not exist``, also when the caller is not its admin.
        ``user group `<usergroupid>` does not exist``, also when the caller may not see it.
        ``failed to edit permission for user group: `<usergroupid>` in repo group:
        `<last element>` ``.
    """
    users = job.host.permissions.get(job.db, job.caller, USER_GROUP, usergroupid, Level.READ)
    reach, group = Reach.of(apply_to_children), _last(job)
    failure = f"failed to edit permission for user group: `{usergroupid}` in repo group: `{group}`"
    with failing(failure):
        _revoke(job, granting.user_group(users), reach)
    return success(
        f"Revoked perm (recursive:{reach}) for user group: `{users.group_name}` "
        f"in repo group: `{group}`"
    )


def _last(job: DbJob) -> str:
    """The last element of the group's name, by which messages call it."""
    return names.last(job.target.group_name)


def _grant(job: DbJob, grantee: Grantee, level: Level, reach: Reach) -> None:
    grantee.grant(job, groups_in_reach(job, job.target, reach), level)
    grantee.grant(job, repositories_in_reach(job, job.target, reach), level)


def _revoke(job: DbJob, grantee: Grantee, reach: Reach) -> None:
    grantee.revoke(job, groups_in_reach(job, job.target, reach))
    grantee.revoke(job, repositories_in_reach(job, job.target, reach))
