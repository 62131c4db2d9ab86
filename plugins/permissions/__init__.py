"""Permissions: the rules by which rows, groups and ownership decide, and granting and revoking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host import DbJob, Ident, hookimpl
from kallithea_host.accounts import get_user
from kallithea_host.failing import failing
from kallithea_host.kinds import REPOSITORY, USER_GROUP, Level
from kallithea_host.result_types import Done
from kallithea_plugins.permissions import granting, on_groups
from kallithea_plugins.permissions.commands import permission, setting
from kallithea_plugins.permissions.declared import ALIASES, methods, success
from kallithea_plugins.permissions.rules import GrantedPermissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click
    from sqlalchemy import Row

    from kallithea_host import Methods
    from kallithea_host.config import Settings
    from kallithea_host.permissions import PermissionCheck

__all__ = ["on_groups"]


@methods.in_db(needs=("hg.admin", "repository.admin"), writes=True)
def grant_user_permission(job: DbJob, repoid: Ident, userid: Ident, perm: str) -> Done:
    """Grant a user a permission on a repository, in place of the one he was granted before.

    Only for administrators. What is granted to the user ``default`` holds for everybody who is
    granted nothing else.

    Args:
        repoid: id or name of the repository.
        userid: id or name of the user.
        perm: ``repository.none``, ``.read``, ``.write`` or ``.admin``.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository `<repoid>` does not exist``.
        ``user `<userid>` does not exist``.
        ``permission `<perm>` does not exist``.
        ``permission `<perm>` is invalid, should start with repository.``
        ``failed to edit permission for user: `<userid>` in repo: `<repoid>` ``.
    """
    grantee = get_user(job.db, userid)
    level = granting.level_of(perm)
    with failing(f"failed to edit permission for user: `{userid}` in repo: `{repoid}`"):
        granting.user(grantee).grant(job, _repository(job), level)
    name, repo = grantee.username, job.target.repo_name
    return success(f"Granted perm: `{perm}` for user: `{name}` in repo: `{repo}`")


@methods.in_db(needs=("hg.admin", "repository.admin"), writes=True)
def revoke_user_permission(job: DbJob, repoid: Ident, userid: Ident) -> Done:
    """Take back what a user was granted on a repository; it succeeds when that is nothing.

    Only for administrators. Without the row of ``default`` nobody sees the repository to whom
    nothing is granted.

    Args:
        repoid: id or name of the repository.
        userid: id or name of the user.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository `<repoid>` does not exist``.
        ``user `<userid>` does not exist``.
        ``failed to edit permission for user: `<userid>` in repo: `<repoid>` ``.
    """
    grantee = get_user(job.db, userid)
    with failing(f"failed to edit permission for user: `{userid}` in repo: `{repoid}`"):
        granting.user(grantee).revoke(job, _repository(job))
    name, repo = grantee.username, job.target.repo_name
    return success(f"Revoked perm for user: `{name}` in repo: `{repo}`")


@methods.in_db(needs="repository.admin", writes=True, argument_aliases=ALIASES)
def grant_user_group_permission(
    job: DbJob,
    repoid: Ident,  # noqa: ARG001 - is job.target
    usergroupid: Ident,
    perm: str,
) -> Done:
    """Grant a user group a permission on a repository, in place of the one granted before.

    Needs admin permission on the repository and read permission on the user group.

    Args:
        repoid: id or name of the repository.
        usergroupid: id or name of the user group.
        perm: ``repository.none``, ``.read``, ``.write`` or ``.admin``.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository `<repoid>` does not exist``, also when the caller is not its admin.
        ``permission `<perm>` does not exist``.
        ``permission `<perm>` is invalid, should start with repository.``
        ``user group `<usergroupid>` does not exist``, also when the caller may not see it.
        ``failed to edit permission for user group: `<usergroupid>` in repo: `<repo_name>` ``.
    """
    level = granting.level_of(perm)
    group, repo = _readable_group(job, usergroupid), job.target.repo_name
    with failing(f"failed to edit permission for user group: `{usergroupid}` in repo: `{repo}`"):
        granting.user_group(group).grant(job, _repository(job), level)
    return success(job.host.style.group_granted(perm, group.group_name, repo))


@methods.in_db(needs="repository.admin", writes=True, argument_aliases=ALIASES)
def revoke_user_group_permission(job: DbJob, repoid: Ident, usergroupid: Ident) -> Done:  # noqa: ARG001 - is job.target
    """Take back what a user group was granted on a repository; it succeeds when that is nothing.

    Needs admin permission on the repository and read permission on the user group.

    Args:
        repoid: id or name of the repository.
        usergroupid: id or name of the user group.

    Returns:
        ``msg`` and ``success``.

    Errors:
        ``repository `<repoid>` does not exist``, also when the caller is not its admin.
        ``user group `<usergroupid>` does not exist``, also when the caller may not see it.
        ``failed to edit permission for user group: `<usergroupid>` in repo: `<repo_name>` ``.
    """
    group, repo = _readable_group(job, usergroupid), job.target.repo_name
    with failing(f"failed to edit permission for user group: `{usergroupid}` in repo: `{repo}`"):
        granting.user_group(group).revoke(job, _repository(job))
    return success(job.host.style.group_revoked(group.group_name, repo))


def _readable_group(job: DbJob, usergroupid: Ident) -> Row[Any]:
    return job.host.permissions.get(job.db, job.caller, USER_GROUP, usergroupid, Level.READ)


def _repository(job: DbJob) -> granting.Objects:
    return granting.Objects(REPOSITORY, [job.target])


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods


@hookimpl
def kallithea_permission_checks(settings: Settings) -> Iterable[PermissionCheck]:
    """The rules of Kallithea."""
    return [GrantedPermissions(settings.permission_rule)]


@hookimpl
def kallithea_commands() -> Iterable[click.Command]:
    """``permission`` for global names, and ``setting`` for what new repositories are like."""
    return [permission, setting]
