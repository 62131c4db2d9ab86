"""Which files a changeset touched, and how many lines of each came and went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kallithea_host import Failed
from kallithea_host.failing import failing
from kallithea_plugins.repos.views.declared import found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kallithea_host import Changes, FileStat, VcsJob, ViewCall

FILES: Final = 100
"""Files that are listed of a changeset; of one with more no lines are counted."""
REMEMBERED: Final = 500
"""Changesets whose files are kept in memory; a hundred files are some 20 kB."""


@dataclass(frozen=True, slots=True)
class TouchedFile:
    """A file that a changeset touched."""

    kind: str
    """``A``, ``M``, ``D`` or ``R``."""
    path: str
    lines: tuple[int, int] | None = None
    """Added and removed, where they were counted."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The files that a changeset touched, or the first of them."""

    files: Sequence[TouchedFile]
    unlisted: int = 0
    """How many there are besides."""


_remembered: Final[dict[tuple[Path, str], Touched]] = {}
"""Those that were asked for last are at the end; only the reactor thread comes here."""


async def touched(call: ViewCall, raw_id: str) -> Touched:
    """What a changeset touched; remembered, as a changeset stays what it is.

    A feed is asked for by every reader again when one changeset is new, and all others are as
    before.
    """
    key = (call.repository.path, raw_id)
    known = _remembered.pop(key, None) or await _looked_at(call, raw_id)
    _remembered[key] = known
    if len(_remembered) > REMEMBERED:
        del _remembered[next(iter(_remembered))]
    return known


async def _looked_at(call: ViewCall, raw_id: str) -> Touched:
    """To list names is cheap however many there are; to count lines, every file has to be read."""
    changes = await call.look(_changes, raw_id)
    kinds = {"A": changes.added, "M": changes.changed, "D": changes.removed}
    files = [TouchedFile(kind, name) for kind, names in kinds.items() for name in names]
    if len(files) > FILES:
        return Touched(files[:FILES], len(files) - FILES)
    try:
        with failing(f"no lines are counted of {call.repository.name} {raw_id}"):
            return Touched([_counted(stat) for stat in await call.stats(raw_id)])
    except Failed:  # the log has the reason, such as files that take too much memory
        return Touched(files)


def _changes(job: VcsJob, raw_id: str) -> Changes:
    with found(job):
        return job.backend.changes(job.repository.path, raw_id)


def _counted(stat: FileStat) -> TouchedFile:
    return TouchedFile(stat.kind, stat.path, (stat.added, stat.removed))
