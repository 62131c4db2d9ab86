"""``--rename OLD=NEW``: what the operator wants things to be called here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from kallithea_host import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS: Final = ("user", "usergroup", "group", "repository", "email")
"""What a rename may be about; ``group`` is a repository group, as in permission names."""
NOUNS: Final = {
    "user": "user",
    "usergroup": "user group",
    "group": "repository group",
    "repository": "repository",
    "email": "e-mail address",
}

Names: TypeAlias = "dict[str, dict[int, str]]"
"""The names of all things, by kind and id."""


class BadRename(ValueError):
    """The text is no rename; what is said is for the operator."""


@dataclass(frozen=True, slots=True)
class Rename:
    """One wish."""

    kind: str | None
    """None: whatever is called so, if only one thing is."""
    old: str
    new: str

    @classmethod
    def parse(cls, text: str) -> Rename:
        """``OLD=NEW``, or ``KIND:OLD=NEW``; an empty NEW leaves an e-mail address out."""
        kind, _, rest = text.partition(":")
        rest = rest if kind in KINDS else text
        old, equals, new = rest.rpartition("=")
        nameless = not old and kind not in KINDS  # what has no name is meant by its kind
        if not equals or nameless or (not new and kind != "email"):
            raise BadRename(f"`{text}` is not of the form OLD=NEW")
        return cls(kind if kind in KINDS else None, old, new)


def applied(old: Names, renames: Sequence[Rename]) -> tuple[Names, list[str]]:
    """The names as they are to be here, and what is wrong with the wishes.

    What lies in a repository group that is renamed moves with it.
    """
    chosen, problems = _chosen(old, renames)
    new = {kind: {**called, **chosen[kind]} for kind, called in old.items()}
    moved: dict[str, str] = {}
    for group_id, name in sorted(old["group"].items(), key=lambda each: each[1].count("/")):
        moved[name] = chosen["group"].get(group_id) or _within(name, moved)
        new["group"][group_id] = moved[name]
    for repo_id, name in old["repository"].items():
        new["repository"][repo_id] = chosen["repository"].get(repo_id) or _within(name, moved)
    return new, problems


def _chosen(old: Names, renames: Sequence[Rename]) -> tuple[Names, list[str]]:
    """The names that were wished for."""
    chosen: Names = {kind: {} for kind in KINDS}
    problems = []
    for rename in renames:
        fitting = [
            (kind, each)
            for kind in ([rename.kind] if rename.kind else KINDS)
            for each, name in old[kind].items()
            if name == rename.old
        ]
        if not fitting:
            problems.append(f"nothing is called `{rename.old}`: it cannot be renamed")
        elif len(fitting) > 1:
            kinds = ", ".join(sorted({f"{kind}:" for kind, _ in fitting}))
            problems.append(f"several things are called `{rename.old}`: write one of {kinds}")
        else:
            ((kind, each),) = fitting
            chosen[kind][each] = rename.new
            problems += _unfit(kind, rename.new)
    return chosen, problems


def _unfit(kind: str, new: str) -> list[str]:
    """Why a new name may not be given; repositories and groups get only what can be created."""
    if kind in {"repository", "group"}:
        try:
            names.check_new(new)
        except names.BadName as error:
            return [f"`{new}` cannot be the name of a {NOUNS[kind]}: {error}"]
    return []


def _within(name: str, moved: Mapping[str, str]) -> str:
    """A name whose group may be called otherwise now, whether or not a row is about the group."""
    above = names.parent(name)
    if not above:
        return name
    return f"{moved.get(above) or _within(above, moved)}/{names.last(name)}"
