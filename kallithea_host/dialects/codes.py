"""The published codes of JSON-RPC 2.0: one for each class of errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kallithea_host import errors
from kallithea_host.dialects import requests

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Code:
    """What the clients of JSON-RPC 2.0 read of a class of errors."""

    number: int
    meaning: str
    message: str = ""
    """The message that the specification gives to it; without one it is the error's own text."""


_NO_KEY: Final = Code(-32001, "the API key is missing, unknown or expired")

CODES: Final[Mapping[type[errors.ApiError], Code]] = {
    requests.NotJson: Code(-32700, "the body is no JSON, or exceeds a limit", "Parse error"),
    requests.Refusal: Code(-32600, "the JSON is no request", "Invalid Request"),
    errors.NoSuchMethod: Code(-32601, "no method has this name", "Method not found"),
    errors.BadRequest: Code(-32602, "an argument is missing, unknown or has a wrong value"),
    errors.InternalError: Code(-32603, "a method failed in a way that nobody foresaw"),
    errors.ApiError: Code(-32000, "the call was refused; the message says why"),
    requests.Keyless: _NO_KEY,
    errors.NotAuthenticated: _NO_KEY,
    errors.AddressRefused: Code(-32002, "the user may not call from this address"),
    errors.Forbidden: Code(-32003, "the user may not do this"),
    errors.NotFound: Code(-32004, "there is no such object, or the user may not know of it"),
    errors.Conflict: Code(-32005, "the present state stands against it: a name is taken, …"),
    errors.Failed: Code(-32006, "the work was tried and could not be done"),
    errors.Busy: Code(-32007, "too many calls wait; the same one may be repeated later"),
}
"""A plugin's own class has the code of the nearest class above it."""


def code_of(error: type[errors.ApiError]) -> Code:
    """The code of a class of errors."""
    return next(CODES[each] for each in error.__mro__ if each in CODES)
