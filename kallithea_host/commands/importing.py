"""``kallithea-host import``: take over an installation of Kallithea."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from kallithea_host import data_folder
from kallithea_host.commands.output import json_option, show
from kallithea_host.importing import planning, running, source
from kallithea_host.importing.renames import BadRename, Rename
from kallithea_host.storage import intents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kallithea_host.commands.operator import Operator


class RenameParameter(click.ParamType[Rename]):
    """``OLD=NEW``."""

    name = "old=new"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Rename:
        """The wish that a text is."""
        try:
            return Rename.parse(value)
        except BadRename as error:
            self.fail(str(error), param, ctx)


class ZoneParameter(click.ParamType[ZoneInfo]):
    """A name of the time zone database."""

    name = "zone"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """The time zone of a name."""
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value} is no time zone, such as Europe/Berlin", param, ctx)


@click.command("import")
@click.option(
    "--database-url",
    envvar="KALLITHEA_DATABASE_URL",
    show_envvar=True,
    required=True,
    help="SQLAlchemy URL of Kallithea's database.",
)
@click.option(
    "--repositories",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    help="Kallithea's repository root.",
)
@click.option("--copy", is_flag=True, help="Copy the repositories instead of going on with them.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be done.")
@click.option(
    "--rename",
    "renames",
    multiple=True,
    type=RenameParameter(),
    help="[KIND:]OLD=NEW, for a name that cannot stay; may be repeated.",
)
@click.option("--time-zone", type=ZoneParameter(), help="Of the old server; else this host's.")
@json_option
@click.pass_obj
def import_(
    operator: Operator,
    *,
    database_url: str,
    repositories: Path,
    copy: bool,
    dry_run: bool,
    renames: Sequence[Rename],
    time_zone: ZoneInfo | None,
    as_json: bool,
) -> None:
    """Take over an installation of Kallithea 0.3 to 0.7 into a data folder of its own.

    The old database is only read; stop the old server first. Without --copy its repositories stay
    where they are, and `repositories` in the ini file must name their folder. An import that
    fails changes nothing. Exit codes: 0 done, or nothing stands against it; 1 refused.
    """
    try:
        with source.opened(database_url) as old:
            _check_roots(operator, repositories, copy=copy)
            _check_folder(operator, dry_run=dry_run)
            target, backends = operator.settings.repositories, operator.registry.backends
            plan = planning.plan(old, repositories, target, backends, renames)
            if not plan.problems and not dry_run:
                operator.set_up()
                running.run(operator.host, plan, running.Order(repositories, copy, time_zone))
            show(("what", "about", "detail"), plan.lines(), as_json=as_json)
    except (source.ImportRefused, OSError) as error:
        raise click.ClickException(str(error)) from None
    if plan.problems:
        raise click.ClickException("nothing was imported: solve the problems first")
    click.echo("nothing was changed" if dry_run else "imported", err=True)


def _check_roots(operator: Operator, repositories: Path, *, copy: bool) -> None:
    """Copies need another root, and repositories that stay where they are need the same one."""
    same = operator.settings.repositories.resolve() == repositories
    if copy and same:
        raise source.ImportRefused("the repositories cannot be copied onto themselves")
    if not copy and not same:
        raise source.ImportRefused(
            f"set `repositories = {repositories}` in the ini file to go on with the repositories "
            "where they are, or give --copy"
        )


def _check_folder(operator: Operator, *, dry_run: bool) -> None:
    """Refuse a data folder that is in use; what was cut off in it is undone, but by no dry run."""
    if not data_folder.secret_file(operator.settings).exists():
        return
    if not dry_run:
        running.undo_what_was_cut_off(operator.host)
    with operator.reading() as job:
        running.check_fresh(job.db)
        if intents.all_open(job.db):
            raise source.ImportRefused(
                "an import into this folder was cut off: repeat it without --dry-run"
            )
