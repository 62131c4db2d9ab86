"""When a key expires, as an operator writes it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

import click

from kallithea_host.api_keys import end_of
from kallithea_host.clock import now, stored

_DURATION: Final = re.compile(r"([0-9]{1,4})([hdwy])", re.ASCII)
_HOURS: Final = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}


class Expiry(click.ParamType[datetime]):
    """A date, a date with a time, or a duration from now."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment, as the database stores it."""
        try:
            moment = moment_of(value)
        except (ValueError, OverflowError):
            self.fail(f"{value} is no date (2027-01-31) or duration (30d, 12h, 8w, 1y)", param, ctx)
        if moment <= now():
            self.fail(f"{value} is in the past", param, ctx)
        return moment


def moment_of(text: str) -> datetime:
    """The moment a text means; raises ``ValueError`` or ``OverflowError``.

    A key with a date is good to the end of that day, UTC; a time without a zone is UTC, too.
    """
    if duration := _DURATION.fullmatch(text):
        number, unit = duration.groups()
        return now() + timedelta(hours=int(number) * _HOURS[unit])
    if "T" not in text and " " not in text:
        return end_of(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else stored(moment)
