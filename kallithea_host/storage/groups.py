"""The repository groups on the way to a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from kallithea_host import names, schema
from kallithea_host.clock import now
from kallithea_host.kinds import REPOSITORY_GROUP, Level
from kallithea_host.storage.grants import default_level, grant_user

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
            found[ancestor] = _make(db, ancestor, parent_id, owner_id)
            made.append(found[ancestor])
        parent_id = found[ancestor]
    return parent_id, made


def _make(db: Connection, name: str, parent_id: int | None, owner_id: int) -> int:
    new = insert(_groups).values(
        group_name=name,
        group_name_key=names.fold(name),
        group_description=f"{name} group",
        parent_id=parent_id,
        owner_id=owner_id,
        created_on=now(),
    )
    group_id: int = db.execute(new.returning(_groups.c.group_id)).scalar_one()
    kind = REPOSITORY_GROUP
    grant_user(db, kind, schema.default_user_id, group_id, default_level(db, kind))
    is_admin = db.scalar(select(schema.users.c.admin).where(schema.users.c.user_id == owner_id))
    if not is_admin:
        grant_user(db, kind, owner_id, group_id, Level.ADMIN)
    return group_id
