"""What the journal calls things that happened, in words."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORKED: Final = "user_forked_repo:"
"""What the name of the fork follows."""
LISTED: Final = 20
"""Changesets of one push that are listed."""
_WORDS: Final[Mapping[str, str]] = {
    "user_created_repo": "created repository",
    "user_created_fork": "created fork",
    "user_forked_repo": "forked repository",
    "user_updated_repo": "updated repository",
    "user_downloaded_archive": "downloaded archive from repository",
    "started_following_repo": "started following repository",
    "stopped_following_repo": "stopped following repository",
    "pull": "pulled from",
    "push": "pushed into",
    "push_local": "committed into",
    "push_remote": "pulled from remote into",
}
_PUSHES: Final = frozenset({"push", "push_local", "push_remote"})
_ID: Final = re.compile("[0-9a-f]{40}")


def words(action: str) -> str:
    """An action in words, which the repository's name follows.

    Journals that were imported hold further ones; their names are words enough.
    """
    name = action.partition(":")[0]
    return _WORDS.get(name) or name.replace("_", " ")


def details(action: str, fork: str | None, repository_link: str) -> str:
    """What the journal tells besides, as HTML.

    ``fork`` is the name of the fork that was made, if there is one that the reader may see.
    """
    name, _, rest = action.partition(":")
    if name in _PUSHES:
        return "<br/>".join(_pushed(rest, repository_link))
    if name == "user_downloaded_archive":
        return escape(rest)
    return f"fork: {escape(fork)}" if fork else ""


def _pushed(ids: str, repository_link: str) -> Iterator[str]:
    """A line for each: ``<id>``, ``tag=><name>`` or ``delete_branch=><name>``."""
    pushed = [each for each in ids.split(",") if each]
    for each in pushed[:LISTED]:
        if _ID.fullmatch(each):
            link = escape(f"{repository_link}/changeset/{each}")
            yield f'changeset: <a href="{link}">{each[:8]}</a>'
        else:
            kind, arrow, name = each.partition("=>")
            yield escape(f"{kind.replace('_', ' ')}: {name}" if arrow else each)
    if len(pushed) > LISTED:
        yield f"… and {len(pushed) - LISTED:,} more"
