"""The operator's commands that look after repositories: ``check`` and ``trash``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kallithea_host import Failed
from kallithea_host.commands.output import json_option, plain, show
from kallithea_host.storage import checks, recovery
from kallithea_host.storage import trash as trashed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.commands.operator import Operator


@click.command()
@click.option(
    "--verify/--no-verify", default=True, help="Read all stored data of every repository, too."
)
@click.pass_obj
def check(operator: Operator, *, verify: bool) -> None:
    """Look for damage: a line for each finding and exit code 1, or nothing and 0."""
    found = checks.findings(operator.host, verify=verify)
    for line in found:
        click.echo(plain(line))
    if found:
        sys.exit(1)


@click.group()
def trash() -> None:
    """Deleted repositories: list them, bring them back, remove them for good."""


@trash.command("list")
@json_option
@click.pass_obj
def list_(operator: Operator, *, as_json: bool) -> None:
    """Show what was deleted: entry, when, by whom, name, repositories in the entry."""
    with operator.reading() as job:
        rows = [
            (each.entry_id, each.deleted_on, each.deleted_by, each.name, len(each.repositories))
            for each in trashed.entries(job.db)
        ]
    show(("entry", "deleted", "by", "name", "repositories"), rows, as_json=as_json)


@trash.command()
@click.argument("entry", type=int)
@click.pass_obj
def restore(operator: Operator, entry: int) -> None:
    """Bring an entry back whole: data, settings, permissions, followers, forks deleted with it."""
    host = operator.host
    with recovery.operating(host), _told_in_one_line():
        recovery.recover_operator(host)
        with operator.writing() as job:
            intent_id = trashed.plan_restoring(job, entry)
        try:
            with operator.writing() as job:
                restored = trashed.restore(job, entry, intent_id)
        except BaseException:
            recovery.undo(host, intent_id)
            raise
    click.echo(f"restored {restored.name}")


@trash.command()
@click.argument("entries", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Remove every entry.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def empty(operator: Operator, entries: tuple[int, ...], *, everything: bool, yes: bool) -> None:
    """Remove entries for good, data included."""
    if bool(entries) == everything:
        raise click.UsageError("name entries, or say --all")
    with operator.reading() as job:
        chosen = [
            entry
            for entry in trashed.entries(job.db)
            if everything or entry.entry_id in set(entries)
        ]
    _refuse_missing(entries, chosen)
    if chosen and not yes:
        names = ", ".join(entry.name for entry in chosen)
        click.confirm(f"Remove {names} for good?", abort=True)
    with recovery.operating(operator.host), _told_in_one_line():
        recovery.recover_operator(operator.host)
        for entry in chosen:
            with operator.writing() as job:
                intent_id = trashed.forget(job.db, entry.entry_id)
            recovery.undo(operator.host, intent_id)
            click.echo(f"removed {entry.name}")


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """What the disk refuses is the operator's to know."""
    try:
        yield
    except OSError as error:
        raise Failed(str(error)) from error


def _refuse_missing(entries: Iterable[int], chosen: Iterable[trashed.Entry]) -> None:
    missing = set(entries) - {entry.entry_id for entry in chosen}
    if missing:
        raise Failed(f"the trash has no entry {min(missing)}")
