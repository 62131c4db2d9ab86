"""What the modules of this plugin declare their methods on, and the events they announce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kallithea_host import Event, Methods

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob

methods: Final = Methods("usergroups")

ALIASES: Final = {"usergroupid": ("usersgroupid",)}
"""The documentation of the API names the argument either way."""


def user_group_event(job: DbJob, happens: str, group: Row[Any], **details: Any) -> Event:
    """The event ``user_group.<happens>`` on a user group's row."""
    subject = {"users_group_id": group.users_group_id, "group_name": group.group_name}
    action = f"user_group.{happens}"
    return Event(action, job.caller.username, job.caller.address, subject, details)
