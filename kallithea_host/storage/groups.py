"""Repository groups in the database: on the way to a name, new ones, and what lies below one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from kallithea_host import names, schema
from kallithea_host.clock import now
from kallithea_host.kinds import REPOSITORY_GROUP, Level
from kallithea_host.storage import grants

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

_groups = schema.repository_groups


def existing(db: Connection, name: str) -> dict[str, int]:
    """The groups that exist on the way to a name: their ids by full name, outermost first.

    Raises ``BadName`` when one differs from the name only in case.
    """
    wanted = {names.fold(ancestor): ancestor for ancestor in names.ancestors(name)}
    rows = db.execute(
        select(_groups.c.group_name_key, _groups.c.group_name, _groups.c.group_id).where(
            _groups.c.group_name_key.in_(wanted)
        )
    ).all()
    for key, group_name, _ in rows:
        if group_name != wanted[key]:
            raise names.BadName(f"the repository group is called {group_name}")
    found = {group_name: group_id for _, group_name, group_id in rows}
    return {ancestor: found[ancestor] for ancestor in wanted.values() if ancestor in found}


def make_missing(db: Connection, name: str, owner_id: int) -> tuple[int | None, list[int]]:
    """Make the groups that a name lies in; the id of the innermost, and of those that are new.

    ``owner_id`` owns the new ones; what ``default`` gets on groups is what its own row says.
    """
    found = existing(db, name)
    parent_id, made = None, []
    for ancestor in names.ancestors(name):
        if ancestor not in found:
            group = add(db, ancestor, parent_id, owner_id, f"{ancestor} group")
            found[ancestor] = group.group_id
            made.append(found[ancestor])
        parent_id = found[ancestor]
    return parent_id, made


def add(
    db: Connection,
    name: str,
    parent_id: int | None,
    owner_id: int,
    description: str,
    *,
    copy_permissions: bool = False,
) -> Row[Any]:
    """Add a group and the permission rows it begins with; its own row.

    ``copy_permissions``: it gets the rows of the group it lies in instead of the default one. The
    owner administers it in any case, by a row of his own unless he is an administrator.
    """
    new = insert(_groups).values(
        group_name=name,
        group_name_key=names.fold(name),
        group_description=description,
        parent_id=parent_id,
        owner_id=owner_id,
        created_on=now(),
    )
    group = db.execute(new.returning(*_groups.c)).one()
    kind = REPOSITORY_GROUP
    if copy_permissions and parent_id is not None:
        grants.copy(db, kind, parent_id, kind, group.group_id)
    else:
        level = grants.default_level(db, kind)
        grants.grant_user(db, kind, schema.default_user_id, group.group_id, level)
    users = schema.users
    if not db.scalar(select(users.c.admin).where(users.c.user_id == owner_id)):
        grants.replace_user(db, kind, owner_id, group.group_id, Level.ADMIN)
    return group


def tree(group_id: int) -> Select[int]:
    """The ids of a group and of all groups below it, as a statement."""
    top = select(_groups.c.group_id).where(_groups.c.group_id == group_id).cte(recursive=True)
    below = select(_groups.c.group_id).join(top, _groups.c.parent_id == top.c.group_id)
    return select(top.union(below).c.group_id)
