"""Changes of the disk, written down before they are made, so that each can be undone.

Every change goes the same way:

1. a transaction commits the intent: what is being made, and where;
2. new data is built in ``.tmp``, where nobody looks;
3. a transaction adds the renames that are about to come, each checked to be possible;
4. a last transaction changes the rows, deletes the intent and, as its last act, renames.

Whatever ends the process before 4 is committed, the intent is still there, and ``undo`` takes
back the renames, the data and the reserved names. What was answered is committed.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import delete, exists, insert, select, true, update

from kallithea_host import names, schema
from kallithea_host.clock import now
from kallithea_host.storage import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection

Action = Literal["create", "move", "delete", "restore", "empty", "pull", "import"]
Origin = Literal["daemon", "operator"]

_table: Final = schema.intents
_repositories, _groups = schema.repositories, schema.repository_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One change that is under way."""

    intent_id: int
    action: Action
    origin: Origin
    """Who makes the change: a start of the daemon undoes what no living process works on."""
    repo_ids: Sequence[int] = ()
    """create: the reserved row; pull: the repository that is written to."""
    group_ids: Sequence[int] = ()
    """Repository groups that were made for this change."""
    removes: Sequence[str] = ()
    """Directories that hold nothing of value: new data in the making, emptied trash."""
    moves: Sequence[tuple[str, str]] = ()
    """Renames of step 4: source and target."""
    makes: Sequence[str] = ()
    """Directories of groups that step 4 makes, outermost first."""
    clears: Sequence[str] = ()
    """Directories of groups that step 4 removes; they hold nothing."""


def begin(db: Connection, action: Action, origin: Origin, **what: object) -> int:
    """Write an intent down; its id."""
    document = {"origin": origin, **what}
    begun = insert(_table).values(action=action, document=document, created_on=now())
    intent_id: int = db.execute(begun.returning(_table.c.intent_id)).scalar_one()
    return intent_id


def find(db: Connection, intent_id: int) -> Intent | None:
    """An intent, or None once it is finished or undone."""
    return next(iter(_load(db, _table.c.intent_id == intent_id)), None)


def get(db: Connection, intent_id: int) -> Intent:
    """An intent that is under way."""
    (intent,) = _load(db, _table.c.intent_id == intent_id)
    return intent


def all_open(db: Connection) -> list[Intent]:
    """Every intent that is under way or was left behind, oldest first."""
    return _load(db, true())


def _load(db: Connection, condition: ColumnElement[bool]) -> list[Intent]:
    rows = db.execute(select(_table).where(condition).order_by(_table.c.intent_id))
    return [Intent(intent_id=row.intent_id, action=row.action, **row.document) for row in rows]


def plan_moves(
    db: Connection,
    root: Path,
    intent_id: int,
    moves: Iterable[tuple[str, str]],
    directories: Sequence[str] = (),
) -> None:
    """Add the renames that are about to come; ``OSError`` when one of them is not possible.

    ``directories``: those of groups that are made besides those that the targets lie in.
    """
    planned = list(moves)
    for source, target in planned:
        if not os.path.lexists(root / source):
            raise FileNotFoundError(f"nothing lies at {source}")
        if os.path.lexists(root / target):
            raise FileExistsError(f"something lies at {target} already")
    wanted = chain(*(names.ancestors(target) for _, target in planned), directories)
    makes = layout.missing(root, dict.fromkeys(wanted))
    _add(db, intent_id, moves=planned, makes=makes)


def plan_directory(db: Connection, root: Path, intent_id: int, group_name: str) -> None:
    """Add that the directory of a new group, and those it lies in, are about to be made."""
    _add(db, intent_id, makes=layout.missing(root, [*names.ancestors(group_name), group_name]))


def plan_clearing(db: Connection, root: Path, intent_id: int, group_name: str) -> None:
    """Add that the directory of a group, if it has one, is about to be removed."""
    if not layout.missing(root, [group_name]):
        _add(db, intent_id, clears=[group_name])


def _add(db: Connection, intent_id: int, **planned: object) -> None:
    document = asdict(get(db, intent_id)) | planned
    del document["intent_id"], document["action"]
    db.execute(update(_table).where(_table.c.intent_id == intent_id).values(document=document))


def finish(db: Connection, root: Path, intent_id: int) -> None:
    """The last act of the last transaction: the intent goes, and the disk is changed.

    ``OSError`` when that is not possible, as for a directory that holds something by now.
    """
    intent = get(db, intent_id)
    db.execute(delete(_table).where(_table.c.intent_id == intent_id))
    for source, target in intent.moves:
        layout.move(root, source, target)
    for path in intent.makes:
        layout.make_directory(root, path)
    for path in intent.clears:
        layout.remove_directory(root, path)


def undo_on_disk(root: Path, intent: Intent) -> None:
    """Take back what a change did to the disk; may be repeated."""
    for source, target in reversed(intent.moves):
        layout.move_back(root, source, target)
    for path in intent.removes:
        layout.remove_tree(root, path)
    for path in intent.clears:
        layout.make_directory(root, path)


def undo_in_database(db: Connection, root: Path, intent: Intent) -> None:
    """Take back what a change reserved, once the disk is as before."""
    if intent.action == "create":
        reserved = _repositories.c.repo_id.in_(intent.repo_ids) & _repositories.c.pending
        db.execute(delete(_repositories).where(reserved))
    for group_id in reversed(intent.group_ids):
        _remove_unused_group(db, group_id)
    for path in reversed(intent.makes):
        layout.remove_if_empty(root, path)
    db.execute(delete(_table).where(_table.c.intent_id == intent.intent_id))


def _remove_unused_group(db: Connection, group_id: int) -> None:
    """Remove a group that was made for a change, unless somebody uses it by now."""
    children = _groups.alias()
    used = exists().where(_repositories.c.group_id == group_id) | exists().where(
        children.c.parent_id == group_id
    )
    db.execute(delete(_groups).where(_groups.c.group_id == group_id, ~used))
