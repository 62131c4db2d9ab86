"""Everything that can be known before anything is changed: what a dry run shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from kallithea_host import defaults, keys, schema
from kallithea_host.importing import disk, name_checks, networks, renames, tables
from kallithea_host.importing.reading import DEFAULT, Old
from kallithea_host.storage import layout

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from kallithea_host.importing.renames import Names, Rename
    from kallithea_host.importing.source import Source
    from kallithea_host.vcs import Backends

VERIFIABLE: Final = "$2"
"""What hashes of bcrypt begin with."""


class Line(NamedTuple):
    """One line of the report."""

    what: str
    """``problem``, ``note``, ``imported`` or ``left out``."""
    about: str
    detail: str


@dataclass(slots=True)
class Plan:
    """What is to be imported, under which names, and what stands against it."""

    old: Old
    names: Names
    found: disk.Found
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def repository_names(self) -> dict[int, str]:
        """The new names of the repositories that are imported, by id."""
        return self.names["repository"]

    def lines(self) -> Iterator[Line]:
        """The report: problems first, then what comes along, what does not, and remarks."""
        yield from (Line("problem", *each) for each in self.problems)
        yield from (Line("imported", what, str(count)) for what, count in _brought(self))
        yield from (Line("left out", what, str(count)) for what, count in _left(self.old) if count)
        yield from (Line("note", *each) for each in self.notes)


def plan(
    source: Source, root: Path, target: Path, backends: Backends, wishes: Sequence[Rename]
) -> Plan:
    """Look at the old database, the old root, and the root of this server, which may be the old."""
    old = Old(source)
    before = old.names
    new, unfit = renames.applied(before, wishes)
    found = disk.look(root, backends, old.repositories)
    for repo_id in found.left_out:
        del new["repository"][repo_id]
    made = Plan(old, new, found)
    made.problems += [("--rename", text) for text in unfit]
    made.problems += _default_problems(old)
    made.problems += [*name_checks.problems(new), *networks.problems(old), *found.problems]
    made.problems += _in_the_way(made, target, same=root.resolve() == target.resolve())
    made.notes += [*found.notes, *networks.notes(old), *_key_notes(old), *_password_notes(old)]
    made.notes += _owner_notes(old)
    return made


def _in_the_way(made: Plan, target: Path, *, same: bool) -> Iterator[tuple[str, str]]:
    old, new, there = made.old.names["repository"], made.repository_names, made.found.tips
    coming = [new[each] for each in there if not same or old[each] != new[each]]
    for name in layout.taken(target, coming):
        yield f"repository `{name}`", f"something lies at its place in {target} already"


def _default_problems(old: Old) -> list[tuple[str, str]]:
    ids = [user.user_id for user in old.users if user.username == DEFAULT]
    if ids == [schema.default_user_id]:
        return []
    return [("user `default`", f"must have the id {schema.default_user_id}, and has {ids}")]


def _key_notes(old: Old) -> Iterator[tuple[str, str]]:
    for user in old.users:
        if not keys.well_formed(user.api_key or ""):
            yield f"user `{user.username}`", "gets a new API key: the old one was none"
        elif old.source.inactive_may_call and not user.active and user.username != DEFAULT:
            yield f"user `{user.username}`", "is not active: his API keys are refused here"


def _password_notes(old: Old) -> Iterator[tuple[str, str]]:
    for user in old.users:
        if user.password and not user.password.startswith(VERIFIABLE):
            yield f"user `{user.username}`", "needs a new password: its hash is not of bcrypt"


def _owner_notes(old: Old) -> Iterator[tuple[str, str]]:
    for noun, rows, name in (
        ("repository", old.repositories, "repo_name"),
        ("repository group", old.repository_groups, "group_name"),
        ("user group", old.user_groups, "users_group_name"),
    ):
        for row in rows:
            if row.user_id not in old.user_ids:
                text = "its owner is gone: it belongs to the first administrator"
                yield f"{noun} `{getattr(row, name)}`", text


def _brought(made: Plan) -> Iterator[tuple[str, int]]:
    old, source = made.old, made.old.source
    yield "users", len(old.users)
    yield "e-mail addresses", sum(1 for name in made.names["email"].values() if name)
    yield "additional API keys", sum(keys.well_formed(row.api_key or "") for row in old.api_keys)
    yield "IP rules", len(old.networks)
    yield "user groups", len(old.user_groups)
    yield "repository groups", len(old.repository_groups)
    yield "repositories", len(made.repository_names)
    yield "followers of repositories", _followers(old, made.repository_names)
    yield "journal entries", source.count(tables.journal.name)


def _followers(old: Old, among: Container[int]) -> int:
    return sum(
        row.user_id in old.user_ids and row.follows_repository_id in among
        for row in old.source.rows(tables.followings)
    )


def _left(old: Old) -> Iterator[tuple[str, int]]:
    for name, noun in tables.WITHOUT_COUNTERPART.items():
        yield noun, old.source.count(name)
    followings = old.source.rows(tables.followings)
    yield "followers of users", sum(row.follows_repository_id is None for row in followings)
    unknown = old.settings.keys() - defaults.FRESH.keys()
    directory = {name for name in unknown if name.startswith("auth_")}
    yield "settings of how users are authenticated", len(directory)
    yield "other settings", len(unknown - directory)
