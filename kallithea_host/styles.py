"""How results look where the API's documentation and the released product disagree.

A style is one object, chosen once at start; methods ask it and never look which one it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from kallithea_host.clock import from_epoch, iso

if TYPE_CHECKING:
    from kallithea_host.result_types import (
        GroupMemberType,
        LandingRev,
        LockedBy,
        LockedDate,
        RenewedTold,
        User,
    )
    from kallithea_host.rules import ResultStyle


class Style(Protocol):
    """Every point in which results may differ."""

    group_member_type: GroupMemberType
    """``type`` of a user group among the members of a repository or repository group."""

    def pulled(self, repo_name: str) -> RenewedTold:
        """The result of ``pull``."""

    def invalidated(self, repo_name: str, repoid: str) -> RenewedTold:
        """The result of ``invalidate_cache``; ``repoid`` as the client gave it."""

    def landing_rev(self, kind: str, revision: str) -> LandingRev:
        """``landing_rev`` of a repository; ``kind`` is ``rev``, ``branch``, ``tag`` or ``book``."""

    def locked_by(self, user: User | None) -> LockedBy:
        """``locked_by`` of a repository, from the user object of the holder."""

    def locked_date(self, seconds: float | None) -> LockedDate:
        """``locked_date`` of a repository, from the seconds since 1970."""

    def lock_set(self, username: str, repo_name: str, *, locked: bool) -> str:
        """``msg`` of ``lock`` after the state was set."""

    def repository_updated(self, repo_id: int, repo_name: str) -> str:
        """``msg`` of ``update_repo``."""

    def repository_deleted(self, repo_name: str, forks: str, count: int) -> str:
        """``msg`` of ``delete_repo``; ``forks`` is ``detach``, ``delete`` or empty."""

    def member_added(self, username: str, group_name: str) -> str:
        """``msg`` of ``add_user_to_user_group``."""

    def member_removed(self, username: str, group_name: str) -> str:
        """``msg`` of ``remove_user_from_user_group``."""

    def group_granted(self, permission: str, group_name: str, repo_name: str) -> str:
        """``msg`` of ``grant_user_group_permission``."""

    def group_revoked(self, group_name: str, repo_name: str) -> str:
        """``msg`` of ``revoke_user_group_permission``."""


class Documented:
    """Results as the published documentation of the API shows them."""

    group_member_type: GroupMemberType = "users_group"

    def pulled(self, repo_name: str) -> RenewedTold:
        return f"Pulled from `{repo_name}`"

    def invalidated(self, repo_name: str, repoid: str) -> RenewedTold:  # noqa: ARG002 - part of the style
        return f"Caches of repository `{repo_name}`"

    def landing_rev(self, kind: str, revision: str) -> LandingRev:
        return revision if kind == "rev" else f"{kind}:{revision}"

    def locked_by(self, user: User | None) -> LockedBy:
        return user and user["username"]

    def locked_date(self, seconds: float | None) -> LockedDate:
        return seconds

    def lock_set(self, username: str, repo_name: str, *, locked: bool) -> str:
        state = "true" if locked else "false"
        return f"User `{username}` set lock state for repo `{repo_name}` to `{state}`"

    def repository_updated(self, repo_id: int, repo_name: str) -> str:
        return f"updated repo ID:{repo_id} `{repo_name}`"

    def repository_deleted(self, repo_name: str, forks: str, count: int) -> str:  # noqa: ARG002
        return f"Deleted repository `{repo_name}`"

    def member_added(self, username: str, group_name: str) -> str:
        return f"added member `{username}` to a user group `{group_name}`"

    def member_removed(self, username: str, group_name: str) -> str:
        return f"removed member {username} from user group {group_name}"

    def group_granted(self, permission: str, group_name: str, repo_name: str) -> str:
        return f"Granted perm: `{permission}` for group: `{group_name}` in repo: `{repo_name}`"

    def group_revoked(self, group_name: str, repo_name: str) -> str:
        return f"Revoked perm for group: `{group_name}` in repo: `{repo_name}`"


class Released:
    """Results as Kallithea 0.3 to 0.7 send them, for the programs written against those."""

    group_member_type: GroupMemberType = "user_group"

    def pulled(self, repo_name: str) -> RenewedTold:
        return {"msg": f"Pulled from `{repo_name}`", "repository": repo_name}

    def invalidated(self, repo_name: str, repoid: str) -> RenewedTold:
        return {"msg": f"Cache for repository `{repoid}` was invalidated", "repository": repo_name}

    def landing_rev(self, kind: str, revision: str) -> LandingRev:
        return [kind, revision]

    def locked_by(self, user: User | None) -> LockedBy:
        return user

    def locked_date(self, seconds: float | None) -> LockedDate:
        return None if seconds is None else iso(from_epoch(seconds))

    def lock_set(self, username: str, repo_name: str, *, locked: bool) -> str:
        return f"User `{username}` set lock state for repo `{repo_name}` to `{locked}`"

    def repository_updated(self, repo_id: int, repo_name: str) -> str:
        return f"updated repo ID:{repo_id} {repo_name}"

    def repository_deleted(self, repo_name: str, forks: str, count: int) -> str:
        done = {"detach": f" Detached {count} forks", "delete": f" Deleted {count} forks"}
        return f"Deleted repository `{repo_name}`{done.get(forks, '')}"

    def member_added(self, username: str, group_name: str) -> str:
        return f"added member `{username}` to user group `{group_name}`"

    def member_removed(self, username: str, group_name: str) -> str:
        return f"removed member `{username}` from user group `{group_name}`"

    def group_granted(self, permission: str, group_name: str, repo_name: str) -> str:
        return f"Granted perm: `{permission}` for user group: `{group_name}` in repo: `{repo_name}`"

    def group_revoked(self, group_name: str, repo_name: str) -> str:
        return f"Revoked perm for user group: `{group_name}` in repo: `{repo_name}`"


STYLES: Final[dict[ResultStyle, Style]] = {"documented": Documented(), "kallithea": Released()}
"""The styles, by the value of the setting ``api_result_style``."""
