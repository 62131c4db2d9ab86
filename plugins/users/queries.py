"""What the users' methods ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host.auth import Caller

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob
    from kallithea_plugins.users.result_types import Permissions


def permissions_of(job: DbJob, user: Row[Any]) -> Permissions:
    """The permissions in force for a user, as ``get_user`` shows them."""
    permissions = job.host.permissions
    caller = Caller(user.user_id, user.username, user.admin, job.caller.address)
    effective = permissions.all_effective(job.db, caller)
    return {
        "global": permissions.global_names(job.db, caller),
        "repositories": effective["repository"],
        "repositories_groups": effective["group"],
        "user_groups": effective["usergroup"],
    }
