"""A sign of life while a server is at work, for who looks at a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

PATIENCE: Final = 0.7
"""Seconds of a call without one; most are answered before."""


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """Turn a spinner on standard error while the block runs, if that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    shown: list[Status] = []
    timer = Timer(PATIENCE, lambda: shown.append(_started(text)))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for status in shown:
            status.stop()


def _started(text: str) -> Status:
    from rich import console, markup  # noqa: PLC0415 - slow to import, seldom needed

    status = console.Console(stderr=True).status(markup.escape(text))
    status.start()
    return status
