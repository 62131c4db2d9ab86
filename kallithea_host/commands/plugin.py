"""``kallithea-host plugin``: what is installed, and the beginning of a plugin of one's own."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from kallithea_host import config, survey
from kallithea_host.commands.output import json_option, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host.survey import Surveyed


@click.group()
def plugin() -> None:
    """Plugins: what is installed, and a new one."""


@plugin.command("list")
@json_option
@click.pass_context
def list_plugins(ctx: click.Context, *, as_json: bool) -> None:
    """Show every installed plugin: where it is from, whether it is used, what it adds.

    The exit code is 1 if a daemon would not start with them.
    """
    options = ctx.find_root().params
    settings = config.load(options["config"], {"data_dir": options["data_dir"]})
    found, clash = survey.survey(settings)
    if as_json:
        click.echo(msgspec.json.encode([asdict(each) for each in found]).decode())
    else:
        show(("plugin", "distribution", "state", "adds"), map(_row, found), as_json=False)
    if clash:
        click.echo(f"kallithea-host: {clash}", err=True)
    if clash or any(each.state == "failed" for each in found):
        sys.exit(1)


def _row(each: Surveyed) -> tuple[str, str, str, str]:
    state = f"{each.state}: {each.reason}" if each.reason else each.state
    return each.name, each.distribution, state, "; ".join(_adds(each))


def _adds(each: Surveyed) -> Iterable[str]:
    for kind, names in asdict(each.adds).items():
        if names:
            yield f"{kind}: {', '.join(names)}"


@plugin.command()
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="Folder that the new distribution is put into.",
)
def new(name: str, into: Path) -> None:
    """Write a plugin to begin with: a method, a permission check, settings, tests, packaging."""
    from kallithea_host.commands import new_plugin  # noqa: PLC0415 - jinja2 is seldom needed

    try:
        folder = new_plugin.write(name, into)
    except (new_plugin.CannotWriteError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"made {folder}")
    click.echo("to try it, in the server's environment:")
    path = folder if folder.is_absolute() else f"./{folder}"  # or pip takes it for a name
    click.echo(f"    pip install --editable {shlex.quote(f'{path}[test]')}")
    click.echo(f"    pytest {shlex.quote(str(path))}")
