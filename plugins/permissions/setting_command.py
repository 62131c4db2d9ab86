"""``kallithea-host setting``: what new repositories are like when their maker does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kallithea_host import BadRequest, NotFound, defaults
from kallithea_host.arguments import Mismatch

if TYPE_CHECKING:
    from kallithea_host import DbJob
    from kallithea_host.commands.operator import Operator


@click.group()
def setting() -> None:
    """Read and change the settings that are kept in the database."""


@setting.command("list")
@click.pass_obj
def list_settings(operator: Operator) -> None:
    """Print all settings with their values."""
    with operator.reading() as job:
        values = defaults.by_setting(defaults.get(job.db))
    for name, value in values.items():
        click.echo(f"{name}\t{defaults.as_text(value)}")


@setting.command("get")
@click.argument("name")
@click.pass_obj
def get_setting(operator: Operator, name: str) -> None:
    """Print the value of a setting and nothing else."""
    _check_name(name)
    with operator.reading() as job:
        value = defaults.by_setting(defaults.get(job.db))[name]
    click.echo(defaults.as_text(value))


@setting.command("set")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_setting(operator: Operator, name: str, value: str) -> None:
    """Change a setting; it holds for repositories that are made from now on."""
    _check_name(name)
    with operator.writing() as job:
        try:
            defaults.put(job.db, name, value)
        except Mismatch as mismatch:
            raise BadRequest(f"invalid value for `{name}`: expected {mismatch}") from None
        _check_type(job)


def _check_name(name: str) -> None:
    if name not in defaults.FRESH:
        raise NotFound(f"setting `{name}` does not exist; there are {', '.join(defaults.FRESH)}")


def _check_type(job: DbJob) -> None:
    """Refuse, and with it undo, a type of repositories that no plugin serves."""
    chosen = defaults.get(job.db).type
    if chosen not in job.host.backends:
        types = ", ".join(backend.alias for backend in job.host.backends)
        raise NotFound(f"no plugin serves repositories of type `{chosen}`; there are {types}")
