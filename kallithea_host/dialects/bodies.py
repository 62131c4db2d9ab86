"""The body of an HTTP request: one request, or a batch, each in the dialect that it is of.

A request object is JSON-RPC 2.0 if ``jsonrpc`` is exactly ``"2.0"`` and it has no ``args``; other
objects are Kallithea's. An array is a batch, which JSON-RPC 2.0 brought: what is wrong with it as
a whole, and with elements that are of neither dialect, is answered in that one's form. So is what
does not parse, if it seems to be meant as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import UNSET

from kallithea_host.dialects import jsonrpc2, kallithea, members
from kallithea_host.dialects.limits import DEFAULT_LIMITS, refuse_excess
from kallithea_host.dialects.requests import NotJson, Refusal
from kallithea_host.faults import Fault

if TYPE_CHECKING:
    from msgspec import Raw

    from kallithea_host.dialects.limits import Limits
    from kallithea_host.dialects.members import Members
    from kallithea_host.dialects.requests import Request
    from kallithea_host.errors import ApiError

_BOM: Final = b"\xef\xbb\xbf"
_MODERN_MARK: Final = b'"jsonrpc"'


class Dialect(Protocol):
    """A way to ask and to answer; its modules are such."""

    def decode(self, sent: Members, address: str, bearer: str | None) -> Request:
        """The request in the members of an object, or ``Refusal``."""

    def success(self, request_id: bytes, result: bytes) -> bytes:
        """The reply with a result, which is JSON already."""

    def failure(self, request_id: bytes, error: ApiError) -> bytes:
        """The reply with an error."""


Asked = tuple[Dialect, "Request | Refusal"]
"""A request, or why it is none, and the dialect to answer in."""


def decode(
    body: bytes | None, address: str, bearer: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Asked | list[Asked]:
    """What a body asks, a list if it is a batch; no body is one whose length nobody told."""
    if not body:
        text = "No Content-Length in request" if body is None else "Content-Length is 0"
        return kallithea, Refusal(text)
    try:
        data = _checked(body, limits)
        sent = members.read(data)
        if sent is not None:
            return _request(sent, address, bearer)
        if data.lstrip()[:1] == b"[":
            return _batch(members.read_elements(data), address, bearer, limits)
        members.decode_json(data)
    except NotJson as refusal:
        return _unreadable(body, refusal)
    return kallithea, kallithea.missing("api_key")


def _checked(body: bytes, limits: Limits) -> bytes:
    """The body without a byte order mark; refuses what is not UTF-8, or too much."""
    data = body.removeprefix(_BOM)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise NotJson("the body is not UTF-8") from None
    refuse_excess(data, limits)
    return data


def _request(sent: Members, address: str, bearer: str | None) -> Asked:
    dialect: Dialect = jsonrpc2 if sent.is_modern() else kallithea
    try:
        return dialect, dialect.decode(sent, address, bearer)
    except Refusal as refusal:
        return dialect, refusal


def _batch(
    elements: list[Raw], address: str, bearer: str | None, limits: Limits
) -> Asked | list[Asked]:
    if not 1 <= len(elements) <= limits.batch:
        fault = Fault((), f"1 to {limits.batch} requests", str(len(elements)))
        return jsonrpc2, jsonrpc2.invalid(fault)
    return [_element(each, address, bearer) for each in elements]


def _element(data: Raw, address: str, bearer: str | None) -> Asked:
    try:
        sent = members.read(data)
        if sent is None:
            return _no_object(data)
        if sent.api_key is UNSET and sent.args is UNSET and not sent.is_modern():
            fault = Fault(("jsonrpc",), "2.0", members.kind_of_json(sent.jsonrpc))
            return jsonrpc2, jsonrpc2.invalid(fault)
    except NotJson as refusal:
        return _unreadable(bytes(data), refusal)
    return _request(sent, address, bearer)


def _no_object(data: Raw) -> Asked:
    """The answer to an element of another type, or to an object with a number out of range."""
    kind = members.kind_of_json(data)
    if kind == "object":
        members.decode_json(data)
    return jsonrpc2, jsonrpc2.invalid(Fault((), "object", kind))


def _unreadable(data: bytes, refusal: NotJson) -> Asked:
    return (jsonrpc2 if _MODERN_MARK in data else kallithea), refusal
