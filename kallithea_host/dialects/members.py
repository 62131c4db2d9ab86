"""The members of a request object, whichever dialect it is of."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kallithea_host.dialects.requests import NotJson
from kallithea_host.faults import NOTHING

_VERSION_JSON: Final = b'"2.0"'
_KINDS: Final = {
    b'"': "text",
    b"[": "array",
    b"{": "object",
    b"t": "boolean",
    b"f": "boolean",
    b"n": "null",
}
"""Types of JSON by their first byte; the others are those of numbers."""


class Members(msgspec.Struct, gc=False):
    """What was sent by these names; of two equal names the last counts.

    What only one dialect looks at, and what is echoed, stays the bytes that it was sent as.
    """

    id: Raw | UnsetType = UNSET
    api_key: Any = UNSET
    auth_token: Any = None
    method: Any = UNSET
    args: Any = UNSET
    jsonrpc: Raw | UnsetType = UNSET
    params: Raw | UnsetType = UNSET

    def is_modern(self) -> bool:
        """Whether this is JSON-RPC 2.0: it says so, and has no arguments in Kallithea's place."""
        if self.jsonrpc is UNSET or self.args is not UNSET:
            return False
        sent = bytes(self.jsonrpc)
        if sent == _VERSION_JSON:
            return True
        return sent[:1] == b'"' and b"\\" in sent and decode_json(sent) == "2.0"

    def key(self, bearer: str | None) -> Any:
        """The first of the three places where a key was put."""
        if self.api_key is not UNSET and self.api_key is not None:
            return self.api_key
        if self.auth_token is not None:
            return self.auth_token
        return self.api_key if bearer is None else bearer


_decode_members: Final = msgspec.json.Decoder(Members).decode
_decode_elements: Final = msgspec.json.Decoder(list[Raw]).decode
_decode: Final = msgspec.json.Decoder().decode


def read(data: bytes | Raw) -> Members | None:
    """The members of the object that some JSON is; None if it is something else."""
    try:
        return _decode_members(data)
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError as error:
        raise NotJson(error) from None


def read_elements(data: bytes) -> list[Raw]:
    """The elements of the array that some JSON is."""
    try:
        return _decode_elements(data)
    except msgspec.DecodeError as error:
        raise NotJson(error) from None


def kind_of_json(sent: Raw | UnsetType) -> str:
    """The type of what was sent, by its first byte."""
    return NOTHING if sent is UNSET else _KINDS.get(bytes(sent)[:1], "number")


def decode_json(data: bytes | Raw) -> Any:
    """What some JSON says; refuses what is none, or holds a number too large for a float."""
    try:
        return _decode(data)
    except msgspec.ValidationError:
        raise NotJson("a number is out of range") from None
    except msgspec.DecodeError as error:
        raise NotJson(error) from None
