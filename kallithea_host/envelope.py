"""Bytes to a request and a reply to bytes, in Kallithea's dialect of JSON-RPC.

The order of the checks and the ``id`` of each refusal are the released product's; the ``id`` of a
request travels as the bytes it was sent as.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kallithea_host.errors import ApiError, BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

NULL: Final = b"null"
NESTING: Final = 100
INTEGER_DIGITS: Final = 4300
VALUES: Final = 100_000

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LONG_NUMBER: Final = re.compile(rb"[0-9]{%d}" % (INTEGER_DIGITS + 1))
_BRACKET: Final = re.compile(rb"[\[\]{}]")


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as it was sent."""

    id: bytes
    """JSON, to be echoed."""
    key: Any
    """What was sent as API key: text, if it can be one."""
    method: Any
    """What was sent as the method's name."""
    args: Mapping[str, Any]
    address: str
    """The client's address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A body that is no request."""

    id: bytes
    error: ApiError


class _Envelope(msgspec.Struct):
    id: Raw | UnsetType = UNSET
    api_key: Raw | UnsetType = UNSET
    auth_token: Raw | UnsetType = UNSET
    method: Raw | UnsetType = UNSET
    args: Raw | UnsetType = UNSET


_decode_envelope: Final = msgspec.json.Decoder(_Envelope).decode
_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class _NotJson(Exception):
    """The body cannot be parsed; the text is the reason and holds nothing of the body."""


def decode(body: bytes | None, address: str, bearer: str | None = None) -> Request | Refusal:
    """The request in a body; ``None`` is a body whose length nobody told."""
    if body is None:
        return Refusal(NULL, BadRequest("No Content-Length in request"))
    if not body:
        return Refusal(NULL, BadRequest("Content-Length is 0"))
    try:
        envelope = _parse(body)
        args = _value(envelope.args)
        key = _key(envelope, bearer)
        method = _value(envelope.method)
    except _NotJson as reason:
        return Refusal(NULL, BadRequest(f"JSON parse error ERR:{reason}"))
    for name, refused_id in (("api_key", False), ("id", False), ("method", True), ("args", True)):
        if (key if name == "api_key" else getattr(envelope, name)) is UNSET:
            shown = _id(envelope.id) if refused_id else NULL
            return Refusal(shown, BadRequest(f"Incorrect JSON query missing '{name}'"))
    return Request(
        id=_id(envelope.id),
        key=key,
        method=method,
        args=args if isinstance(args, dict) else {},
        address=address,
    )


def encode(request_id: bytes, result: bytes, error: str | None) -> bytes:
    """The reply, one line; ``result`` is JSON already (``encode_result``)."""
    told = NULL if error is None else _encode(printable(error))
    return b'{"id":%b,"result":%b,"error":%b}' % (request_id, result, told)


def encode_result(result: Any) -> bytes:
    """The JSON of a method's result; raises ``TypeError`` or ``ValueError`` if it has none."""
    refuse_non_finite(result)
    return _encode(result)


def refuse_non_finite(result: Any) -> None:
    """Raise ``ValueError`` if a float anywhere in a result has no JSON form."""
    if isinstance(result, float):
        if not math.isfinite(result):
            raise ValueError("a result holds a number that is not finite")
    elif isinstance(result, dict):
        for value in result.values():
            if not isinstance(value, str | int):
                refuse_non_finite(value)
    elif isinstance(result, list | tuple):
        for value in result:
            if not isinstance(value, str | int):
                refuse_non_finite(value)


def printable(text: str) -> str:
    """The text without surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _parse(body: bytes) -> _Envelope:
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise _NotJson("the body is not UTF-8") from None
    data = text.encode("utf-8") if len(text) != len(body) else body
    _refuse_excess(data)
    try:
        return _decode_envelope(data)
    except msgspec.ValidationError:
        _value(Raw(data))
        return _Envelope()  # JSON, but no object: nothing in it has a name
    except msgspec.DecodeError as error:
        raise _NotJson(error) from None


def _refuse_excess(data: bytes) -> None:
    """Refuse what would cost much to decode; texts in the body do not count."""
    brackets = data.count(b"[") + data.count(b"{")
    values = data.count(b",") + brackets
    if brackets <= NESTING and values < VALUES and len(data) <= INTEGER_DIGITS:
        return
    bare = _STRING.sub(b'""', data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= VALUES:
        raise _NotJson(f"more than {VALUES} values")
    if _LONG_NUMBER.search(bare):
        raise _NotJson(f"a number has more than {INTEGER_DIGITS} digits")
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > NESTING:
            raise _NotJson(f"nested more than {NESTING} deep")


def _value(raw: Raw | UnsetType) -> Any:
    if raw is UNSET:
        return UNSET
    try:
        return _decode(raw)
    except msgspec.DecodeError as error:
        raise _NotJson(error) from None


def _key(envelope: _Envelope, bearer: str | None) -> Any:
    key = _value(envelope.api_key)
    if key is UNSET or key is None:
        token = _value(envelope.auth_token)
        if token is not UNSET and token is not None:
            return token
        if bearer is not None:
            return bearer
    return key


def _id(raw: Raw | UnsetType) -> bytes:
    if raw is UNSET:
        return NULL
    sent = bytes(raw)
    return msgspec.json.format(sent, indent=-1) if sent[:1] in b"[{" else sent
