"""Where something is to lie, and whether a caller may put a repository there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from kallithea_host import Forbidden, Level, names
from kallithea_host.kinds import REPOSITORY_GROUP
from kallithea_host.permissions import DENIED

if TYPE_CHECKING:
    from kallithea_host import DbJob

CREATE: Final = "hg.create.repository"

_kind: Final = REPOSITORY_GROUP


def full_name(present: str, name: str | None, group: str | None) -> str:
    """The full name of what is renamed or moved; raises ``BadName``.

    Args:
        present: the full name it has.
        name: its new last element, or a full name in the present or the new group.
        group: the full name of its new group; empty for the top level; None for the present one.
    """
    if group is None:
        group = names.parent(present)
    element = names.last(present if name is None else name)
    if name not in {None, element}:
        given = names.parent(name)
        if given not in {names.parent(present), group} - {""}:
            raise names.BadName("the name lies in another group")
    return f"{group}/{element}" if group else element


def require_place(job: DbJob, name: str, *, top_level: str = DENIED, doing: str = "create") -> None:
    """Raise ``Forbidden`` unless the caller may create a repository of this full name.

    At the top level that takes the global permission; in a group, writing to it. Missing groups
    may be made below a group that he can write to, or anew at the top level with the global
    permission. ``top_level`` and ``doing`` are the words of the method.
    """
    group = names.parent(name)
    if not group:
        if not job.host.permissions.allows(job.db, job.caller, CREATE):
            raise Forbidden(top_level)
    elif not _may_write(job, name):
        raise Forbidden(f"no permission to {doing} repo in {group}")


def _may_write(job: DbJob, name: str) -> bool:
    """Whether the innermost existing group on the way can be written to; or new ones be made."""
    permissions = job.host.permissions
    writable = permissions.condition(job.db, job.caller, _kind, Level.WRITE)
    way = names.ancestors(name)
    wanted = select(_kind.name, writable.label("writable")).where(_kind.name.in_(way))
    found = {row.group_name: bool(row.writable) for row in job.db.execute(wanted)}
    for group in reversed(way):
        if group in found:
            return found[group]
    return permissions.allows(job.db, job.caller, CREATE)
