"""The one family of errors that a call can end with; no text of theirs holds an API key."""

from __future__ import annotations

from typing import Any


class ClientError(Exception):
    """A call that gave no result; the text is one line for whoever made it."""


class CallError(ClientError):
    """The server refuses; the text is the server's own, unchanged.

    ``code`` and ``data`` are those of JSON-RPC 2.0; Kallithea's dialect has neither.
    """

    def __init__(self, text: str, code: int | None = None, data: Any = None) -> None:
        super().__init__(text)
        self.code = code
        self.data = data


class BadAddress(ClientError):
    """What was given as the server's address cannot be one."""


class Unreachable(ClientError):
    """There is no connection, or no trusted one, or no answer in time."""


class BadAnswer(ClientError):
    """Something answers, but not as the API of a server does."""
