"""Failures in the words of the API, with their reasons in the log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from twisted.logger import Logger

from kallithea_host.errors import Failed, Vetoed
from kallithea_host.names import BadName
from kallithea_host.passwords import BadPassword
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

REASONS: Final[tuple[type[Exception], ...]] = (BadName, BadPassword, VcsError, OSError, Vetoed)
"""What may always stand against what was asked: a value, a repository, the disk, a plugin."""

_log: Final = Logger()


@contextmanager
def failing(text: str, *more: type[Exception]) -> Iterator[None]:
    """Turn what stands against what was asked, a plugin's veto included, into ``Failed(text)``.

    The client reads nothing else. The reason goes to the log and becomes the error's cause, which
    the operator's program shows.

    Args:
        text: what the client reads.
        more: errors that are reasons, too, besides ``REASONS``; others go on as they are.
    """
    try:
        yield
    except (*REASONS, *more) as reason:
        _log.warn("{text}: {reason}", text=_one_line(text), reason=_one_line(str(reason)))
        raise Failed(text) from reason


def _one_line(text: str) -> str:
    return " ".join(text.split())
