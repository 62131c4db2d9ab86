"""The installed version."""

from __future__ import annotations

from importlib.metadata import version as _installed


def version() -> str:
    """The version of the distribution ``kallithea-host``."""
    return _installed("kallithea-host")
