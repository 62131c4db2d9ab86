"""``kallithea-host setting``: what new repositories are like when their maker does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kallithea_host import BadRequest, NotFound, defaults
from kallithea_host.arguments import Mismatch
from kallithea_host.commands.output import json_option, show

if TYPE_CHECKING:
    from kallithea_host import DbJob
    from kallithea_host.commands.operator import Operator


@click.group()
def setting() -> None:
    """Read and change the settings that are kept in the database."""


@setting.command("list")
@json_option
@click.pass_obj
def list_(operator: Operator, *, as_json: bool) -> None:
    """Print all settings with their values."""
    with operator.reading() as job:
        values = defaults.by_setting(defaults.get(job.db))
    rows = [(name, defaults.as_text(value)) for name, value in values.items()]
    show(("name", "value"), rows, as_json=as_json)


@setting.command("get")
@click.argument("name")
@click.pass_obj
def get(operator: Operator, name: str) -> None:
    """Print the value of a setting and nothing else."""
    _check_name(name)
    with operator.reading() as job:
        value = defaults.by_setting(defaults.get(job.db))[name]
    click.echo(defaults.as_text(value))


@setting.command("set")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_(operator: Operator, name: str, value: str) -> None:
    """Change a setting; it holds for repositories that are made from now on."""
    _check_name(name)
    with operator.writing() as job:
        if name == defaults.TYPE:
            _check_type(job, value)
        try:
            defaults.put(job.db, name, value)
        except Mismatch as mismatch:
            raise BadRequest(f"invalid value for `{name}`: expected {mismatch}") from None
    click.echo(f"set {name}")


def _check_name(name: str) -> None:
    if name not in defaults.FRESH:
        raise NotFound(f"setting `{name}` does not exist; there are {', '.join(defaults.FRESH)}")


def _check_type(job: DbJob, alias: str) -> None:
    if alias not in job.host.backends:
        types = ", ".join(sorted(backend.alias for backend in job.host.backends))
        raise NotFound(f"no plugin serves repositories of type `{alias}`; there are {types}")
