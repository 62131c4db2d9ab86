"""``kallithea-host ip``: from where users may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kallithea_host.account_events import announce
from kallithea_host.commands.output import json_option, show
from kallithea_plugins.users import networks
from kallithea_plugins.users.commands.subject import explained, find, user_argument

if TYPE_CHECKING:
    from kallithea_host.commands.operator import Operator

_CHANGED = ("ip_addresses",)


class Network(click.ParamType[str]):
    """An IP address or network, as the database stores it."""

    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The network; an address is a network of one."""
        try:
            return networks.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_network_argument = click.argument("network", type=Network())


@click.group()
def ip() -> None:
    """Look after the networks that USER (id or name) may call from.

    Without any, and without one of `default`, whose networks hold for everybody, every address is
    permitted.
    """


@ip.command()
@user_argument
@_network_argument
@click.pass_obj
def add(operator: Operator, *, user: str, network: str) -> None:
    """Let USER call from NETWORK: an address, or a network such as 10.0.0.0/24."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        networks.add(job.db, user_id, network)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(f"added {network}")


@ip.command("list")
@user_argument
@json_option
@click.pass_obj
def list_(operator: Operator, *, user: str, as_json: bool) -> None:
    """List the networks of USER."""
    with operator.reading() as job:
        listed = networks.of_user(job.db, find(job, user).user_id)
    show(("network",), [(network,) for network in listed], as_json=as_json)


@ip.command()
@user_argument
@_network_argument
@click.pass_obj
def remove(operator: Operator, *, user: str, network: str) -> None:
    """Take NETWORK from those of USER; with the last one gone, every address is permitted."""
    with explained(), operator.writing() as job:
        user_id = find(job, user).user_id
        networks.remove(job.db, user_id, network)
        announce(job, "user.updated", user_id, _CHANGED)
    click.echo(f"removed {network}")
