"""From the path of a URL to the views it may mean.

Names of repositories contain slashes, and nothing keeps one of their elements from being a word
that views use, too: ``/a/raw/raw/tip/x`` may be the file ``x`` of ``a/raw``, or ``tip/x`` of
``a`` at the revision ``raw``. So a path has candidates, the shortest name first, and the database
says which of them is a repository.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kallithea_host.names import NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kallithea_host.views import View

SITE: Final = "_admin"
"""The first element of every path that belongs to no repository."""
_PLACEHOLDER: Final = re.compile(r"\{(?P<name>[a-z][a-z_]*)(?P<rest>\.\.\.)?\}")


class BadPattern(ValueError):
    """The pattern of a view cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Path elements, each a word or a placeholder: ``raw/{revision}/{path...}``.

    ``{name}`` stands for one element; ``{name...}``, at the end, for one or more.
    """

    text: str

    def __post_init__(self) -> None:
        elements, names = self.elements, self.names
        if len(set(names)) != len(names):
            raise BadPattern(f"{self.text}: two placeholders have one name")
        for number, element in enumerate(elements, 1):
            found = _PLACEHOLDER.fullmatch(element)
            if not element or (not found and set("{}.") & set(element)):
                raise BadPattern(f"{self.text}: `{element}` is no word and no placeholder")
            if found and (number == 1 or (found["rest"] and number < len(elements))):
                raise BadPattern(f"{self.text}: `{element}` stands in the wrong place")

    @property
    def elements(self) -> tuple[str, ...]:
        """Words and placeholders, in their order."""
        return tuple(self.text.split("/"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders."""
        return tuple(found["name"] for found in map(_PLACEHOLDER.fullmatch, self.elements) if found)

    @property
    def takes_rest(self) -> bool:
        """Whether its last placeholder stands for any number of elements."""
        return self.elements[-1].endswith("...}")

    def fits(self, elements: Sequence[str], start: int) -> bool:
        """Whether a path, from its element ``start`` to its end, is one of this pattern."""
        own, given = self.elements, len(elements) - start
        if given < len(own) or (given > len(own) and not self.takes_rest):
            return False
        pairs = zip(own, elements[start : start + len(own)], strict=True)
        return all(_is_placeholder(mine) or mine == theirs for mine, theirs in pairs)

    def arguments(self, elements: Sequence[str]) -> dict[str, str]:
        """What the placeholders stand for in a path that fits."""
        found: dict[str, str] = {}
        for number, own in enumerate(self.elements):
            placeholder = _PLACEHOLDER.fullmatch(own)
            if placeholder:
                rest = elements[number:] if placeholder["rest"] else elements[number : number + 1]
                found[placeholder["name"]] = "/".join(rest)
        return found

    def overlaps(self, other: Pattern) -> bool:
        """Whether some path would fit both."""
        mine, theirs = self.elements, other.elements
        shorter, longer = sorted((self, other), key=lambda pattern: len(pattern.elements))
        if len(mine) != len(theirs) and not shorter.takes_rest:
            return False
        pairs = zip(shorter.elements, longer.elements, strict=False)
        return all(_is_placeholder(a) or _is_placeholder(b) or a == b for a, b in pairs)


def _is_placeholder(element: str) -> bool:
    return element.startswith("{")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a path."""

    view: View
    pattern: Pattern
    elements: tuple[str, ...]
    start: int
    """Where the name of the repository ends; 0 for a view of the site."""

    @property
    def repository(self) -> str:
        """The name of the repository."""
        return "/".join(self.elements[: self.start])

    @property
    def arguments(self) -> dict[str, str]:
        """What the view is given."""
        return self.pattern.arguments(self.elements[self.start :])


class Routes:
    """The patterns of all views."""

    def __init__(self, views: Iterable[View]) -> None:
        self._by_word: defaultdict[str, list[tuple[Pattern, View]]] = defaultdict(list)
        for view in views:
            for pattern in view.patterns:
                self._by_word[pattern.elements[0]].append((pattern, view))

    def clashes(self) -> Iterator[tuple[View, View, str]]:
        """Pairs of views that some path would mean both of, with a pattern of the first."""
        for claims in self._by_word.values():
            for (one, view), (two, other) in combinations(claims, 2):
                if one.overlaps(two):
                    yield view, other, one.text

    def candidates(self, path: Sequence[bytes]) -> list[Candidate]:
        """What a path may mean, the shortest name of a repository first.

        ``path`` is what stands between the slashes, without the percent signs of the URL.
        """
        elements = _elements(path)
        if not elements:
            return []
        if elements[0] == SITE:
            return list(self._at(elements, 0))
        found: list[Candidate] = []
        length = 0
        for start in range(1, len(elements)):
            length += len(elements[start - 1].encode()) + 1
            if length > NAME_BYTES:
                break
            found += self._at(elements, start)
        return found

    def _at(self, elements: tuple[str, ...], start: int) -> Iterator[Candidate]:
        for pattern, view in self._by_word.get(elements[start], ()):
            if pattern.fits(elements, start):
                yield Candidate(view, pattern, elements, start)


def _elements(path: Sequence[bytes]) -> tuple[str, ...]:
    """The elements as text; none of them when there is one that no path has.

    Slashes at the front are one, as they are everywhere on the site.
    """
    try:
        elements = [element.decode() for element in path]
    except UnicodeDecodeError:
        return ()
    while elements and not elements[0]:
        elements.pop(0)
    parts = "/".join(elements).split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        return ()
    return tuple(elements)
