"""Bytes to a request and a reply to bytes, in Kallithea's dialect of JSON-RPC.

The order of the checks and the ``id`` of each refusal are the released product's; the ``id`` of a
request travels as the bytes it was sent as.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

if TYPE_CHECKING:
    from collections.abc import Mapping

NULL: Final = b"null"
SECRET_ARGUMENTS: Final = ("password", "api_key", "clone_uri")
"""Arguments whose values are, or hold, what no log may show."""

_BOM: Final = b"\xef\xbb\xbf"
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_SCALARS: Final = frozenset({str, int, bool, NoneType})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much JSON is decoded at most."""

    nesting: int = 100
    """Arrays and objects in one another."""
    digits: int = 4300
    """Digits of a number; Python's own limit."""
    values: int = 100_000
    """Members and elements in the whole body."""


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as it was sent."""

    id: bytes
    """JSON, to be echoed."""
    key: Any = field(repr=False)
    """What was sent as API key: text, if it can be one."""
    method: Any
    """What was sent as the method's name."""
    args: Mapping[str, Any] = field(repr=False)
    address: str
    """The client's address."""

    def secrets(self) -> list[str]:
        """The texts in it that no log may show, the longest first."""
        values = [self.key, *(self.args.get(name) for name in SECRET_ARGUMENTS)]
        return sorted((v for v in values if isinstance(v, str) and v), key=len, reverse=True)


class Refusal(Exception):
    """A body that is no request; the text is for the client and holds nothing of the body."""

    def __init__(self, text: str, request_id: bytes = NULL) -> None:
        super().__init__(text)
        self.id = request_id


class _Envelope(msgspec.Struct, gc=False):
    id: Raw | UnsetType = UNSET
    api_key: Any = UNSET
    auth_token: Any = None
    method: Any = UNSET
    args: Any = UNSET


_decode_envelope: Final = msgspec.json.Decoder(_Envelope).decode
_decode: Final = msgspec.json.Decoder().decode


def decode(
    body: bytes | None, address: str, bearer: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Request:
    """The request in a body, or ``Refusal``; no body is one whose length nobody told."""
    if body is None:
        raise Refusal("No Content-Length in request")
    if not body:
        raise Refusal("Content-Length is 0")
    sent = _parse(body, limits)
    key = UNSET if sent is None else _key(sent, bearer)
    if sent is None or key is UNSET:
        raise _missing("api_key")
    if sent.id is UNSET:
        raise _missing("id")
    shown = _compact(bytes(sent.id))
    if sent.method is UNSET:
        raise _missing("method", shown)
    if sent.args is UNSET:
        raise _missing("args", shown)
    args = sent.args if isinstance(sent.args, dict) else {}
    return Request(shown, key, sent.method, args, address)


def encode(request_id: bytes, result: bytes, error: str | None) -> bytes:
    """The reply, one line; ``result`` is JSON already (``encode_result``)."""
    told = NULL if error is None else msgspec.json.encode(printable(error))
    return b'{"id":%b,"result":%b,"error":%b}' % (request_id, result, told)


def encode_result(result: Any) -> bytes:
    """The JSON of a method's result; raises ``TypeError`` or ``ValueError`` if it has none."""
    _require_plain(result)
    return _encode(result)


def printable(text: str) -> str:
    """The text without surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _missing(name: str, request_id: bytes = NULL) -> Refusal:
    return Refusal(f"Incorrect JSON query missing '{name}'", request_id)


def _not_json(reason: object) -> Refusal:
    return Refusal(f"JSON parse error ERR:{reason}")


def _parse(body: bytes, limits: Limits) -> _Envelope | None:
    """The members of the object in a body; None for JSON that is no object."""
    data = body.removeprefix(_BOM)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_json("the body is not UTF-8") from None
    _refuse_excess(data, limits)
    try:
        return _decode_envelope(data)
    except msgspec.ValidationError:
        _refuse_no_json(data)
        return None
    except msgspec.DecodeError as error:
        raise _not_json(error) from None


def _refuse_no_json(data: bytes) -> None:
    """Raise for what is not even JSON, or holds a number that is too large for a float."""
    try:
        _decode(data)
    except msgspec.ValidationError:
        raise _not_json("a number is out of range") from None
    except msgspec.DecodeError as error:
        raise _not_json(error) from None


def _refuse_excess(data: bytes, limits: Limits) -> None:
    """Refuse what would cost much to decode; what stands in texts does not count."""
    openings = data.count(b"[") + data.count(b"{")
    values = openings + data.count(b",")
    if openings <= limits.nesting and values < limits.values and len(data) <= limits.digits:
        return
    bare = _without_texts(data, limits)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= limits.values:
        raise _not_json(f"more than {limits.values} values")
    if b"0" * (limits.digits + 1) in bare.translate(_ZEROS):
        raise _not_json(f"a number has more than {limits.digits} digits")
    depth = 0
    for bracket in bare.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.nesting:
            raise _not_json(f"nested more than {limits.nesting} deep")
        if depth < 0:
            return  # no JSON: the decoder says where


def _without_texts(data: bytes, limits: Limits) -> bytes:
    """What stands outside of quotes, in linear time whatever the data."""
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if unescaped.count(b'"') > 4 * limits.values:  # two quotes a text, a name and a text a value
        raise _not_json(f"more than {limits.values} values")
    return b'""'.join(unescaped.split(b'"')[::2])


def _key(sent: _Envelope, bearer: str | None) -> Any:
    """The first of the three places where a key was put."""
    if sent.api_key is not UNSET and sent.api_key is not None:
        return sent.api_key
    if sent.auth_token is not None:
        return sent.auth_token
    return sent.api_key if bearer is None else bearer


def _compact(sent: bytes) -> bytes:
    """An id on one line; only objects and arrays can have several."""
    return msgspec.json.format(sent, indent=-1) if sent[:1] in b"[{" else sent


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
