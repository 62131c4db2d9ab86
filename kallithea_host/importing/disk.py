"""The repositories of the old installation: what lies there, and bringing it here."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kallithea_host import names
from kallithea_host.importing.reading import SETTLED
from kallithea_host.storage import layout
from kallithea_host.storage.scanning import repositories_below
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Row

    from kallithea_host.vcs import Backends, Changeset


@dataclass(slots=True)
class Found:
    """What lies below the old root, compared with the old database."""

    tips: dict[int, Changeset] = field(default_factory=dict)
    """The last changeset of each repository that is there, by repository id."""
    left_out: set[int] = field(default_factory=set)
    """Repositories that are not imported."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def look(root: Path, backends: Backends, rows: Iterable[Row[Any]]) -> Found:
    """Read every repository, and find those that the database does not know."""
    found, known = Found(), set()
    for row in rows:
        known.add(row.repo_name)
        about = f"repository `{row.repo_name}`"
        if row.repo_type not in backends:
            found.left_out.add(row.repo_id)
            found.notes.append((about, f"left out: no plugin serves the type {row.repo_type}"))
        else:
            _look_at(found, root, backends, row, about)
    for name, alias in repositories_below(root, backends):
        if name not in known:
            about = f"repository `{name}`"
            found.notes.append((about, f"on disk only ({alias}): rescan_repos finds it"))
    return found


def _look_at(found: Found, root: Path, backends: Backends, row: Row[Any], about: str) -> None:
    backend = backends[row.repo_type]
    try:
        path = names.found_at(root, row.repo_name)
        if backend.is_repository(path):
            found.tips[row.repo_id] = backend.tip(path)
            return
        reason = f"what lies there is no {row.repo_type} repository"
        if not path.exists():
            reason = "nothing lies there"
    except names.BadName as error:
        reason = str(error)
    except (VcsError, OSError) as error:
        found.problems.append((about, f"cannot be read: {error}"))
        return
    if row.repo_state in SETTLED:
        found.notes.append((about, f"not on disk: {reason}"))
    else:
        found.left_out.add(row.repo_id)
        found.notes.append((about, "left out: it was never finished"))


def moves(old: Mapping[int, str], new: Mapping[int, str], there: Iterable[int]) -> dict[str, str]:
    """Repositories that have to be moved within the root: their old and new names."""
    return {old[each]: new[each] for each in there if old[each] != new[each]}


def copied(root: Path, target: Path, wanted: Mapping[str, str], building: str) -> dict[str, str]:
    """Copy repositories aside, to the ``building``; where each lies, and its name-to-be.

    ``wanted``: their old and new names; ``root``: where they are now. Links are copied as links.
    """
    placed = {}
    (target / building).mkdir(mode=0o700)
    for number, (old, new) in enumerate(wanted.items()):
        aside = f"{building}/{number}"
        shutil.copytree(names.found_at(root, old), target / aside, symlinks=True)
        placed[aside] = new
    layout.make_durable(target)
    return placed
