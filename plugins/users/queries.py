"""What the users' methods ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host.auth import Caller
from kallithea_host.permissions import REPOSITORY, REPOSITORY_GROUP, USER_GROUP

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob


def permissions_of(job: DbJob, user: Row[Any]) -> dict[str, Any]:
    """The permissions in force for a user, as ``get_user`` shows them."""
    permissions = job.host.permissions
    caller = Caller(user.user_id, user.username, user.admin, job.caller.address)
    return {
        "global": permissions.global_names(job.db, caller),
        "repositories": permissions.effective(job.db, caller, REPOSITORY),
        "repositories_groups": permissions.effective(job.db, caller, REPOSITORY_GROUP),
        "user_groups": permissions.effective(job.db, caller, USER_GROUP),
    }
