"""A file with one line for everything that happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kallithea_host import option

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host import Event


@dataclass(frozen=True)
class DiarySettings:
    """The section ``[plugin:example]`` of the ini file."""

    file: str = option("diary.jsonl", "name of the diary, in the data folder")
    leave_out: tuple[str, ...] = option((), "actions that are not written down")

    def __post_init__(self) -> None:
        if "/" in self.file or not self.file:
            raise ValueError(f"`file` is no name of a file: {self.file}")


def write(folder: Path, event: Event, settings: DiarySettings) -> None:
    """Add an event to the diary. Threads and processes may do so at once: it is one write."""
    if event.action in settings.leave_out:
        return
    entry = {"action": event.action, "actor": event.actor, "subject": dict(event.subject)}
    line = json.dumps(entry, default=str) + "\n"
    with (folder / settings.file).open("ab", buffering=0) as file:
        file.write(line.encode())
