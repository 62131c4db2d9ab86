"""Who was granted what on a repository or a repository group, as results show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, bindparam, or_, select

from kallithea_host import Level, schema
from kallithea_host.accounts import Users
from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP

if TYPE_CHECKING:
    from kallithea_host import DbJob, Kind
    from kallithea_plugins.repos.result_types import Members as Shown
    from kallithea_plugins.repos.result_types import UserGroupMember, UserMember

_users, _groups = schema.users, schema.user_groups
_this: Final = bindparam("object_id", type_=BigInteger)


class Members:
    """The members of objects of a kind; made once, at the top of a module."""

    def __init__(self, kind: Kind) -> None:
        users, groups = kind.grants
        self._kind = kind
        self._levels = (
            select(users.c.user_id, users.c.level)
            .where(users.c.object_id == _this)
            .order_by(users.c.grant_id)
        )
        self._groups = (
            select(_groups.c.users_group_id, _groups.c.group_name, _groups.c.active, groups.c.level)
            .join(_groups, _groups.c.users_group_id == groups.c.users_group_id)
            .where(groups.c.object_id == _this)
            .order_by(groups.c.grant_id)
        )
        granted = select(users.c.user_id).where(users.c.object_id == _this)
        self._grantees = Users(
            or_(_users.c.user_id == schema.default_user_id, _users.c.user_id.in_(granted))
        )

    def of(self, job: DbJob, object_id: int, *, private: bool = False) -> Shown:
        """The users and then the user groups that were granted something, ``default`` first.

        ``private``: what is granted to ``default`` does not count, and is shown as nothing.
        """
        return [*self._user_members(job, object_id, private), *self._group_members(job, object_id)]

    def _user_members(self, job: DbJob, object_id: int, private: bool) -> list[UserMember]:  # noqa: FBT001 - from ``of``
        granted = job.db.execute(self._levels, {"object_id": object_id})
        levels = {row.user_id: row.level for row in granted}
        default = levels.pop(schema.default_user_id, None)
        if private:
            default = Level.NONE
        if default is not None:
            levels = {schema.default_user_id: default, **levels}
        users = self._grantees.by_id(job, object_id=object_id)
        return [
            {
                "name": users[user_id]["username"],
                "type": "user",
                **users[user_id],
                "permission": self._kind.permission(level),
            }
            for user_id, level in levels.items()
        ]

    def _group_members(self, job: DbJob, object_id: int) -> list[UserGroupMember]:
        return [
            {
                "name": row.group_name,
                "type": job.host.style.group_member_type,
                "id": row.users_group_id,
                "active": row.active,
                "permission": self._kind.permission(row.level),
            }
            for row in job.db.execute(self._groups, {"object_id": object_id})
        ]


REPOSITORY_MEMBERS: Final = Members(REPOSITORY)
GROUP_MEMBERS: Final = Members(REPOSITORY_GROUP)
