"""Results to JSON."""

from __future__ import annotations

import math
from types import NoneType
from typing import Any, Final

import msgspec

_SCALARS: Final = frozenset({str, int, bool, NoneType})


def encode_result(result: Any) -> bytes:
    """The JSON of a method's result; raises ``TypeError`` or ``ValueError`` if it has none."""
    _require_plain(result)
    return _encode(result)


def printable(text: str) -> str:
    """The text without surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _require_plain(value: Any) -> None:
    """Raise unless a result is made of what JSON has: above all no rows, dates or NaN."""
    kind = type(value)
    if kind is dict:
        value = value.values()
    elif kind is float:
        if not math.isfinite(value):
            raise ValueError("a result holds a number that is not finite")
        return
    elif kind is not list and kind is not tuple:
        if not isinstance(value, str | int | None):
            raise TypeError(f"a result holds a {kind.__name__}")
        return
    for member in value:
        if type(member) not in _SCALARS:
            _require_plain(member)


def _plain_text(value: object) -> str:
    """Text of a class of its own, such as ``NewName``, is text."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a result holds a {type(value).__name__}")


_encode: Final = msgspec.json.Encoder(enc_hook=_plain_text).encode
