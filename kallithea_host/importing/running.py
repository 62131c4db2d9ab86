"""Carrying an import out: all of it, or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from kallithea_host import data_folder, defaults, schema
from kallithea_host.arguments import Mismatch
from kallithea_host.clock import now
from kallithea_host.first_start import ADMIN
from kallithea_host.importing import disk, people, projects, rows
from kallithea_host.importing.reading import DEFAULT
from kallithea_host.importing.source import ImportRefused
from kallithea_host.rules import STORED_RULE
from kallithea_host.storage import intents, layout, recovery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from kallithea_host.config import Settings
    from kallithea_host.host import Host
    from kallithea_host.importing.planning import Plan

IMPORTED: Final = "imported"
"""The setting that says what was imported, and when."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for besides the plan."""

    repositories: Path
    """The old root."""
    copy: bool
    """Whether repositories are copied to the root of this server; else the old root is its root."""
    zone: ZoneInfo | None
    """The old server's time zone; None: this host's."""


def check_fresh(db: Connection) -> None:
    """Raise ``ImportRefused`` unless the database holds what the first start makes, and no more."""
    settings = schema.settings
    before = db.scalar(select(settings.c.value).where(settings.c.name == IMPORTED))
    if before is not None:
        raise ImportRefused(f"this folder was imported into already: {before}")
    names = set(db.scalars(select(schema.users.c.username)))
    password = select(func.count()).where(schema.users.c.password_hash.is_not(None))
    further_key = select(func.count()).where(~schema.api_keys.c.builtin)
    used = [
        table.name
        for table in (
            *(schema.emails, schema.user_groups, schema.repositories, schema.repository_groups),
            *(schema.journal, schema.trash, schema.settings),
        )
        if db.scalar(select(func.count()).select_from(table))
    ]
    if names - {DEFAULT, ADMIN} or used or db.scalar(password) or db.scalar(further_key):
        raise ImportRefused(
            "the data folder is in use: an import needs one of its own, which --data-dir names "
            "and nobody has worked with"
        )


@contextmanager
def no_daemon(settings: Settings) -> Iterator[None]:
    """Keep daemons from starting; raises ``ImportRefused`` when one is at work."""
    lock = data_folder.daemon_lock(settings)
    if not lock.take():
        raise ImportRefused("a daemon works on this data folder: stop it first")
    try:
        yield
    finally:
        lock.release()


def undo_what_was_cut_off(host: Host) -> None:
    """Take back what an import left behind that was killed."""
    with no_daemon(host.settings), recovery.operating(host):
        recovery.recover_operator(host)


def run(host: Host, plan: Plan, order: Order) -> None:
    """Import; whatever goes wrong, data folder and repositories are as before."""
    with no_daemon(host.settings), recovery.operating(host):
        with host.database.read() as db:
            check_fresh(db)
        intent_id, building = _begin(host)
        try:
            moves = _moves(host, plan, order, building)
            with host.database.write() as db:
                directories = sorted({*plan.names["group"].values()})
                root = host.settings.repositories
                intents.plan_moves(db, root, intent_id, moves.items(), directories)
            with host.database.write() as db:
                _write(db, host, plan, order)
                intents.finish(db, host.settings.repositories, intent_id)
        except BaseException:  # also when the operator interrupts it
            recovery.undo(host, intent_id)
            raise
        layout.remove_tree(host.settings.repositories, building)
        data_folder.admin_key_file(host.settings).unlink(missing_ok=True)


def _begin(host: Host) -> tuple[int, str]:
    building = layout.new_building(host.settings.repositories)
    with host.database.write() as db:
        return intents.begin(db, "import", "operator", removes=[building]), building


def _moves(host: Host, plan: Plan, order: Order, building: str) -> dict[str, str]:
    """The renames to come, by source; copies are made."""
    old, new, there = plan.old.names["repository"], plan.repository_names, plan.found.tips
    if order.copy:
        wanted = {old[repo_id]: new[repo_id] for repo_id in there}
        return disk.copied(order.repositories, host.settings.repositories, wanted, building)
    return disk.moves(old, new, there)


def _write(db: Connection, host: Host, plan: Plan, order: Order) -> None:
    check_fresh(db)
    db.execute(delete(schema.users))
    people.write(db, host.vault, plan, order.zone)
    projects.write(db, host.vault, plan, order.zone)
    for name in defaults.FRESH.keys() & plan.old.settings.keys():
        _set_default(db, host, name, plan.old.settings[name])
    source = plan.old.source
    stored = {IMPORTED: f"Kallithea {source.release}, {now():%Y-%m-%d %H:%M} UTC"}
    if source.highest_wins:
        stored[STORED_RULE] = "highest"
    rows.add(db, schema.settings, ({"name": key, "value": stored[key]} for key in stored))


def _set_default(db: Connection, host: Host, name: str, text: str) -> None:
    if name == defaults.TYPE and text not in host.backends:
        return
    try:
        defaults.put(db, name, text)
    except Mismatch:  # a value that meant nothing there, either
        return
