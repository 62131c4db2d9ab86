"""Arguments of methods: from what clients really send to what a signature asks for.

Clients send ids as text, booleans as ``"True"``, and null for whatever they leave out. The rules
are few and exact: numbers and text turn into each other only when nothing is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import msgspec

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement

TRUE_WORDS: Final = frozenset({"t", "true", "y", "yes", "on", "1"})
FALSE_WORDS: Final = frozenset({"f", "false", "n", "no", "off", "0", ""})
LARGEST_ID: Final = 2**63 - 1
ID_DIGITS: Final = 4300
"""Digits that are turned into a number at most; Python refuses more."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,4300}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ident:
    """An object named by its id or its name, as a client gave it.

    An integer, or text of digits, is the primary key; other text is the exact name; anything else
    names nothing. ``str(ident)`` is what error texts show.
    """

    given: Any

    def __str__(self) -> str:
        if isinstance(self.given, str | None):
            return str(self.given)
        return msgspec.json.encode(self.given).decode()

    @property
    def key(self) -> int | None:
        """The primary key, if the client gave one that can exist."""
        given = self.given
        if isinstance(given, str) and _DIGITS.fullmatch(given) and len(given) <= ID_DIGITS:
            given = int(given)
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= LARGEST_ID:
            return given
        return None

    @property
    def name(self) -> str | None:
        """The name, if the client gave one."""
        given = self.given
        if isinstance(given, str) and "\0" not in given and not _DIGITS.fullmatch(given):
            return given
        return None

    def match(self, key: Column[int], name: Column[str]) -> ColumnElement[bool] | None:
        """The condition that finds the object, or None when nothing can match."""
        if self.key is not None:
            return key == self.key
        if self.name is not None:
            return name == self.name
        return None


class NewName(str):
    """Text that is to become a name; the method refuses what cannot be one in its own words."""

    __slots__ = ()


class Mismatch(Exception):
    """A value is not what the signature asks for; the text says what is expected."""


WORDS: Final[dict[Any, str]] = {
    str: "text",
    NewName: "text",
    int: "integer",
    bool: "boolean",
    float: "number",
    list: "array",
    dict: "object",
}


def convert(value: Any, hint: Any) -> Any:
    """``value`` as the type ``hint``; raises ``Mismatch``.

    ``None`` is passed only where the signature allows it, and ``hint`` is then not asked.
    """
    if hint is Ident:
        return Ident(value)
    if hint is Any:
        return value
    if hint is bool:
        return _boolean(value)
    if hint is int:
        return _integer(value)
    if hint in (str, NewName):
        return _text(value, hint)
    if get_origin(hint) is Literal:
        return _literal(value, get_args(hint))
    try:
        return msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError:
        raise Mismatch(WORDS.get(get_origin(hint) or hint, "another kind of value")) from None


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
    raise Mismatch("boolean")


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise Mismatch("integer")


def _text(value: Any, hint: type[str]) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = msgspec.json.encode(value).decode()
    if not isinstance(value, str) or (hint is str and "\0" in value):
        raise Mismatch("text")
    return hint(value)


def _literal(value: Any, choices: tuple[Any, ...]) -> Any:
    if value in choices:
        return value
    raise Mismatch(" or ".join(map(str, choices)))
