"""Repository names and paths: the only place where one becomes the other.

A repository's name is its path below the repository root, elements separated by ``/``. What may
be created is narrower than what may be served: a repository that was copied in by hand or
imported keeps a name that could not be created here, as long as it is safe.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ELEMENT_BYTES: Final = 255
"""The longest element of a path, in UTF-8 bytes, as file systems have it."""
NAME_BYTES: Final = 2048
"""The longest whole name, in UTF-8 bytes; together with the root well below PATH_MAX."""

_BIDIRECTIONAL: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SEPARATORS: Final = re.compile(r"""[`?=\[\]\\;'"<>,/~!@#$%^&*()+{}|: -]+""")
_TAGS: Final = re.compile(r"<[^>]*>")
_ID_ALIAS: Final = re.compile(r"_[0-9]+", re.ASCII)


class BadName(ValueError):
    """The name cannot be a repository's, a group's or an account's; the text says why."""


def fold(name: str) -> str:
    """The form under which names are unique: NFC and case-folded.

    Folding can undo normalisation, hence the second round (Unicode 3.13, caseless matching).
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def slug(element: str) -> str:
    """What remains of a path element when everything unfit for a URL is replaced by ``-``."""
    return _SEPARATORS.sub("-", _TAGS.sub("", element)).strip("-")


def parent(name: str) -> str:
    """The group part of a full name; ``""`` at the top level."""
    return name.rpartition("/")[0]


def last(name: str) -> str:
    """The last element of a full name."""
    return name.rpartition("/")[2]


def ancestors(name: str) -> list[str]:
    """The groups a name lies in, outermost first: ``a``, ``a/b`` for ``a/b/c``."""
    elements = name.split("/")[:-1]
    return ["/".join(elements[: n + 1]) for n in range(len(elements))]


def check_new(name: str) -> None:
    """Raise ``BadName`` unless a repository or group of this full name may be created."""
    check_safe(name)
    elements = name.split("/")
    for element in elements:
        if element != slug(element):
            raise BadName(f"`{element}` is not a plain name")
        if element.startswith("."):
            raise BadName("a name must not begin with a dot")
        if element.startswith("rm__") or element.casefold().endswith((".git", ".hg")):
            raise BadName(f"`{element}` is reserved")
    if elements[-1].isdecimal():
        raise BadName("a name of digits only would be taken for an id")
    if _ID_ALIAS.fullmatch(elements[0]) or fold(elements[0]) == "_admin":
        raise BadName(f"`{elements[0]}` is reserved at the top level")


def check_safe(name: str) -> None:
    """Raise ``BadName`` unless the name can be served: one path, below the root, printable."""
    if len(name.encode(errors="replace")) > NAME_BYTES:
        raise BadName("the name is too long")
    for element in name.split("/"):
        if element in {"", ".", "..", ".hg", ".git"}:
            raise BadName("an element of the path is empty or reserved")
        if len(element.encode(errors="replace")) > ELEMENT_BYTES:
            raise BadName("an element of the path is too long")
    if not is_plain(name):
        raise BadName("the name holds a control or bidirectional character")


def is_plain(text: str) -> bool:
    """Whether a text has no control, surrogate or bidirectional characters."""
    return not any(
        character in _BIDIRECTIONAL or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        for character in text
    )


def plain(text: str) -> str:
    """The text on one line, steering no terminal: what ``is_plain`` refuses is escaped."""
    return "".join(
        character if is_plain(character) else character.encode("unicode_escape").decode()
        for character in text
    )


def path_of(root: Path, name: str) -> Path:
    """Where a repository or group lies; raises ``BadName`` if that is outside ``root``.

    Symbolic links on the way are resolved before the test.
    """
    check_safe(name)
    return found_at(root, name)


def found_at(root: Path, name: str) -> Path:
    """As ``path_of``, for what is there already and may have a name that is not safe to serve."""
    elements = name.split("/")
    if "\0" in name or not {"", ".", ".."}.isdisjoint(elements):
        raise BadName("an element of the path is empty or reserved")
    path = root.joinpath(*elements)
    if not path.resolve().is_relative_to(root.resolve()):
        raise BadName("the path leaves the repository root")
    return path
