"""The thread pools, by the work they are for, and what a function on the other side is handed.

Blocking work runs in pools of the host's own: database readers, one database writer, VCS, and
password hashing. Each has a bounded queue and says busy instead of growing. A job returns plain
data; what must happen only once a transaction is committed is queued on the job.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, TypeVarTuple

from twisted.internet.defer import maybeDeferred
from twisted.logger import Logger

from kallithea_host.names import path_of
from kallithea_host.pools import Pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Connection, Row
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

    from kallithea_host.auth import Caller
    from kallithea_host.config import Settings
    from kallithea_host.hookspecs import Event
    from kallithea_host.host import Host
    from kallithea_host.vcs import Backend

Args = TypeVarTuple("Args")
Result = TypeVar("Result")

_log: Final = Logger()


class Jobs(Protocol):
    """A way to run blocking functions: pools of threads, or at once in tests of methods."""

    def read(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function that reads the database."""

    def write(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function that changes the database."""

    def vcs(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function that works on repositories."""

    def hash(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function that hashes a password."""

    def urgent(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function that takes something back; it is never refused as one too many."""

    def stop(self) -> bool:
        """End the threads; whether none is left."""


class ThreadedJobs:
    """The pools of a running server."""

    def __init__(self, reactor: ReactorBase, settings: Settings) -> None:
        limit = settings.queue_limit
        self._read = Pool(reactor, "database readers", settings.database_threads, limit)
        self._write = Pool(reactor, "database writer", 1, limit)
        self._vcs = Pool(reactor, "vcs", settings.vcs_threads, limit)
        self._hash = Pool(reactor, "hashing", 2, limit)
        self.read = self._read.run
        self.write = self._write.run
        self.vcs = self._vcs.run
        self.hash = self._hash.run
        self.urgent = self._vcs.run_urgently

    def stop(self) -> bool:
        """End the threads; whoever stops the server has waited for the calls."""
        pools = (self._read, self._write, self._vcs, self._hash)
        ended = [pool.stop() for pool in pools]
        return all(ended)


class DirectJobs:
    """Runs every job at once, in the thread that asks: for tests and the operator's program."""

    def read(self, function: Callable[..., Result], *args: Any) -> Deferred[Result]:
        """Run a function now."""
        return maybeDeferred(function, *args)

    write = vcs = hash = urgent = read

    def stop(self) -> bool:
        """Nothing to end."""
        return True


@dataclass(slots=True)
class DbJob:
    """One transaction in a database thread, on behalf of a caller."""

    db: Connection
    caller: Caller
    host: Host
    target: Row[Any]
    """The object that the method's ``needs`` is about, as its table has it (else an empty row)."""
    _effects: list[tuple[Callable[..., object], tuple[Any, ...]]] = field(default_factory=list)

    def after_commit(self, function: Callable[[*Args], object], *args: *Args) -> None:
        """Call a function in this thread once the transaction is committed, and only then."""
        self._effects.append((function, args))

    def announce(self, event: Event, *, asked: bool = False) -> None:
        """Tell the plugins what is about to be stored: they may refuse it, or add to it.

        ``asked``: ``ask`` gave them the chance to refuse before.
        """
        if not asked:
            self.ask(event)
        self.host.announce(self, event)

    def ask(self, event: Event) -> None:
        """Give the plugins the chance to refuse something before long work begins."""
        self.host.ask(self, event)

    def run_effects(self) -> None:
        """What ``after_commit`` queued; for the one who committed.

        The change is made: an effect that fails is told to the log, and neither undoes it nor
        keeps the others from happening.
        """
        for function, args in self._effects:
            try:
                function(*args)
            except Exception:  # noqa: BLE001 - anybody's function, which may fail in any way
                _log.failure("what should follow a change failed")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as VCS jobs know it: plain values."""

    repo_id: int
    name: str
    type: str
    root: Path
    """Below which all repositories lie."""

    @property
    def path(self) -> Path:
        """Where it lies; raises ``BadName`` when that is not below the root."""
        return path_of(self.root, self.name)


@dataclass(frozen=True, slots=True)
class VcsJob:
    """A look into one repository, in a VCS thread, on behalf of a caller."""

    caller: Caller
    host: Host
    repository: Repository

    @property
    def backend(self) -> Backend:
        """The backend that serves the repository."""
        return self.host.backends[self.repository.type]


@dataclass(frozen=True, slots=True)
class ThenVcs:
    """What an ``in_db`` method returns when its result wants a look into the repository, too.

    Once the transaction is over, ``function(job, *args)`` runs in a VCS thread with a ``VcsJob``
    for the repository that the method's permission is about; what it returns is the result.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the reactor thread that strings jobs together; ``await`` each of them."""

    caller: Caller
    host: Host
    target: Row[Any]

    def read(self, function: Callable[..., Result], *args: Any, **named: Any) -> Awaitable[Result]:
        """``function(job, …)`` in a transaction that reads."""
        return self.host.run_in_db(self, function, args, named, writes=False)

    def write(self, function: Callable[..., Result], *args: Any, **named: Any) -> Awaitable[Result]:
        """``function(job, …)`` in a transaction that writes."""
        return self.host.run_in_db(self, function, args, named, writes=True)

    def vcs(self, function: Callable[..., Result], *args: Any) -> Awaitable[Result]:
        """``function(…)`` in a VCS thread."""
        return self.host.jobs.vcs(function, *args)

    def hash(self, function: Callable[..., Result], *args: Any) -> Awaitable[Result]:
        """``function(…)`` in a hashing thread."""
        return self.host.jobs.hash(function, *args)
