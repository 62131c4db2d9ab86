"""``kallithea-host key``: API keys of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kallithea_host import api_keys
from kallithea_host.account_events import announce
from kallithea_host.commands.output import json_option, show
from kallithea_plugins.users.commands.expiry import Expiry
from kallithea_plugins.users.commands.subject import explained, find, user_argument

if TYPE_CHECKING:
    from datetime import datetime

    from kallithea_host.commands.operator import Operator

_CHANGED = ("api_keys",)


@click.group()
def key() -> None:
    """Look after the API keys of USER (id or name)."""


@key.command("show")
@user_argument
@click.pass_obj
def show_(operator: Operator, *, user: str) -> None:
    """Print the built-in key of USER, and nothing else."""
    with operator.reading() as job:
        click.echo(api_keys.built_in(job, find(job, user).user_id))


@key.command("list")
@user_argument
@json_option
@click.pass_obj
def list_(operator: Operator, *, user: str, as_json: bool) -> None:
    """List the keys of USER, without the keys themselves. Times are UTC."""
    with operator.reading() as job:
        rows = api_keys.listed(job, find(job, user).user_id)
    columns = ("key_id", "builtin", "description", "created_on", "expires_on", "last_used_on")
    show(columns, rows, as_json=as_json)


@key.command()
@user_argument
@click.option("--description", default="", help="What the key is for.")
@click.option(
    "--expires",
    type=Expiry(),
    help="A date (good to the end of that day, UTC), a date with a time, or 12h, 30d, 8w, 1y.",
)
@click.pass_obj
def create(operator: Operator, *, user: str, description: str, expires: datetime | None) -> None:
    """Give USER an additional key, and print it, this once."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        made = api_keys.create(job, user_id, description, expires)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(made.text)


@key.command()
@user_argument
@click.pass_obj
def reset(operator: Operator, *, user: str) -> None:
    """Replace the built-in key of USER, and print the new one.

    The file admin-api-key of the data folder follows when it holds the old one.
    """
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        made = api_keys.reset(job, user_id)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(made.text)


@key.command()
@user_argument
@click.argument("key_id", type=click.IntRange(1, 2**63 - 1))
@click.pass_obj
def revoke(operator: Operator, *, user: str, key_id: int) -> None:
    """Delete the additional key KEY_ID of USER; `key list` shows the ids."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        api_keys.revoke(job, user_id, key_id)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(f"revoked key {key_id}")
