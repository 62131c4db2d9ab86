"""Results as tables: lists for reading, on a terminal and in a pipe.

On a terminal a table is as wide as that, and columns without room are named below it. In a pipe
it is one line a row under a line of headings, separated by tabs, with every column.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from kallithea_host.names import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CELL_WIDTH: Final = 40
"""The widest cell on a terminal while others want the room."""
_GAP: Final = 2


def show_table(result: Any) -> None:
    """Print a result: a list as rows, an object as names and values, anything else as it is."""
    if isinstance(result, list) and result and all(isinstance(row, dict) for row in result):
        _show_rows(result)
    elif isinstance(result, dict):
        _show_members(result)
    else:
        for value in result if isinstance(result, list) else [result]:
            click.echo(cell(value))


def cell(value: Any) -> str:
    """A value as one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(element, (dict, list)) for element in value):
        return ", ".join(map(cell, value))
    if isinstance(value, (dict, list)):
        return plain(json.dumps(value, ensure_ascii=False))
    return plain(str(value))


def _show_rows(rows: Sequence[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [cell(row.get(name)) for row in rows] for name in names}
    if not sys.stdout.isatty():
        _show_lines([names, *zip(*columns.values(), strict=True)])
        return
    nested = {name for name in names if any(isinstance(row.get(name), dict) for row in rows)}
    by_use = sorted((name for name in names if any(columns[name])), key=nested.__contains__)
    widths = _widths({name: columns[name] for name in by_use})
    _show_grid(widths, columns)
    if left := [plain(name) for name in by_use if name not in widths]:
        click.echo(f"\nno room for: {', '.join(left)} (--format pretty has all)", err=True)


def _show_members(members: dict[str, Any]) -> None:
    rows = list(_flat(members))
    if sys.stdout.isatty():
        width = max((len(name) for name, _ in rows), default=0)
        rows = [(f"{name:{width}}", value) for name, value in rows]
    _show_lines(rows)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Names and values; what lies in objects and lists of objects has a name of several parts."""
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list) and any(isinstance(element, (dict, list)) for element in value):
        parts = enumerate(value)
    for name, part in parts:
        yield from _flat(part, f"{path}.{plain(str(name))}" if path else plain(str(name)))
    if not parts and path:
        yield path, cell(value)


def _show_lines(rows: Sequence[Sequence[str]]) -> None:
    between = " " * _GAP if sys.stdout.isatty() else "\t"
    for row in rows:
        click.echo(between.join(map(plain, row)).rstrip(" "))


def _widths(columns: dict[str, list[str]]) -> dict[str, int]:
    """How wide each column is that the terminal has room for; the first is always shown."""
    room = shutil.get_terminal_size().columns + _GAP
    wanted = {name: max(map(_width, [name, *cells])) for name, cells in columns.items()}
    shown: dict[str, int] = {}
    for name, width in wanted.items():
        least = min(width, CELL_WIDTH)
        if shown and least + _GAP > room:
            break
        shown[name] = min(least, room - _GAP)
        room -= shown[name] + _GAP
    for name, width in shown.items():  # what is left is for those that were cut
        more = min(wanted[name] - width, room)
        shown[name] += more
        room -= more
    return shown


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 - rich is slow to load

    return cell_len(text)


def _show_grid(widths: dict[str, int], columns: dict[str, list[str]]) -> None:
    from rich import console, table, text  # noqa: PLC0415 - rich is slow to load

    headings = (
        table.Column(text.Text(plain(name)), no_wrap=True, width=width)
        for name, width in widths.items()
    )
    grid = table.Table(*headings, box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for row in zip(*(columns[name] for name in widths), strict=True):
        grid.add_row(*map(text.Text, row))
    width, height = shutil.get_terminal_size()
    console.Console(width=width, height=height).print(grid)
