"""What is printed of an answer, in each format.

``json`` is byte for byte what the program of Kallithea prints, ``pretty`` but for one thing: it
and tables hold no control character that a server has sent.
"""

from __future__ import annotations

import json
from typing import Any, Final, Literal, TypeAlias, get_args

import click

Format: TypeAlias = Literal["pretty", "json", "table"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def show_call(wanted: Format, method: str, host: str) -> None:
    """Say which call is made, before it is."""
    if wanted == "pretty":
        click.echo(f"Calling method {method} => {host}")


def show_result(wanted: Format, result: Any) -> None:
    """Print a result on standard output."""
    if wanted == "table":
        from kallithea_host.client.tables import show_table  # noqa: PLC0415 - rich is slow to load

        show_table(result)
    elif wanted == "json":
        click.echo(json.dumps(result))
    else:
        click.echo(f"Server response \n{_pretty(result)}")


def show_error(wanted: Format, text: str) -> None:
    """Print the server's error: as Kallithea's program does, and beside a table on stderr."""
    if wanted == "table":
        click.echo(f"ERROR:{_pretty(text)}", err=True)
    elif wanted == "json":
        click.echo(json.dumps(text))
    else:
        click.echo(f"Server response \nERROR:{_pretty(text)}")


def _pretty(value: Any) -> str:
    """JSON in ASCII; Python leaves one control character as it is."""
    return json.dumps(value, indent=4, sort_keys=True).replace("\x7f", "\\u007f")
