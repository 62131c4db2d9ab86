"""Clone and pull in child processes: a few at a time, each for a limited time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError, DeferredSemaphore
from twisted.logger import Logger

from kallithea_host.errors import Busy
from kallithea_host.remote.child_process import ChildProcess
from kallithea_host.remote.order import GRACE, Operation, Order
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from pathlib import Path

    from twisted.internet.posixbase import PosixReactorBase

    from kallithea_host.remote.policy import RemotePolicy

_STOPPING = "the server is stopping"


class Remotes:
    """The door to remote repositories, for the reactor thread.

    A clone or pull whose awaiting coroutine is cancelled ends, and the cancellation arrives once
    its process is gone, so that nobody else writes to the repository any more.
    """

    log = Logger()

    def __init__(
        self,
        reactor: PosixReactorBase,
        policy: RemotePolicy,
        *,
        at_once: int = 4,
        waiting: int = 64,
        time_limit: float = 3600.0,
        memory: int = 0,
        grace: float = GRACE,
    ) -> None:
        """Run ``at_once`` processes; let so many more wait, and refuse further ones.

        ``time_limit`` counts seconds from the start of a process, ``memory`` bytes of its address
        space (0: no limit), ``grace`` the seconds from SIGTERM to SIGKILL.
        """
        self._reactor = reactor
        self._policy = policy
        self._slots = DeferredSemaphore(at_once)
        self._most_waiting = waiting
        self._time_limit = time_limit
        self._memory = memory
        self._grace = grace
        self._children: set[ChildProcess] = set()
        self._stopping = False
        self._inherited: int | None = None

    def let_children_hold(self, descriptor: int) -> None:
        """Let every process keep a descriptor of this one open as long as it lives."""
        self._inherited = descriptor

    async def clone(self, backend_plugin: str, alias: str, path: Path, clone_uri: str) -> None:
        """Make a repository in ``path``, which does not exist yet, from ``clone_uri``.

        ``backend_plugin`` is the ``module:attribute`` of the plugin that has the backend
        ``alias``. Raises ``RemoteRefused``, another ``VcsError``, or ``Busy``. After a failure
        ``path`` may hold a part of a repository.
        """
        await self._run("clone", backend_plugin, alias, path, clone_uri)

    async def pull(
        self, backend_plugin: str, alias: str, path: Path, clone_uri: str
    ) -> tuple[str, ...]:
        """Bring what is new in ``clone_uri`` into ``path``; returns the new ids, oldest first.

        The arguments and errors are those of ``clone``.
        """
        return await self._run("pull", backend_plugin, alias, path, clone_uri)

    async def stop(self) -> None:
        """End all processes, refuse what waits for one, and return when the last one is gone."""
        self._stopping = True
        for child in self._children:
            child.end(_STOPPING)
        while self._children:
            await next(iter(self._children)).gone()

    async def _run(
        self, operation: Operation, plugin: str, alias: str, path: Path, clone_uri: str
    ) -> tuple[str, ...]:
        remote = self._policy.parse(clone_uri)
        order = Order(operation, plugin, alias, str(path), remote, self._policy.allow, self._memory)
        if not self._slots.tokens and len(self._slots.waiting) >= self._most_waiting:
            raise Busy
        await self._slots.acquire()
        try:
            return await self._carry_out(order)
        finally:
            self._slots.release()

    async def _carry_out(self, order: Order) -> tuple[str, ...]:
        if self._stopping:
            raise VcsError(_STOPPING)
        child = ChildProcess(
            self._reactor,
            order,
            time_limit=self._time_limit,
            grace=self._grace,
            inherited=self._inherited,
        )
        self._children.add(child)
        try:
            await child.gone()
        except CancelledError:
            child.end("nobody waits for it any more")
            await child.gone()
            raise
        finally:
            self._children.discard(child)
            self._report(order, child.complaints())
        return child.result()

    def _report(self, order: Order, complaints: str) -> None:
        if complaints:
            self.log.warn(  # noqa: G010 - Twisted's own logger
                "{operation} of {path} from {url}: {complaints}",
                operation=order.operation,
                path=order.path,
                url=order.remote.url,
                complaints=complaints,
            )
