"""A permission check: what lies below a group called ``frozen`` stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, false, literal, null

from kallithea_host import REPOSITORY, REPOSITORY_GROUP, Level, PermissionCheck

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from kallithea_host import Caller, Kind

FROZEN: Final = "/frozen/"


class FrozenGroups(PermissionCheck):
    """Says no to changes, except by administrators, and has no opinion on anything else."""

    def may_on(
        self,
        db: Connection,  # noqa: ARG002 - everything is in the row itself
        caller: Caller,
        kind: Kind,
        level: Level,
    ) -> ColumnElement[bool] | None:
        """The opinion as SQL: false on the rows that are frozen, NULL on all others.

        So a list of repositories still costs one query, and lists and single calls agree.
        """
        if caller.admin or level < Level.WRITE:
            return None
        if kind is REPOSITORY:
            path = literal("/") + kind.table.c.repo_name_key
        elif kind is REPOSITORY_GROUP:
            path = literal("/") + kind.table.c.group_name_key + "/"
        else:
            return None
        return case((path.contains(FROZEN, autoescape=True), false()), else_=null())
