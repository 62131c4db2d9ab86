"""How commands print lists: one convention for people and for programs.

On a terminal a list is a table. Everywhere else it is one line a row, without a heading, columns
separated by tabs; with ``--json`` it is one JSON array of objects. What users wrote is printed
with its control characters escaped, so that it can neither break a line nor steer a terminal.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import click
import msgspec

from kallithea_host import names
from kallithea_host.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Value: TypeAlias = "str | int | bool | datetime | None"

json_option: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON array of objects."
)


def show(columns: Sequence[str], rows: Iterable[Sequence[Value]], *, as_json: bool) -> None:
    """Print a list; ``columns`` are the heading, and the names of the members in JSON."""
    if as_json:
        listed = [dict(zip(columns, map(_json, row), strict=True)) for row in rows]
        click.echo(msgspec.json.encode(listed).decode())
    elif sys.stdout.isatty():
        _show_table(columns, rows)
    else:
        for row in rows:
            click.echo("\t".join(map(plain, row)))


def _show_table(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    from rich import console, table, text  # noqa: PLC0415 - slow to import, seldom needed

    headings = [table.Column(column, overflow="fold") for column in columns]
    listed = table.Table(*headings, box=None, pad_edge=False, padding=(0, 1))
    for row in rows:
        listed.add_row(*(text.Text(plain(value)) for value in row))
    console.Console().print(listed)


def _json(value: Value) -> str | int | bool | None:
    return iso(value) if isinstance(value, datetime) else value


def plain(value: Value) -> str:
    """A value as one line of text that steers no terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return names.plain(str(value))
