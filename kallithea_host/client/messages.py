"""A call to bytes, and an answer's bytes to the result: in Kallithea's dialect and JSON-RPC 2.0.

Nothing here sends anything, so that clients of any kind share it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from kallithea_host.client.errors import BadAnswer, CallError, ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOO_LARGE: Final = 413
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent for a call; it holds the API key."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    body: bytes
    content_type: str = ""
    location: str = ""


class Dialect(Protocol):
    """How calls are written and answers read."""

    def encode(self, call_id: int, key: str, method: str, args: Mapping[str, Any]) -> Post:
        """The request of a call."""

    def decode(self, call_id: int, reply: dict[str, Any]) -> Any:
        """The result in a reply; raises ``CallError`` or ``BadAnswer``."""


class _Kallithea:
    """Kallithea's dialect: the key and ``args`` in the body, an error is a text."""

    def encode(self, call_id: int, key: str, method: str, args: Mapping[str, Any]) -> Post:
        call = {"id": call_id, "api_key": key, "method": method, "args": dict(args)}
        return Post(_json(call), {"Content-Type": "text/plain"})

    def decode(self, call_id: int, reply: dict[str, Any]) -> Any:
        if not reply.keys() >= {"id", "result", "error"}:
            raise BadAnswer(
                "the answer is no reply to a call: `id`, `result` or `error` is missing"
            )
        error = reply["error"]
        _require_same(call_id, reply["id"], may_be_null=error is not None)
        if error is None:
            return reply["result"]
        raise CallError(error if isinstance(error, str) else json.dumps(error))


class _JsonRpc2:
    """JSON-RPC 2.0: the key in a header, an error has a code and may have data."""

    def encode(self, call_id: int, key: str, method: str, args: Mapping[str, Any]) -> Post:
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise ClientError("the API key holds a character that no key has")
        call = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": dict(args)}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        return Post(_json(call), headers)

    def decode(self, call_id: int, reply: dict[str, Any]) -> Any:
        error = reply.get("error")
        if reply.get("jsonrpc") != "2.0" or ("result" in reply) == ("error" in reply):
            raise BadAnswer("the answer is no reply of JSON-RPC 2.0")
        _require_same(call_id, reply.get("id"), may_be_null="error" in reply)
        if "result" in reply:
            return reply["result"]
        if not isinstance(error, dict) or not isinstance(error.get("message"), str):
            raise BadAnswer("the error in the answer is none of JSON-RPC 2.0")
        raise CallError(error["message"], error.get("code"), error.get("data"))


KALLITHEA: Final[Dialect] = _Kallithea()
JSON_RPC_2: Final[Dialect] = _JsonRpc2()


def result_of(url: str, dialect: Dialect, call_id: int, answer: HttpAnswer) -> Any:
    """The result that an answer of ``url`` to a call holds; raises ``CallError``, ``BadAnswer``."""
    if answer.status in _REDIRECTS:
        there = f"{url} redirects to {answer.location or 'nowhere'}"
        raise BadAnswer(f"{there}; the call was not sent there: give the address that answers")
    if answer.status == _TOO_LARGE:
        raise BadAnswer(f"the call is larger than {url} takes")
    try:
        reply = json.loads(answer.body, parse_constant=_no_number)
    except (ValueError, RecursionError):  # no JSON or no UTF-8; nested too deeply
        reply = None
    if not isinstance(reply, dict):
        kind = answer.content_type.partition(";")[0].strip()
        told = f"HTTP status {answer.status}, {kind or 'of no stated type'}"
        raise BadAnswer(f"{url} does not answer as the API of Kallithea does ({told})")
    return dialect.decode(call_id, reply)


def _json(call: dict[str, Any]) -> bytes:
    return json.dumps(call, allow_nan=False).encode("ascii")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _require_same(sent: int, received: Any, *, may_be_null: bool) -> None:
    """Refuse the answer to another call; errors found before the id was read bear none."""
    if received is None and may_be_null:
        return
    if received != sent or type(received) is not type(sent):
        raise BadAnswer(f"the answer is to another call: its id is {json.dumps(received)[:40]}")


def given(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are not None: to the server a null stands for what is left out."""
    return {name: value for name, value in args.items() if value is not None}
