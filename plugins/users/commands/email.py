"""``kallithea-host email``: additional e-mail addresses of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.account_events import announce
from kallithea_host.commands.output import json_option, show
from kallithea_plugins.users import emails
from kallithea_plugins.users.commands.subject import explained, find, user_argument

if TYPE_CHECKING:
    from kallithea_host.commands.operator import Operator

_CHANGED = ("emails",)
_emails = schema.emails


@click.group()
def email() -> None:
    """Look after the additional e-mail addresses of USER (id or name)."""


@email.command()
@user_argument
@click.argument("address")
@click.pass_obj
def add(operator: Operator, *, user: str, address: str) -> None:
    """Give USER the additional ADDRESS, which is nobody's yet."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        stored = emails.add(job.db, user_id, address)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(f"added {stored}")


@email.command("list")
@user_argument
@json_option
@click.pass_obj
def list_(operator: Operator, *, user: str, as_json: bool) -> None:
    """List the addresses of USER, the primary one first."""
    columns = (_emails.c.email, _emails.c.is_primary)
    with operator.reading() as job:
        of_user = _emails.c.user_id == find(job, user).user_id
        listed = (
            select(*columns)
            .where(of_user)
            .order_by(_emails.c.is_primary.desc(), _emails.c.email_id)
        )
        rows = job.db.execute(listed).all()
    show(("email", "primary"), rows, as_json=as_json)


@email.command()
@user_argument
@click.argument("address")
@click.pass_obj
def remove(operator: Operator, *, user: str, address: str) -> None:
    """Take the additional ADDRESS from USER."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        emails.remove(job.db, user_id, address)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(f"removed {address}")
