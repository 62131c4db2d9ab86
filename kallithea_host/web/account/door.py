"""Database jobs on behalf of whoever is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from kallithea_host import sessions
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.errors import NotAuthenticated
from kallithea_host.jobs import DbJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from kallithea_host.host import Host
    from kallithea_host.sessions import Session
    from kallithea_host.web.account.visitors import Visitor

Result = TypeVar("Result")


class Door:
    """Runs ``function(job, session, …)`` for a visitor, in one transaction with his session.

    Raises ``NotAuthenticated`` when he is not signed in, ``AddressRefused`` when his address is.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    async def knows(self, visitor: Visitor) -> bool:
        """Whether he is signed in; takes nothing away of what his next page has to tell."""
        try:
            await self._host.jobs.read(self._reading, visitor, lambda _job, _session: None, ())
        except NotAuthenticated:
            return False
        return True

    async def read(
        self, visitor: Visitor, function: Callable[..., Result], *args: Any
    ) -> tuple[Session, Result]:
        """The session and what the function gives, for a page; what it tells, it tells once."""
        session, result = await self._host.jobs.read(self._reading, visitor, function, args)
        if session.to_be_noted:
            await self._host.jobs.write(self._note, session)
        return session, result

    async def write(self, visitor: Visitor, function: Callable[..., Result], *args: Any) -> Result:
        """What the function gives, which changes something."""
        result: Result
        _, result = await self._host.jobs.write(self._writing, visitor, function, args)
        return result

    def _reading(self, *asked: Any) -> Any:
        with self._host.database.read() as db:
            return self._run(db, *asked)[1:]

    def _writing(self, *asked: Any) -> Any:
        with self._host.database.write() as db:
            job, *result = self._run(db, *asked)
        job.run_effects()
        return result

    def _run(
        self,
        db: Connection,
        visitor: Visitor,
        function: Callable[..., Result],
        args: tuple[Any, ...],
    ) -> tuple[DbJob, Session, Result]:
        host = self._host
        session = sessions.find(db, host.vault, host.settings, visitor.token, visitor.address)
        job = DbJob(db, session.caller, host, NO_TARGET)
        return job, session, function(job, session, *args)

    def _note(self, session: Session) -> None:
        with self._host.database.write() as db:
            sessions.note(db, session.session_id)
