"""The one family of errors a client reads: the text is exactly what is sent.

Everything else that escapes from a method is a bug: it is logged in full and the client reads
``Internal server error``. Each class has a code in JSON-RPC 2.0 (``dialects/codes.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from kallithea_host.faults import Fault


class ApiError(Exception):
    """A refusal in the client's own terms; ``str(error)`` is the ``error`` member of the reply."""


class BadRequest(ApiError):
    """The request, or one of its arguments, is malformed.

    ``faults`` say the same in parts, the one that the text is about first.
    """

    def __init__(self, text: str, *faults: Fault) -> None:
        super().__init__(text)
        self.faults = faults


class NoSuchMethod(BadRequest):
    """No method has the name that was sent; ``known`` are those that there are."""

    def __init__(self, text: str, name: Any, known: Collection[str]) -> None:
        super().__init__(text)
        self.name = name
        self.known = known


class NotAuthenticated(ApiError):
    """The API key is missing, unknown, expired, or belongs to an account that may not call."""


class Forbidden(ApiError):
    """The caller is known and may not do this."""


class AddressRefused(Forbidden):
    """The caller is known and may not call from this address."""


class NotFound(ApiError):
    """The object does not exist, or the caller may not know that it does."""


class Conflict(ApiError):
    """The present state stands against it: a name is taken, forks are attached."""


class Failed(ApiError):
    """The work was tried, or looked at, and cannot be done; nothing of it is left behind."""


class Vetoed(Failed):
    """A plugin refuses the change; the text is the plugin's, for the log.

    Methods answer it in their own words, as they do every reason not to do what was asked.
    """


class Busy(ApiError):
    """A queue is full; the same call may be repeated later."""

    def __init__(self, text: str = "Server is busy, try again later") -> None:
        super().__init__(text)


class InternalError(ApiError):
    """A method has a bug, which the log was told."""
