"""Looking for repository groups that are not what they must be, on the disk and in the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from kallithea_host import names, schema

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from sqlalchemy import Connection

    from kallithea_host.host import Host

_groups: Final = schema.repository_groups
_repositories: Final = schema.repositories


def all_names(db: Connection) -> Sequence[str]:
    """The full names of all groups, sorted."""
    return db.scalars(select(_groups.c.group_name).order_by(_groups.c.group_name)).all()


def misplaced(db: Connection) -> Iterator[str]:
    """Repositories and groups whose names say that they lie elsewhere than their rows do (I7)."""
    group_names = {row.group_id: row.group_name for row in db.execute(select(_groups))}
    rows = [*db.execute(select(_groups.c.group_name, _groups.c.parent_id))]
    rows += db.execute(select(_repositories.c.repo_name, _repositories.c.group_id))
    for name, group_id in sorted(rows, key=lambda row: row[0]):
        if group_names.get(group_id, "") != names.parent(name):
            row_says = group_names.get(group_id, "the top level")
            yield f"I7 {name} does not lie in {row_says}, where its row puts it"


def not_directories(host: Host, groups: Sequence[str], aside: Container[str]) -> Iterator[str]:
    """Groups at whose place something else than a plain directory lies (I1), but for some names.

    Nothing need lie there while the group is empty: its directory is made when it is needed.
    """
    for name in groups:
        if name not in aside:
            yield from _not_directory(host, name)


def _not_directory(host: Host, name: str) -> Iterator[str]:
    try:
        path = names.path_of(host.settings.repositories, name)
    except names.BadName as error:
        yield f"I1 {name}: {error}"
        return
    if path.is_symlink():
        yield f"I1 {name} is a repository group and a symbolic link on disk"
    elif path.exists() and not path.is_dir():
        yield f"I1 {name} is a repository group and a file on disk"
    elif (alias := host.backends.detect(path)) is not None:
        yield f"I1 {name} is a repository group and a repository ({alias}) on disk"
