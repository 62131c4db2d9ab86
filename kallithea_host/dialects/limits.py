"""How much JSON is decoded, found out before it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kallithea_host.dialects.requests import NotJson

_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much JSON is decoded at most."""

    nesting: int = 100
    """Arrays and objects in one another."""
    digits: int = 4300
    """Digits of a number; Python's own limit."""
    values: int = 100_000
    """Members and elements in the whole body."""
    batch: int = 100
    """Requests in one body."""


DEFAULT_LIMITS: Final = Limits()


def refuse_excess(data: bytes, limits: Limits) -> None:
    """Refuse what would cost much to decode; what stands in texts does not count."""
    openings = data.count(b"[") + data.count(b"{")
    values = openings + data.count(b",")
    if openings <= limits.nesting and values < limits.values and len(data) <= limits.digits:
        return
    bare = _without_texts(data, limits)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= limits.values:
        raise NotJson(f"more than {limits.values} values")
    if b"0" * (limits.digits + 1) in bare.translate(_ZEROS):
        raise NotJson(f"a number has more than {limits.digits} digits")
    depth = 0
    for bracket in bare.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.nesting:
            raise NotJson(f"nested more than {limits.nesting} deep")
        if depth < 0:
            return  # no JSON: the decoder says where


def _without_texts(data: bytes, limits: Limits) -> bytes:
    """What stands outside of quotes, in linear time whatever the data."""
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if unescaped.count(b'"') > 4 * limits.values:  # two quotes a text, a name and a text a value
        raise NotJson(f"more than {limits.values} values")
    return b'""'.join(unescaped.split(b'"')[::2])
