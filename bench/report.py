"""The figures, as a table for people and as JSON for programs."""

import json
import os
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

PACKAGES = ("kallithea-host", "twisted", "sqlalchemy", "mercurial", "dulwich", "msgspec")


def environment() -> dict[str, object]:
    """What the figures hold for."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        **{name: version(name) for name in PACKAGES},
    }


def write(figures: dict[str, object], folder: Path) -> Path:
    """Write everything that was measured."""
    path = folder / f"bench-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n")
    return path


def show(figures: dict) -> None:
    """Print the tables."""
    console = Console(width=110)
    console.print(_calls(figures["calls"]), _latency(figures["latency"]))
    console.print(_streams(figures["streams"]["rows"]), _marks(figures["marks"]))
    console.print(f"First byte of the first archive of all: {figures['streams']['cold']:.2f} s.")
    memory, starts = figures["memory_mb"], figures["start_seconds"]
    console.print(
        f"Resident memory: {memory['started']:.0f} MB after the start, {memory['worked']:.0f} MB "
        f"after the work, {memory['most']:.0f} MB at most. "
        f"Start: {starts['first']:.2f} s the first, {starts['next']:.2f} s the next."
    )


def _calls(calls: list[dict]) -> Table:
    table = Table("call", title="Calls, against a constant of the same size")
    for column in ("calls/s", "ceiling/s", "ratio", "p50 ms", "p99 ms", "bytes"):
        table.add_column(column, justify="right")
    for call in calls:
        table.add_row(
            call["name"],
            f"{call['per_second']:,.0f}"
            if call["per_second"] > 10
            else f"{call['per_second']:.2f}",
            f"{call['ceiling']:,.0f}",
            f"{call['ratio']:.3f}",
            f"{call['p50_ms']:.2f}",
            f"{call['p99_ms']:.2f}",
            f"{call['bytes']:,}",
        )
    return table


def _latency(rows: list[dict]) -> Table:
    table = Table("while", title="Latency of get_user, two connections")
    for column in ("p50 ms", "p99 ms", "max ms", "p99 / idle", "heavy calls"):
        table.add_column(column, justify="right")
    for row in rows:
        times = [f"{row[key]:.2f}" for key in ("p50_ms", "p99_ms", "max_ms")]
        table.add_row(row["name"], *times, f"{row['to_idle']:.1f}", str(row["heavy_calls"]))
    return table


def _streams(rows: list[dict]) -> Table:
    table = Table("what", title="Archives of many small files, and one large file, in seconds")
    columns = ("ours", "first byte", "bare Twisted", "to /dev/null", "to a pipe", "ratio")
    for column in (*columns, "without git"):
        table.add_column(column, justify="right")
    for row in rows:
        times = [f"{row[key]:.3f}" for key in ("ours", "first", "bare", "unread", "theirs")]
        alone = f"{row['dulwich']:.3f}" if "dulwich" in row else ""
        table.add_row(row["name"], *times, f"{row['ratio']:.2f}", alone)
    return table


def _marks(marks: list[dict]) -> Table:
    table = Table("mark", "wanted", "measured", "", title="Marks: goals, not conditions")
    for mark in marks:
        reached = "reached" if mark["reached"] else "missed"
        table.add_row(mark["name"], mark["wanted"], f"{mark['measured']:.2f}", reached)
    return table
