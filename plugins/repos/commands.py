"""The operator's commands that look after repositories: ``check`` and ``trash``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kallithea_host.clock import iso
from kallithea_host.commands.output import as_json, show_table
from kallithea_host.storage import checks, recovery
from kallithea_host.storage import trash as bin_

if TYPE_CHECKING:
    from kallithea_host.commands.operator import Operator


@click.command()
@click.option("--verify/--no-verify", default=True, help="Read all data of every repository.")
@click.pass_obj
def check(operator: Operator, *, verify: bool) -> None:
    """Look for damage: one line for each finding, none and exit code 0 when all is well."""
    found = False
    for line in checks.findings(operator.host, verify=verify):
        found = True
        click.echo(line)
    if found:
        sys.exit(1)


@click.group()
def trash() -> None:
    """Deleted repositories: list them, bring them back, remove them for good."""
