"""One call as it was sent, and what is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.faults import Fault

NULL: Final = b"null"
UNASKED: Final = b""
"""In place of the id of a notification, which is not answered."""
SECRET_ARGUMENTS: Final = ("password", "api_key", "clone_uri")
"""Arguments whose values are, or hold, what no log may show."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as it was sent."""

    id: bytes
    """JSON, to be echoed."""
    key: Any = field(repr=False)
    """What was sent as API key: text, if it can be one."""
    method: Any
    """What was sent as the method's name."""
    args: Mapping[Any, Any] | list[Any] = field(repr=False)
    """By name, or by position in the order in which the method declares them."""
    address: str
    """The client's address."""

    @property
    def by_name(self) -> Mapping[Any, Any]:
        """The arguments, unless they were sent by position."""
        return {} if isinstance(self.args, list) else self.args

    def secrets(self) -> list[str]:
        """The texts in it that no log may show, the longest first."""
        values = [self.key, *(self.by_name.get(name) for name in SECRET_ARGUMENTS)]
        return sorted((v for v in values if isinstance(v, str) and v), key=len, reverse=True)


class Refusal(ApiError):
    """A body, or an element of a batch, that is no request.

    The text is for the client and holds nothing of the body. ``fault`` is about the members.
    """

    def __init__(self, text: str, request_id: bytes = NULL, fault: Fault | None = None) -> None:
        super().__init__(text)
        self.id = request_id
        self.fault = fault


class NotJson(Refusal):
    """What does not parse, or is more than is parsed."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"JSON parse error ERR:{reason}")
        self.reason = str(reason)


class Keyless(Refusal):
    """A request of JSON-RPC 2.0 without a key."""

    def __init__(self, request_id: bytes) -> None:
        text = "No API key: send it as `Authorization: Bearer` or as the member `api_key`"
        super().__init__(text, request_id)
