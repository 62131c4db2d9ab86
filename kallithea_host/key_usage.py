"""When API keys were last used: collected in memory, written at most once a minute."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, update

from kallithea_host.clock import now
from kallithea_host.schema import api_keys

if TYPE_CHECKING:
    from datetime import datetime

    from kallithea_host.database import Database

INTERVAL: Final = 60.0
"""Seconds between two writes."""
_USED: Final = (
    update(api_keys)
    .where(api_keys.c.key_id == bindparam("used_id"))
    .values(last_used_on=bindparam("used_on"))
)


class KeyUsage:
    """What is noted in any thread between two writes; a crash loses a minute of it."""

    def __init__(self) -> None:
        self._used: dict[int, datetime] = {}
        self._lock = Lock()

    def note(self, key_id: int | None) -> None:
        """A key is being used; None is the operator, who has none."""
        if key_id is not None:
            with self._lock:
                self._used[key_id] = now()

    def store(self, database: Database) -> None:
        """Write what was noted since the last time, if anything was."""
        with self._lock:
            used, self._used = self._used, {}
        if used:
            rows = [{"used_id": key_id, "used_on": moment} for key_id, moment in used.items()]
            with database.write() as db:
                db.execute(_USED, rows)
