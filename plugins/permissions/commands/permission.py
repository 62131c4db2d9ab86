"""``kallithea-host permission``: global names, what new objects give to everybody, anonymity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import select, update

from kallithea_host import Event, Ident, schema
from kallithea_host.accounts import get_user
from kallithea_host.commands.output import json_option, show
from kallithea_host.kinds import USER_GROUP, Level
from kallithea_plugins.permissions import global_names
from kallithea_plugins.permissions.global_names import GROUPS, USERS, Grantee

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host import DbJob
    from kallithea_host.commands.operator import Operator


def _grantee_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``--user`` and ``--group``."""
    command = click.option("--group", "-g", help="Id or name of a user group.")(command)
    return click.option("--user", "-u", help="Id or name of a user; `default` is everybody.")(
        command
    )


@click.group()
def permission() -> None:
    """Look after global permissions: of users, of user groups, and of `default`, everybody's."""


@permission.command("list")
@_grantee_options
@json_option
@click.pass_obj
def list_(operator: Operator, *, user: str | None, group: str | None, as_json: bool) -> None:
    """Print who was granted which names.

    All of them, or those of one user or user group: a line each with `user` or `group`, its name,
    and the permission.
    """
    with operator.reading() as job:
        if user is None and group is None:
            rows = [*global_names.granted(job.db, USERS), *global_names.granted(job.db, GROUPS)]
        else:
            grantee = _grantee(job, user, group)
            rows = global_names.granted(job.db, grantee.among, grantee.id)
    show(("kind", "name", "permission"), rows, as_json=as_json)


@permission.command("grant")
@_grantee_options
@click.argument("name")
@click.pass_obj
def grant(operator: Operator, user: str | None, group: str | None, name: str) -> None:
    """Grant a global name in place of its opposite.

    Such as `hg.create.repository` in place of `hg.create.none`.

    `default` also has one name of each kind that says what new objects give to everybody:
    `repository.read`, `group.read`, `usergroup.read`.
    """
    with operator.writing() as job:
        grantee = _grantee(job, user, group)
        global_names.grant(job.db, grantee, name)
        job.announce(_event(job, "permission.granted", grantee, name))
    click.echo(f"granted {name} to {grantee.among.word} {grantee.name}")


@permission.command("revoke")
@_grantee_options
@click.argument("name")
@click.pass_obj
def revoke(operator: Operator, user: str | None, group: str | None, name: str) -> None:
    """Take back a global name."""
    with operator.writing() as job:
        grantee = _grantee(job, user, group)
        global_names.revoke(job.db, grantee, name)
        job.announce(_event(job, "permission.revoked", grantee, name))
    click.echo(f"revoked {name} from {grantee.among.word} {grantee.name}")


@permission.command("anonymous")
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@click.pass_obj
def anonymous(operator: Operator, state: str | None) -> None:
    """Admit visitors without an account, or not.

    They may what `default` may. Prints which it is.
    """
    is_default = schema.users.c.user_id == schema.default_user_id
    if state is not None:
        with operator.writing() as job:
            active = state == "on"
            job.db.execute(update(schema.users).where(is_default).values(active=active))
    with operator.reading() as job:
        active = job.db.scalars(select(schema.users.c.active).where(is_default)).one()
    click.echo("on" if active else "off")


def _grantee(job: DbJob, user: str | None, group: str | None) -> Grantee:
    if (user is None) == (group is None):
        raise click.UsageError("name either a user or a user group")
    if user is not None:
        found = get_user(job.db, Ident(user))
        return Grantee(USERS, found.user_id, found.username)
    found = job.host.permissions.get(job.db, job.caller, USER_GROUP, Ident(group), Level.READ)
    return Grantee(GROUPS, found.users_group_id, found.group_name)


def _event(job: DbJob, action: str, grantee: Grantee, name: str) -> Event:
    among = grantee.among
    subject = {among.id.name: grantee.id, among.name.name: grantee.name}
    return Event(action, job.caller.username, job.caller.address, subject, {"permission": name})
