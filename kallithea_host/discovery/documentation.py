"""A method's docstring, taken apart: what it does, and its sections.

The sections are ``Args:``, ``Returns:`` and ``Errors:``, in this order, each if there is anything
to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SECTION: Final = re.compile(r"^(Args|Returns|Errors):\n", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"(?P<names>[a-z_]+(?:, [a-z_]+)*): (?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a docstring says; every text is without indentation."""

    about: str
    """What the method does; the first paragraph is the summary."""
    arguments: Mapping[str, str]
    """The text about each argument that has one, on one line."""
    returns: str
    errors: Sequence[str]
    """One line an error: its text in backquotes, and when it happens."""

    @property
    def summary(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self.about.partition("\n\n")[0].split())

    @property
    def details(self) -> str:
        """What follows the first paragraph."""
        return self.about.partition("\n\n")[2]


def parse(docstring: str) -> Documentation:
    """Take a docstring apart that is without indentation."""
    about, *parts = _SECTION.split(docstring)
    sections = dict(zip(parts[::2], map(cleandoc, parts[1::2]), strict=True))
    return Documentation(
        about.strip(),
        dict(_arguments(sections.get("Args", ""))),
        sections.get("Returns", "").strip(),
        tuple(_errors(sections.get("Errors", ""))),
    )


def _arguments(section: str) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n(?=\S)", section):
        if found := _ARGUMENT.fullmatch(entry):
            for name in found["names"].split(", "):
                yield name, " ".join(found["text"].split())


def _errors(section: str) -> Iterator[str]:
    """A line that begins with a text, after the end of a sentence, is the next error."""
    for entry in re.split(r"(?<=[.`])\n(?=``)", section):
        if entry:
            yield " ".join(entry.split())
