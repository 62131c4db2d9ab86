"""What exactly is wrong with a value that a client sent, for clients that want it in parts.

A fault holds names and types, never a value: values may be keys and passwords.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

NOTHING: Final = "nothing"
"""What was got where something is missing."""
LONGEST_NAME: Final = 64
"""Characters of a name that another one is suggested for, since comparing takes time."""
LIKENESS: Final = 0.7
"""How like a name its suggestion is at least, from 0 to 1."""

_KINDS: Final[dict[type, str]] = {
    NoneType: "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in what was sent, and what is wrong there."""

    path: tuple[str | int, ...]
    """Names of members and places of elements, from the argument's name down."""
    expected: str
    got: str
    """The type of what was sent, or ``nothing``."""
    known: Collection[str] = ()
    """For a name that is unknown: those it can be meant for."""

    @classmethod
    def of(cls, value: Any, expected: str, *path: str | int) -> Fault:
        """The fault of a value that was sent: ``Fault.of(size, "integer over 0", "size")``."""
        return cls(path, expected, kind_of(value))

    @property
    def suggestion(self) -> str | None:
        """The known name that is most like the unknown one."""
        return closest(self.path[-1], self.known) if self.path else None

    def below(self, *path: str | int) -> Fault:
        """The same fault, seen from further out."""
        return replace(self, path=(*path, *self.path))


def kind_of(value: Any) -> str:
    """What JSON calls the type of a value; nothing for what was not sent."""
    return _KINDS.get(type(value), NOTHING)


def closest(name: Any, known: Collection[str]) -> str | None:
    """The known name that somebody who sent another may have meant."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        return None
    alike = difflib.get_close_matches(name.lower(), known, 1, LIKENESS)
    return alike[0] if alike else None
