"""Looking for what must never be: the invariants of data and disk.

I1 a repository in the database is a valid one on disk, and a group a directory; I2 a repository
on disk is in the database; I3 nothing is half made; I6 what is in the trash is there; I7 no row
points nowhere, or to a group that its name is not in; I8 stored data verifies; I9 nothing
temporary is old; I10 no two names are one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from kallithea_host import names, schema
from kallithea_host.data_folder import daemon_lives
from kallithea_host.storage import group_checks, intents, layout, trash
from kallithea_host.storage.scanning import repositories_below
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator

    from sqlalchemy import Column, Connection, Row

    from kallithea_host.host import Host

OLD: Final = 24 * 3600
"""Seconds after which nothing temporary is in use any more."""

_repositories: Final = schema.repositories


def findings(host: Host, *, verify: bool) -> list[str]:
    """What is wrong, a line each; ``verify`` reads all data of every repository too (I8).

    Beside a living daemon a finding counts when a second look finds it again: disk and database
    are read one after the other, and a repository that is moved or deleted meanwhile is no damage.
    """
    found = list(_look(host, verify=verify))
    if found and daemon_lives(host.settings):
        again = {_about(line) for line in _look(host, verify=verify)}
        found = [line for line in found if _about(line) in again]
    return found


def _about(finding: str) -> str:
    """What a finding is about: the same for both looks, though its reason may name another file."""
    return finding.partition(": ")[0]


def _look(host: Host, *, verify: bool) -> Iterator[str]:
    """What is wrong at first sight; what a living daemon is working on is left aside."""
    with host.database.read() as db:
        rows = db.execute(select(_repositories).order_by(_repositories.c.repo_name)).all()
        entries = trash.entries(db)
        left = intents.all_open(db)
        groups = group_checks.all_names(db)
        yield from _references(db)
        yield from group_checks.misplaced(db)
        yield from _folded(db)
    if not daemon_lives(host.settings):
        yield from (f"I3 an interrupted {intent.action} waits for a start" for intent in left)
        yield from (f"I3 {row.repo_name} is half made" for row in rows if row.pending)
    moving = {path for intent in left for move in intent.moves for path in move}
    busy = {repo_id for intent in left for repo_id in intent.repo_ids}
    settled = [row for row in rows if not row.pending and row.repo_id not in busy]
    yield from _missing(host, settled)
    repositories = {row.repo_name for row in rows}
    yield from group_checks.not_directories(host, groups, moving | repositories)
    yield from _unknown(host, repositories.union(groups), moving)
    emptied = {path for intent in left for path in intent.removes}
    yield from _trash(host, entries, moving | emptied)
    yield from _temporary(host)
    if verify:
        yield from _verified(host, settled)


def _missing(host: Host, rows: Iterable[Row[Any]]) -> Iterator[str]:
    for row in rows:
        try:
            repository = host.repository(row)
            sound = host.backends[repository.type].is_repository(repository.path)
        except (names.BadName, VcsError) as error:
            yield f"I1 {row.repo_name}: {error}"
            continue
        if not sound:
            yield f"I1 {row.repo_name} is no {repository.type} repository on disk"


def _unknown(host: Host, known: Container[str], moving: Collection[str]) -> Iterator[str]:
    for name, alias in repositories_below(host.settings.repositories, host.backends):
        way = {name, *names.ancestors(name)}  # a whole group may be on the move
        if name not in known and way.isdisjoint(moving):
            shown = name.encode(errors="replace").decode()
            yield f"I2 {shown} ({alias}) lies on disk and is not in the database"


def _trash(host: Host, entries: Iterable[trash.Entry], moving: Collection[str]) -> Iterator[str]:
    root = host.settings.repositories
    expected = {lies_at for entry in entries for _, lies_at in entry.moves}
    for path in sorted(expected.difference(moving)):
        if not (root / path).is_dir():
            yield f"I6 {path} is missing from the trash"
    folder = root / layout.TRASH
    present = {f"{layout.TRASH}/{path.name}" for path in folder.glob("*")}
    for path in sorted(present.difference(expected, moving)):
        yield f"I6 {path} lies in the trash and has no entry"


def _temporary(host: Host) -> Iterator[str]:
    folder = host.settings.repositories / layout.BUILDING
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if time.time() - path.lstat().st_mtime > OLD:
            yield f"I9 {layout.BUILDING}/{path.name} is older than a day"


def _references(db: Connection) -> Iterator[str]:
    if db.dialect.name != "sqlite":  # PostgreSQL keeps its own house in order
        return
    for table, row_id, target, _ in db.execute(text("PRAGMA foreign_key_check")):
        yield f"I7 row {row_id} of {table} points to no row of {target}"
    for (line,) in db.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield f"I7 {line}"


_NAMED: Final[tuple[tuple[Column[str], Column[str]], ...]] = (
    (schema.users.c.username, schema.users.c.username_key),
    (schema.user_groups.c.group_name, schema.user_groups.c.group_name_key),
    (schema.repository_groups.c.group_name, schema.repository_groups.c.group_name_key),
    (_repositories.c.repo_name, _repositories.c.repo_name_key),
    (schema.emails.c.email, schema.emails.c.email_key),
)


def _folded(db: Connection) -> Iterator[str]:
    for name, key in _NAMED:
        for shown, folded in db.execute(select(name, key)):
            if names.fold(shown) != folded:
                yield f"I10 {shown} in {name.table.name} is not stored under its folded form"
    groups = select(schema.repository_groups.c.group_name_key)
    both = select(_repositories.c.repo_name).where(_repositories.c.repo_name_key.in_(groups))
    for shared in db.scalars(both):
        yield f"I10 {shared} is a repository and a group"


def _verified(host: Host, rows: Iterable[Row[Any]]) -> Iterator[str]:
    for row in rows:
        try:
            repository = host.repository(row)
            for line in host.backends[repository.type].verify(repository.path):
                yield f"I8 {row.repo_name}: {line}"
        except (names.BadName, VcsError, OSError) as error:
            yield f"I8 {row.repo_name}: {error}"
