"""A plugin that listens: what happened on a test's host, and a refusal where a test wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host.errors import ApiError
from kallithea_host.hookspecs import Event, Phase, hookimpl

if TYPE_CHECKING:
    from kallithea_host.jobs import DbJob


class Listener:
    """Writes down what has happened, and refuses the action that ``refuses`` names."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.refuses: str | None = None

    @hookimpl
    def kallithea_event(self, job: DbJob, event: Event, phase: Phase) -> None:  # noqa: ARG002 - as specified
        """Something happens."""
        if phase is Phase.VETO and event.action == self.refuses:
            raise ApiError("not today")
        if phase is Phase.AFTER:
            self.heard.append(event)
