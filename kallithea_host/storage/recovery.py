"""Taking back, at a start, every change of the disk that was cut off."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from twisted.logger import Logger

from kallithea_host import schema
from kallithea_host.names import BadName, path_of
from kallithea_host.storage import intents
from kallithea_host.storage.creation import store_tip
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host.host import Host
    from kallithea_host.storage.intents import Intent
    from kallithea_host.vcs import Changeset

_log: Final = Logger()


@contextmanager
def operating(host: Host) -> Iterator[None]:
    """Wait until no operator's command changes the disk, and keep others waiting.

    Whoever holds this knows that every intent of the operator's program was left behind.
    """
    path = host.settings.data_dir / "operator.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def recover(host: Host) -> int:
    """At the start of the daemon, under its lock: undo every intent there is; how many."""
    with operating(host):
        return _undo_all(host, _all_open(host))


def recover_operator(host: Host) -> int:
    """Inside ``operating``: undo what operator's commands left behind; how many."""
    left = [intent for intent in _all_open(host) if intent.origin == "operator"]
    return _undo_all(host, left)


def undo(host: Host, intent_id: int) -> None:
    """Take back one change, on the disk and then in the database, unless it is finished."""
    with host.database.read() as db:
        intent = intents.find(db, intent_id)
    if intent is not None:
        _undo(host, intent)


def _all_open(host: Host) -> list[Intent]:
    with host.database.read() as db:
        return intents.all_open(db)


def _undo_all(host: Host, left: list[Intent]) -> int:
    for intent in left:
        _undo(host, intent)
        _log.warn(
            "undid the {action} that was cut off (intent {intent_id})",
            action=intent.action,
            intent_id=intent.intent_id,
        )
    return len(left)


def _undo(host: Host, intent: Intent) -> None:
    root = host.settings.repositories
    intents.undo_on_disk(root, intent)
    tips = _repaired(host, intent) if intent.action == "pull" else {}
    with host.database.write() as db:
        for repo_id, tip in tips.items():
            store_tip(db, repo_id, tip)
        intents.undo_in_database(db, root, intent)


def _repaired(host: Host, intent: Intent) -> dict[int, Changeset]:
    """Heal the repository that a cut-off pull was writing to; its last changeset.

    What came is whole or gone: it may have come just before the end.
    """
    columns = schema.repositories.c
    with host.database.read() as db:
        found = db.execute(
            select(columns.repo_id, columns.repo_name, columns.repo_type).where(
                columns.repo_id.in_(intent.repo_ids)
            )
        ).all()
    tips = {}
    for repo_id, name, repo_type in found:
        try:
            path, backend = path_of(host.settings.repositories, name), host.backends[repo_type]
            backend.repair(path)
            tips[repo_id] = backend.tip(path)
        except (BadName, VcsError, OSError) as error:
            _log.warn("cannot repair {name}: {reason}", name=name, reason=error)
    return tips
