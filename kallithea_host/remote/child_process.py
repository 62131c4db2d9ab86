"""The server's side of one child process, in the reactor thread."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready, ProcessTerminated
from twisted.internet.protocol import ProcessProtocol

from kallithea_host.children import PYTHON, environment
from kallithea_host.remote.credentials import secrets_of, strike
from kallithea_host.remote.order import Answer, Order
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.interfaces import IDelayedCall, IProcessTransport
    from twisted.internet.posixbase import PosixReactorBase
    from twisted.python.failure import Failure

LONGEST_ANSWER: Final = 64 * 2**20
"""Bytes; ids of one and a half million changesets."""
LONGEST_COMPLAINT: Final = 64 * 2**10
"""Bytes of standard error that are kept: the last ones."""

_ARGUMENTS: Final = (*PYTHON, "kallithea_host.remote.child")


class ChildProcess(ProcessProtocol):
    """One running order. Ends by itself, at its time limit, or when told to."""

    def __init__(
        self,
        reactor: PosixReactorBase,
        order: Order,
        *,
        time_limit: float,
        grace: float,
        inherited: int | None = None,
    ) -> None:
        """Start it; ``inherited`` is a descriptor that it keeps open until it ends."""
        self._reactor = reactor
        self._order = order
        self._grace = grace
        self._secrets = secrets_of(order.remote)
        self._answer = bytearray()
        self._complaints = bytearray()
        self._ended_because = ""
        self._exit: BaseException | None = None
        self._waiting: list[Deferred[None]] = []
        self._process: IProcessTransport = reactor.spawnProcess(
            self, PYTHON[0], _ARGUMENTS, env=environment(), childFDs=_descriptors(inherited)
        )
        self._process.write(msgspec.json.encode(order) + b"\n")
        self._timer: IDelayedCall | None = None
        self._later(time_limit, self.end, f"it took longer than {time_limit:g} seconds")

    def gone(self) -> Deferred[None]:
        """Fire once the process has ended and all that it said has been read."""
        done: Deferred[None] = Deferred()
        if self._exit is None:
            self._waiting.append(done)
        else:
            done.callback(None)
        return done

    def end(self, reason: str) -> None:
        """Ask the process to roll back and exit; kill it when it has not within the grace."""
        if self._exit is None and not self._ended_because:
            self._ended_because = reason
            self._signal("TERM")
            self._later(self._grace, self._kill)

    def result(self) -> tuple[str, ...]:
        """Return the ids that the operation brought, or raise why it did not; for when it is gone.

        An operation that was finished before a signal arrived is finished.
        """
        try:
            answer = msgspec.json.decode(self._answer, type=Answer)
        except msgspec.DecodeError:
            raise VcsError(self._ended_because or f"its process {self._end()}") from None
        if answer.ok is None:
            raise VcsError(self._ended_because or strike(answer.failed or "", self._secrets))
        return answer.ok

    def complaints(self) -> str:
        """Return the end of what libraries wrote to standard error, without credentials."""
        text = self._complaints.decode(errors="replace")
        if len(self._complaints) == LONGEST_COMPLAINT:  # the first line may lack its beginning
            text = text.partition("\n")[2]
        return strike(text, self._secrets).strip()

    def outReceived(self, data: bytes) -> None:  # noqa: N802
        """Collect the answer, up to its limit."""
        if len(self._answer) + len(data) > LONGEST_ANSWER:
            self.end("its answer is too long")
        else:
            self._answer += data

    def errReceived(self, data: bytes) -> None:  # noqa: N802
        """Collect complaints, and keep the last of them."""
        self._complaints += data
        del self._complaints[:-LONGEST_COMPLAINT]

    def processEnded(self, reason: Failure) -> None:  # noqa: N802
        """Tell those who wait."""
        self._exit = reason.value
        self._never()
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.callback(None)

    def _later(self, seconds: float, function: Callable[..., None], *args: str) -> None:
        self._never()
        self._timer = self._reactor.callLater(seconds, function, *args)

    def _never(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _signal(self, name: str) -> None:
        with suppress(ProcessExitedAlready):
            self._process.signalProcess(name)

    def _kill(self) -> None:
        self._signal("KILL")
        # A program of the child's (ssh) may live on and hold the pipes open: wait for it no longer.
        self._process.loseConnection()

    def _end(self) -> str:
        if isinstance(self._exit, ProcessTerminated):
            if self._exit.signal is not None:
                return f"was ended by signal {self._exit.signal}"
            return f"ended with exit status {self._exit.exitCode}"
        return "ended without an answer"


def _descriptors(inherited: int | None) -> dict[int, str | int]:
    streams: dict[int, str | int] = {0: "w", 1: "r", 2: "r"}
    return streams if inherited is None else {**streams, 3: inherited}
