"""JSON-RPC 2.0, https://www.jsonrpc.org/specification: ``params``, notifications, error objects.

The key is the header's, or a member ``api_key`` beside those of the specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kallithea_host.dialects.codes import code_of
from kallithea_host.dialects.members import decode_json, kind_of_json
from kallithea_host.dialects.requests import NULL, UNASKED, Keyless, NotJson, Refusal, Request
from kallithea_host.dialects.results import printable
from kallithea_host.errors import NoSuchMethod
from kallithea_host.faults import Fault, closest

if TYPE_CHECKING:
    from kallithea_host.dialects.members import Members
    from kallithea_host.errors import ApiError

_ID_KINDS: Final = ("text", "number", "null")


def decode(sent: Members, address: str, bearer: str | None) -> Request:
    """The request in the members of an object, or ``Refusal``."""
    request_id = _id(sent.id)
    if not isinstance(sent.method, str):
        raise invalid(Fault.of(sent.method, "text", "method"), request_id or NULL)
    args = _arguments(sent.params, request_id or NULL)
    key = sent.key(bearer)
    if key is UNSET or key is None:
        raise Keyless(request_id)
    return Request(request_id, key, sent.method, args, address)


def success(request_id: bytes, result: bytes) -> bytes:
    """The reply with a result, which is JSON already; one line."""
    return b'{"jsonrpc":"2.0","result":%b,"id":%b}' % (result, request_id)


def failure(request_id: bytes, error: ApiError) -> bytes:
    """The reply with an error; one line."""
    code = code_of(type(error))
    told: dict[str, Any] = {"code": code.number, "message": code.message or printable(str(error))}
    if data := _data(error):
        told["data"] = data
    return b'{"jsonrpc":"2.0","error":%b,"id":%b}' % (msgspec.json.encode(told), request_id)


def invalid(fault: Fault, request_id: bytes = NULL) -> Refusal:
    """The refusal of what is no request, answered even if it has no id."""
    return Refusal("Invalid Request", request_id, fault)


def _id(sent: Raw | UnsetType) -> bytes:
    if sent is UNSET:
        return UNASKED
    kind = kind_of_json(sent)
    if kind not in _ID_KINDS:
        raise invalid(Fault(("id",), "text, number or null", kind))
    return bytes(sent)


def _arguments(sent: Raw | UnsetType, request_id: bytes) -> dict[str, Any] | list[Any]:
    if sent is UNSET:
        return {}
    args = decode_json(sent)
    if not isinstance(args, dict | list):
        raise invalid(Fault.of(args, "object or array", "params"), request_id)
    return args


def _data(error: ApiError) -> dict[str, Any]:
    """What a program can read of an error, besides its code."""
    if isinstance(error, NotJson):
        return {"reason": error.reason}
    if isinstance(error, NoSuchMethod):
        suggestion = closest(error.name, error.known)
        return {"suggestion": suggestion} if suggestion else {}
    faults = [_fault(each.below("params")) for each in getattr(error, "faults", ())]
    if isinstance(error, Refusal) and error.fault:
        faults = [_fault(error.fault)]
    if len(faults) > 1:
        faults[0]["more"] = faults[1:]
    return faults[0] if faults else {}


def _fault(fault: Fault) -> dict[str, Any]:
    told = {"path": fault.path, "expected": fault.expected, "got": fault.got}
    return told | {"suggestion": fault.suggestion} if fault.suggestion else told
