"""A file with one line for everything that happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host import Event


def write(folder: Path, event: Event) -> None:
    """Add an event to the diary. Threads and processes may do so at once: it is one write."""
    entry = {"action": event.action, "actor": event.actor, "subject": dict(event.subject)}
    line = json.dumps(entry, default=str) + "\n"
    with (folder / "diary.jsonl").open("ab", buffering=0) as file:
        file.write(line.encode())
