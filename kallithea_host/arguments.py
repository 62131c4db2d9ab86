"""Arguments of methods: from what clients really send to what a signature asks for.

Clients send ids as text, booleans as ``"True"``, and null for whatever they leave out. The rules
are few and exact: numbers and text turn into each other only when nothing is lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import msgspec

from kallithea_host.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, ColumnElement

TRUE_WORDS: Final = frozenset({"t", "true", "y", "yes", "on", "1"})
FALSE_WORDS: Final = frozenset({"f", "false", "n", "no", "off", "0", ""})
LARGEST: Final = 2**63 - 1
"""The largest integer that databases hold; the largest id."""
MOST_DIGITS: Final = 4300
"""Digits that Python turns into a number at most."""

_NUMBER_CHARACTERS: Final = frozenset("0123456789+-.eE")
_INTEGER: Final = f"integer from -{LARGEST} to {LARGEST}"


@dataclass(frozen=True, slots=True)
class Ident:
    """An object named by its id or its name, as a client gave it.

    An integer, or text of digits, is the primary key; other text is the exact name; anything else
    names nothing. ``str(ident)`` is what error texts show.
    """

    given: Any

    def __str__(self) -> str:
        if self.given is None or isinstance(self.given, str):
            return str(self.given)
        return msgspec.json.encode(self.given).decode()

    @property
    def key(self) -> int | None:
        """The primary key, if the client gave one that can exist."""
        given = self.given
        if isinstance(given, str) and _is_digits(given):
            given = int(given) if len(given) <= MOST_DIGITS else 0
        if isinstance(given, int) and given is not True and 1 <= given <= LARGEST:
            return given
        return None

    @property
    def name(self) -> str | None:
        """The name, if the client gave one."""
        given = self.given
        if isinstance(given, str) and "\0" not in given and not _is_digits(given):
            return given
        return None

    def match(self, key: Column[int], name: Column[str]) -> ColumnElement[bool] | None:
        """The condition that finds the object, or None when nothing can match."""
        given_key = self.key
        if given_key is not None:
            return key == given_key
        given_name = self.name
        return None if given_name is None else name == given_name


class NewName(str):
    """Text that is to become a name; the method refuses what cannot be one in its own words."""

    __slots__ = ()


class Mismatch(Exception):
    """A value is not what the signature asks for; the text says what is expected.

    ``fault`` says it more exactly, and of the one element or member that does not fit.
    """

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


def convert(value: Any, hint: Any) -> Any:
    """``value`` as the type ``hint``; raises ``Mismatch``.

    Null is passed on only where the signature allows it, and never comes here.
    """
    converter = _CONVERTERS.get(hint)
    if converter is not None:
        return converter(value)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(value, arguments)
    return _array(value, *arguments) if origin is list else _object(value, *arguments)


def is_convertible(hint: Any) -> bool:
    """Whether an argument may be declared with this type, its null left aside."""
    origin = get_origin(hint)
    if origin is Literal:
        return all(isinstance(choice, str) for choice in get_args(hint))
    if origin is list:
        return is_convertible(get_args(hint)[0])
    if origin is dict:
        name, member = get_args(hint)
        return name is str and is_convertible(member)
    return hint in _CONVERTERS


def type_name(hint: Any) -> str:
    """What a client is told to send for a type."""
    if get_origin(hint) is Literal:
        return " or ".join(get_args(hint))
    return _TYPE_NAMES[get_origin(hint) or hint]


def _mismatch(text: str, value: Any, expected: str = "") -> Mismatch:
    return Mismatch(text, Fault.of(value, expected or text))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in {0, 1}:
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
    raise _mismatch("boolean", value)


def _integer(value: Any) -> int:
    """An integer, as databases can hold it."""
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, str):
        text = value.strip()
        if _is_digits(text[1:] if text[:1] in {"+", "-"} else text) and len(text) <= MOST_DIGITS:
            number = int(text)
    if number is None or not -LARGEST <= number <= LARGEST:
        raise _mismatch("integer", value, _INTEGER)
    return number


def _number(value: Any) -> float:
    sent = value
    try:
        if isinstance(value, str) and _NUMBER_CHARACTERS.issuperset(value.strip()):
            value = float(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number) and number == value:
                return number
    except (ValueError, OverflowError):
        pass
    raise _mismatch("number", sent)


def _text(value: Any) -> str:
    text = _any_text(value)
    if "\0" in text:
        raise _mismatch("text", value, "text without NUL")
    return text


def _any_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return msgspec.json.encode(value).decode()
    raise _mismatch("text", value)


def _literal(value: Any, choices: tuple[str, ...]) -> str:
    for choice in choices:
        if value == choice:
            return choice
    raise _mismatch(" or ".join(choices), value)


def _array(value: Any, member: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _mismatch("array", value)
    return [_inside("array", place, each, member) for place, each in enumerate(value)]


def _object(value: Any, name: Any, member: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _mismatch("object", value)
    return {
        _inside("object", key, key, name): _inside("object", key, each, member)
        for key, each in value.items()
    }


def _inside(outer: str, place: str | int, value: Any, hint: Any) -> Any:
    """An element or a member as its type; the text of its mismatch is about the whole."""
    try:
        return convert(value, hint)
    except Mismatch as inner:
        raise Mismatch(outer, inner.fault.below(place)) from None


_CONVERTERS: Final[dict[Any, Callable[[Any], Any]]] = {
    Any: lambda value: value,
    Ident: Ident,
    NewName: lambda value: NewName(_any_text(value)),
    str: _text,
    int: _integer,
    bool: _boolean,
    float: _number,
}
_TYPE_NAMES: Final[dict[Any, str]] = {
    Any: "any",
    Ident: "id or name",
    NewName: "text",
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "text",
}
