"""Whether names can be used here: safe ones, and no two that are one but for case."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kallithea_host import names
from kallithea_host.importing.renames import NOUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.importing.renames import Names

_PATHS: Final = ("group", "repository")
"""Kinds whose names are paths below the repository root, and so must differ from one another."""


def problems(found: Names) -> Iterator[tuple[str, str]]:
    """What cannot stay as it is: what it is about, and why; ``--rename`` mends each."""
    yield from _unsafe(found)
    for kind in ("user", "usergroup", "email"):
        yield from _twins((kind, name) for name in found[kind].values() if name)
    yield from _twins((kind, name) for kind in _PATHS for name in found[kind].values())
    yield from _inside_repositories(found)


def _unsafe(found: Names) -> Iterator[tuple[str, str]]:
    for kind, noun in NOUNS.items():
        for name in found[kind].values():
            if reason := _reason(kind, name):
                yield f"{noun} `{name}`", f"is not safe: {reason}"


def _reason(kind: str, name: str) -> str:
    if kind in _PATHS:
        try:
            names.check_safe(name)
        except names.BadName as error:
            return str(error)
        return ""
    if not name and kind != "email":  # an address without text is left out
        return "it is empty"
    if not names.is_plain(name):
        return "it holds a control or bidirectional character"
    return ""


def _twins(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    by_key: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, name in found:
        by_key[names.fold(name)].append((kind, name))
    for twins in by_key.values():
        if len(twins) > 1:
            about = ", ".join(f"{NOUNS[kind]} `{name}`" for kind, name in sorted(twins))
            yield about, "are one name here: rename all but one"


def _inside_repositories(found: Names) -> Iterator[tuple[str, str]]:
    groups = {names.fold(name) for name in found["group"].values()}
    taken = {names.fold(name): name for name in found["repository"].values()}
    taken = {key: name for key, name in taken.items() if key not in groups}  # those are twins
    for kind in _PATHS:
        for name in found[kind].values():
            for above in names.ancestors(name):
                if names.fold(above) in taken:
                    outer = taken[names.fold(above)]
                    yield f"{NOUNS[kind]} `{name}`", f"lies inside the repository `{outer}`"
