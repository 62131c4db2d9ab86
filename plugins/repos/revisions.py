"""Revisions as clients send them."""

from __future__ import annotations

from typing import Any

from kallithea_host import BadRequest, Fault


def revision_of(given: Any, argument: str) -> str | int | None:
    """A revision may be text or a number, which Git tells apart; null is the newest."""
    if isinstance(given, bool) or not isinstance(given, str | int | None):
        expected = "text or integer"
        raise BadRequest(
            f"Invalid value for `{argument}` arg in JSON DATA: expected {expected}",
            Fault.of(given, expected, argument),
        )
    return given
