"""What the user groups' methods ask of the database."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, exists, insert, select, update

from kallithea_host import Conflict, schema
from kallithea_host.accounts import Users
from kallithea_host.clock import now
from kallithea_host.kinds import REPOSITORY, USER_GROUP, Level
from kallithea_host.names import BadName, fold, is_plain
from kallithea_host.storage.grants import default_level, grant_user

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Row

    from kallithea_host import DbJob
    from kallithea_host.result_types import User
    from kallithea_plugins.usergroups.result_types import UserGroup

HIDDEN: Final = "hidden repositories"
LONGEST: Final = 255
"""Characters of a name, as in the column of the released product."""

_groups, _members, _users = schema.user_groups, schema.user_group_members, schema.users


def user_group_object(job: DbJob, group_id: int) -> UserGroup:
    """The user group object of results, for one group."""
    return user_group_objects(job, _groups.c.users_group_id == group_id)[0]


def user_group_objects(job: DbJob, which: ColumnElement[bool]) -> list[UserGroup]:
    """The user group objects for the groups a condition names, in the order of their ids.

    Four statements, however many groups and members there are.
    """
    members = _members_of(job, which)
    groups = job.db.execute(
        select(_groups, _users.c.username)
        .join(_users, _users.c.user_id == _groups.c.owner_id)
        .where(which)
        .order_by(_groups.c.users_group_id)
    )
    return [
        {
            "users_group_id": group.users_group_id,
            "group_name": group.group_name,
            "group_description": group.group_description,
            "active": group.active,
            "owner": group.username,
            "members": members[group.users_group_id],
        }
        for group in groups
    ]


def _members_of(job: DbJob, which: ColumnElement[bool]) -> defaultdict[int, list[User]]:
    """The user objects of the groups' members by the groups' ids, each group's by user name."""
    memberships = (
        select(_members.c.users_group_id, _members.c.user_id)
        .join(_groups, _groups.c.users_group_id == _members.c.users_group_id)
        .where(which)
    )
    chosen = _users.c.user_id.in_(memberships.with_only_columns(_members.c.user_id))
    users = Users(chosen).by_id(job)
    groups_of = defaultdict(list)
    for group_id, user_id in job.db.execute(memberships):
        groups_of[user_id].append(group_id)
    found: defaultdict[int, list[User]] = defaultdict(list)
    for user_id, user in users.items():
        for group_id in groups_of[user_id]:
            found[group_id].append(user)
    return found


def check_group_name(name: str) -> None:
    """Raise ``BadName`` unless a user group can be given a name."""
    if name.isdecimal():
        raise BadName("a name of digits only would be taken for an id")
    if not name or name != name.strip() or not is_plain(name) or len(name) > LONGEST:
        raise BadName("the name of a user group is one short printable line")


def is_taken(db: Connection, name: str, *, but: int = 0) -> bool:
    """Whether a user group (but one) has this name, or one that differs only in case."""
    if not is_plain(name):  # no name is like that, and no database can be asked about all of it
        return False
    same = and_(_groups.c.group_name_key == fold(name), _groups.c.users_group_id != but)
    return bool(db.scalar(select(exists().where(same))))


def add_user_group(
    db: Connection, name: str, description: str, *, owner_id: int, active: bool
) -> Row[Any]:
    """Add a user group and the rows it begins with; its own row.

    Raises ``Conflict`` for an owner whose rows on the group would be everybody's.
    """
    _check_owner(owner_id)
    group = db.execute(
        insert(_groups)
        .values(
            group_name=name,
            group_name_key=fold(name),
            group_description=description,
            active=active,
            owner_id=owner_id,
            created_on=now(),
        )
        .returning(*_groups.c)
    ).one()
    everybody = default_level(db, USER_GROUP)
    grant_user(db, USER_GROUP, schema.default_user_id, group.users_group_id, everybody)
    grant_user(db, USER_GROUP, owner_id, group.users_group_id, Level.ADMIN)
    return group


def _check_owner(owner_id: int | None) -> None:
    if owner_id == schema.default_user_id:
        raise Conflict("the default user cannot own a user group")


def update_user_group(
    db: Connection, group_id: int, values: Mapping[str, str | int | None]
) -> Row[Any]:
    """Set columns of a user group, None leaving one as it is; its row then.

    Raises ``BadName`` and ``Conflict`` as making one does.
    """
    columns: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    _check_owner(columns.get("owner_id"))
    if (name := columns.get("group_name")) is not None:
        check_group_name(name)
        if is_taken(db, name, but=group_id):
            raise Conflict("the name is taken")
        columns["group_name_key"] = fold(name)
    this = _groups.c.users_group_id == group_id
    if columns:
        db.execute(update(_groups).where(this).values(columns))
    return db.execute(select(_groups).where(this)).one()


def delete_user_group(db: Connection, group_id: int) -> None:
    """Delete a user group; its memberships and rows go with it."""
    db.execute(delete(_groups).where(_groups.c.users_group_id == group_id))


def assigned_repositories(job: DbJob) -> list[str]:
    """The repositories that the job's user group has a row on, by name.

    Those that the caller cannot read are one at the end, without a name.
    """
    repositories, rows = REPOSITORY.table.c, REPOSITORY.grants.user_groups
    visible = job.host.permissions.condition(job.db, job.caller, REPOSITORY, Level.READ)
    found = job.db.execute(
        select(repositories.repo_name, and_(visible, ~repositories.pending).label("visible"))
        .join(rows, rows.c.object_id == repositories.repo_id)
        .where(rows.c.users_group_id == job.target.users_group_id)
        .order_by(repositories.repo_name)
    ).all()
    names = [row.repo_name for row in found if row.visible]
    return names if len(names) == len(found) else [*names, HIDDEN]


def add_member(db: Connection, group_id: int, user_id: int) -> bool:
    """Add a user to a group; whether he was no member before."""
    if db.scalar(select(exists().where(_membership(group_id, user_id)))):
        return False
    db.execute(insert(_members).values(users_group_id=group_id, user_id=user_id))
    return True


def remove_member(db: Connection, group_id: int, user_id: int) -> bool:
    """Remove a user from a group; whether he was a member."""
    return db.execute(delete(_members).where(_membership(group_id, user_id))).rowcount > 0


def _membership(group_id: int, user_id: int) -> ColumnElement[bool]:
    return and_(_members.c.users_group_id == group_id, _members.c.user_id == user_id)
