"""Kallithea's own dialect of JSON-RPC: a key and ``args`` in the request, all three in the reply.

The order of the checks and the ``id`` of each refusal are the released product's; the ``id`` of a
request travels as the bytes it was sent as.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from kallithea_host.dialects.requests import NULL, Refusal, Request
from kallithea_host.dialects.results import printable

if TYPE_CHECKING:
    from kallithea_host.dialects.members import Members
    from kallithea_host.errors import ApiError


def decode(sent: Members, address: str, bearer: str | None) -> Request:
    """The request in the members of an object, or ``Refusal``."""
    key = sent.key(bearer)
    if key is UNSET:
        raise missing("api_key")
    if sent.id is UNSET:
        raise missing("id")
    shown = _compact(bytes(sent.id))
    if sent.method is UNSET:
        raise missing("method", shown)
    if sent.args is UNSET:
        raise missing("args", shown)
    args = sent.args if isinstance(sent.args, dict) else {}
    return Request(shown, key, sent.method, args, address)


def success(request_id: bytes, result: bytes) -> bytes:
    """The reply with a result, which is JSON already; one line."""
    return b'{"id":%b,"result":%b,"error":null}' % (request_id, result)


def failure(request_id: bytes, error: ApiError) -> bytes:
    """The reply with the text of an error; one line."""
    told = msgspec.json.encode(printable(str(error)))
    return b'{"id":%b,"result":%b,"error":%b}' % (request_id, NULL, told)


def missing(name: str, request_id: bytes = NULL) -> Refusal:
    """The refusal of a request without a member."""
    return Refusal(f"Incorrect JSON query missing '{name}'", request_id)


def _compact(sent: bytes) -> bytes:
    """An id on one line; only objects and arrays can have several."""
    return msgspec.json.format(sent, indent=-1) if sent[:1] in b"[{" else sent
