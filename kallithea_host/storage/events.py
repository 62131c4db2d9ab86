"""What happens to repositories and their groups, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host.hookspecs import Event

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host.auth import Caller


def repository_event(caller: Caller, happens: str, row: Row[Any], **details: Any) -> Event:
    """The event ``repository.<happens>`` on a repository's row."""
    subject = {
        "repo_id": row.repo_id,
        "repo_name": row.repo_name,
        "repo_type": row.repo_type,
        "owner_id": row.owner_id,
        "private": row.private,
    }
    return Event(f"repository.{happens}", caller.username, caller.address, subject, details)


def group_event(caller: Caller, happens: str, row: Row[Any], **details: Any) -> Event:
    """The event ``repository_group.<happens>`` on a repository group's row."""
    subject = {
        "repo_group_id": row.group_id,
        "repo_group_name": row.group_name,
        "owner_id": row.owner_id,
    }
    return Event(f"repository_group.{happens}", caller.username, caller.address, subject, details)
