"""``kallithea-host user``: make accounts, set passwords, list who there is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import and_, select

from kallithea_host import Ident, schema
from kallithea_host.commands.output import json_option, show
from kallithea_host.passwords import hash_password
from kallithea_plugins.users import changes
from kallithea_plugins.users.commands import passwords
from kallithea_plugins.users.commands.subject import explained, user_argument
from kallithea_plugins.users.rules import new_identity

if TYPE_CHECKING:
    from kallithea_host.commands.operator import Operator

_users, _emails = schema.users, schema.emails


@click.group()
def user() -> None:
    """Look after accounts."""


@user.command()
@click.argument("username")
@click.option("--email", default="", help="The primary e-mail address.")
@click.option("--firstname", default="", help="First name.")
@click.option("--lastname", default="", help="Last name.")
@click.option("--admin", is_flag=True, help="Make the user an administrator.")
@click.option("--inactive", is_flag=True, help="Accept none of the user's keys for now.")
@click.option("--extern-type", help="Who authenticates the user: internal (the default), ldap …")
@click.option("--extern-name", help="The user's name there.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--no-password", is_flag=True, help="Do not ask for a password: the user has none.")
@click.pass_obj
def create(
    operator: Operator,
    /,
    *,
    username: str,
    email: str,
    inactive: bool,
    extern_type: str | None,
    extern_name: str | None,
    password_stdin: bool,
    no_password: bool,
    **columns: Any,
) -> None:
    """Create an account.

    The password is asked for on a terminal; without one, and without --password-stdin, the user
    has none. `key show` prints the new user's API key.
    """
    password = _new_password(from_stdin=password_stdin, none=no_password)
    with explained():
        columns["password_hash"] = hash_password(password) if password else None
        columns |= {"active": not inactive, **new_identity(extern_type, extern_name, None)}
        with operator.writing() as job:
            made = changes.create(job, username, email, columns)
    click.echo(f"created user {made['username']} (id {made['user_id']})")


def _new_password(*, from_stdin: bool, none: bool) -> str:
    if from_stdin and none:
        raise click.UsageError("--password-stdin and --no-password exclude each other")
    if from_stdin:
        return passwords.read()
    return passwords.ask(optional=True) if sys.stdin.isatty() and not none else ""


@user.command("set-password")
@user_argument
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input.")
@click.pass_obj
def set_password(operator: Operator, *, user: str, from_stdin: bool) -> None:
    """Set the password of USER (id or name); it is asked for twice."""
    password = passwords.read() if from_stdin else passwords.ask()
    with explained():
        columns = {"password_hash": hash_password(password)}
        with operator.writing() as job:
            changed = changes.change(job, Ident(user), None, None, columns)
    click.echo(f"set the password of {changed['username']}")


@user.command("list")
@json_option
@click.pass_obj
def list_(operator: Operator, *, as_json: bool) -> None:
    """List all accounts by name, without the `default` one."""
    columns = (
        _users.c.user_id,
        _users.c.username,
        _emails.c.email,
        _users.c.active,
        _users.c.admin,
        _users.c.extern_type,
        _users.c.last_login,
    )
    primary = and_(_emails.c.user_id == _users.c.user_id, _emails.c.is_primary)
    listed = (
        select(*columns)
        .outerjoin_from(_users, _emails, primary)
        .where(_users.c.user_id != schema.default_user_id)
        .order_by(_users.c.username)
    )
    with operator.reading() as job:
        rows = job.db.execute(listed).all()
    show([column.name for column in columns], rows, as_json=as_json)
