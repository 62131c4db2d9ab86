"""The host as methods see it: what is configured, stored and contributed, and how to run things."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import maybeDeferred
from twisted.logger import Logger

from kallithea_host.errors import ApiError, Vetoed
from kallithea_host.hookspecs import Event, Phase
from kallithea_host.jobs import DbJob, Repository
from kallithea_host.key_usage import KeyUsage
from kallithea_host.locks import RepositoryLocks
from kallithea_host.streaming import Order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import Row
    from twisted.internet.defer import Deferred

    from kallithea_host.auth import Caller
    from kallithea_host.config import Settings
    from kallithea_host.database import Database
    from kallithea_host.jobs import Call, Jobs
    from kallithea_host.keys import Vault
    from kallithea_host.registry import Registry
    from kallithea_host.remote import RemotePolicy, Remotes
    from kallithea_host.replies import Body
    from kallithea_host.streaming import Operation, Streams
    from kallithea_host.styles import Style

_log: Final = Logger()


class Host:
    """Everything one server is made of. Plain attributes; nothing in it changes while it runs."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        registry: Registry,
        style: Style,
        jobs: Jobs,
        remotes: Remotes,
        streams: Streams,
        remote_policy: RemotePolicy,
    ) -> None:
        self.settings = settings
        self.database = database
        self.vault = vault
        self.registry = registry
        self.permissions = registry.permissions
        self.backends = registry.backends
        self.style = style
        self.jobs = jobs
        self.remotes = remotes
        self.streams = streams
        self.remote_policy = remote_policy
        self.locks = RepositoryLocks()
        self.key_usage = KeyUsage()

    def repository(self, row: Row[Any]) -> Repository:
        """A repository's row as plain values."""
        root = self.settings.repositories
        return Repository(row.repo_id, row.repo_name, row.repo_type, root)

    async def stream(
        self, repository: Repository, operation: Operation, *arguments: Any, **options: Any
    ) -> Body:
        """What a backend makes piece by piece: whole when it is small, else as it leaves.

        ``operation`` is ``content``, ``diff`` or ``patch`` with the arguments and options of that
        function of ``FileAccess`` behind the path, or ``archive`` with a full id, a form
        (``.zip``, …) and the name of the top folder; of ``file`` and ``stats`` it is JSON. Raises
        ``VcsError`` or ``Busy``.
        """
        order = Order(
            operation=operation,
            plugin=self.registry.reference_of(repository.type),
            alias=repository.type,
            root=str(repository.root),
            name=repository.name,
            arguments=arguments,
            options=options,
            memory=self.settings.stream_memory_limit,
        )
        return await self.streams.open(order)

    def run_in_db(
        self,
        call: Call,
        function: Callable[..., Any],
        args: Sequence[Any],
        named: Mapping[str, Any],
        *,
        writes: bool,
    ) -> Awaitable[Any]:
        """``function(job, …)`` in its own transaction, for ``Call.read`` and ``Call.write``."""
        run = self.jobs.write if writes else self.jobs.read
        return run(self.in_transaction, call.caller, call.target, function, args, named, writes)

    def in_transaction(
        self,
        caller: Caller,
        target: Row[Any],
        function: Callable[..., Any],
        args: Sequence[Any] = (),
        named: Mapping[str, Any] | None = None,
        writes: bool = True,  # noqa: FBT001, FBT002 - the pools pass arguments by place
    ) -> Any:
        """``function(job, …)`` in a transaction, here and now; then what it queued."""
        door = self.database.write if writes else self.database.read
        with door() as db:
            job = DbJob(db, caller, self, target)
            result = function(job, *args, **(named or {}))
        job.run_effects()
        return result

    def ask(self, job: DbJob, event: Event) -> None:
        """Let every plugin refuse what is about to happen."""
        try:
            self.registry.event(job=job, event=event, phase=Phase.VETO)
        except ApiError as refusal:
            raise Vetoed(str(refusal)) from refusal

    def store_key_usage(self) -> Deferred[None]:
        """Write which API keys were used since the last time; never fails."""
        stored = maybeDeferred(self.jobs.write, self.key_usage.store, self.database)
        return stored.addErrback(partial(_log.failure, "the use of API keys was not written"))

    def announce(self, job: DbJob, event: Event) -> None:
        """Tell every plugin of what happens, now and once it is committed."""
        self.registry.event(job=job, event=event, phase=Phase.STAGE)
        job.after_commit(self._announce_after, job, event)

    def _announce_after(self, job: DbJob, event: Event) -> None:
        try:
            self.registry.event(job=job, event=event, phase=Phase.AFTER)
        except Exception:  # noqa: BLE001 - the change is made: what a plugin does afterwards cannot undo it
            _log.failure("a plugin failed after {action}", action=event.action)
