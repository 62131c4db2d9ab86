"""The operator's program ``kallithea-host``: what has no method, done on the server itself.

It opens the same database and repositories as the daemon and works while that runs. The commands
for users, keys, permissions and so on are contributed by plugins through ``kallithea_commands``.

Exit codes: 0 done; 1 refused, failed, or (``check``) something was found; 2 wrong usage.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from kallithea_host import assembly, config, data_folder, migrating, tracing
from kallithea_host.commands.importing import import_
from kallithea_host.commands.operator import Operator
from kallithea_host.commands.plugin import plugin
from kallithea_host.database import Database
from kallithea_host.errors import ApiError
from kallithea_host.names import BadName
from kallithea_host.version import version


class Program(click.Group):
    """The program with its own commands and those of the plugins the settings load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted({*super().list_commands(ctx), *self._contributed(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        return super().get_command(ctx, cmd_name) or self._contributed(ctx).get(cmd_name)

    def _contributed(self, ctx: click.Context) -> dict[str, click.Command]:
        return {command.name or "": command for command in _operator(ctx).registry.commands()}


def _operator(ctx: click.Context) -> Operator:
    """The operator of this run, made from the program's options once."""
    if ctx.obj is None:
        overrides = {"data_dir": ctx.params.get("data_dir")}
        try:
            settings = config.load(ctx.params.get("config"), overrides)
            ctx.obj = Operator(settings, assembly.load_plugins(settings)[0])
        except config.ConfigError as error:
            raise click.ClickException(str(error)) from None
        ctx.call_on_close(ctx.obj.close)
    operator: Operator = ctx.obj
    return operator


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data-dir", "-d", type=click.Path(path_type=Path), help="Folder of the database and secret."
)
@click.option("--config", "-c", type=click.Path(path_type=Path), help="ini file with settings.")
@click.version_option(version(), prog_name="kallithea-host")
@click.pass_context
def program(ctx: click.Context, /, **_options: Any) -> None:
    """Look after a kallithea-host server: accounts, keys, permissions, data."""
    if ctx.invoked_subcommand != plugin.name:  # it is there for plugins that do not load, too
        _operator(ctx)


program.add_command(plugin)


@program.command()
@click.pass_obj
def init(operator: Operator) -> None:
    """Make the data folder: database, secret, repository root and first administrator."""
    if operator.set_up():
        click.echo(f"made {operator.settings.data_dir}")
        key_file = data_folder.admin_key_file(operator.settings)
        click.echo(f"the administrator's API key lies in {key_file}")
    else:
        click.echo(f"{operator.settings.data_dir} is set up already")


program.add_command(import_)


@program.group("db")
def database() -> None:
    """The database."""


@database.command()
@click.pass_obj
def upgrade(operator: Operator) -> None:
    """Bring the database to the schema of this version; the daemon does so when it starts."""
    with closing(Database(operator.settings.url)) as opened:
        before, after = migrating.upgrade(opened)
    click.echo(f"{before or 'nothing'} -> {after}" if before != after else f"up to date: {after}")


def main() -> None:
    """Run the program; errors are one line."""
    if tracing.wanted():
        tracing.tell_on_standard_error()
    try:
        program(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit("kallithea-host: aborted")
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.ClickException, ApiError, BadName, config.ConfigError) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        sys.exit(f"kallithea-host: {text}")
    except UnicodeEncodeError:
        sys.exit("kallithea-host: an argument is not valid text")
    except BrokenPipeError:
        sys.exit(1)
