"""Failures in the words of the API, with their reasons in the log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from twisted.logger import Logger

from kallithea_host.errors import ApiError, Failed
from kallithea_host.names import BadName
from kallithea_host.passwords import BadPassword

if TYPE_CHECKING:
    from collections.abc import Iterator

_log: Final = Logger()


@contextmanager
def failing(text: str) -> Iterator[None]:
    """Turn whatever stands against a change, a plugin's veto included, into ``Failed(text)``.

    The client reads nothing else. The reason goes to the log and becomes the error's cause, which
    the operator's program shows.
    """
    try:
        yield
    except (ApiError, BadName, BadPassword) as reason:
        _log.info("{text}: {reason}", text=_one_line(text), reason=_one_line(str(reason)))
        raise Failed(text) from reason


def _one_line(text: str) -> str:
    return " ".join(text.split())
