"""The daemon: starts everything in order, and stops it in the order that loses nothing."""

from __future__ import annotations

import os
import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from twisted.application.service import Service
from twisted.internet import task
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import ensureDeferred, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.logger import Logger

from kallithea_host import assembly, data_folder, key_usage, whitelist
from kallithea_host.config import ConfigError
from kallithea_host.jobs import ThreadedJobs
from kallithea_host.remote.order import GRACE
from kallithea_host.storage import checks, recovery
from kallithea_host.web.front import Front
from kallithea_host.web.site import HostSite, Nowhere

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IListeningPort, IStreamServerEndpoint
    from twisted.internet.posixbase import PosixReactorBase
    from twisted.python.failure import Failure

    from kallithea_host.config import Settings
    from kallithea_host.host import Host
    from kallithea_host.registry import Registry

SWITCH_INTERVAL: Final = 0.001
"""Seconds a thread may keep the interpreter: a fifth of the default, so that a busy VCS thread
delays the reactor less."""
AFTER_CHILDREN: Final = 3.0
"""Seconds that calls have to end once the child processes they waited for have."""
ORPHANS: Final = GRACE + 5
"""Seconds that a start waits for child processes which a killed daemon has left."""
QUESTIONS: Final = 1.0
"""Seconds that a start waits for commands that hold the lock only to ask whether a daemon lives."""
POLL: Final = 0.05
API_PATH: Final = "/_admin/api"

_log: Final = Logger()


class HostService(Service):
    """What ``twistd kallithea`` runs."""

    def __init__(self, settings: Settings, reactor: PosixReactorBase) -> None:
        self._settings = settings
        self._reactor = reactor
        # Imported while standard output is the process's own: twistd is about to replace it by
        # its log, which libraries that look for the bytes below it (Mercurial) do not survive.
        self._registry, self._left_out = assembly.load_plugins(settings)
        self._lock = data_folder.daemon_lock(settings)
        self._children = data_folder.children_lock(settings)
        self._site = HostSite(
            Nowhere(), reactor, body_limit=settings.body_limit, access_log=settings.access_log
        )
        self._ports: dict[IListeningPort, str] = {}
        self._host: Host | None = None
        self._front: Front | None = None
        self._key_usage = task.LoopingCall(self._store_key_usage)

    def privilegedStartService(self) -> None:  # noqa: N802 - Twisted's name
        """Open the ports, which may need privileges that are dropped afterwards."""
        endpoints = [self._endpoint(description) for description in self._settings.listen]
        for description, endpoint in zip(self._settings.listen, endpoints, strict=True):
            failures: list[Failure] = []
            listening = endpoint.listen(self._site)
            listening.addCallbacks(partial(self._listening, description), failures.append)
            for failure in failures:
                sys.exit(f"kallithea: cannot listen on {description}: {failure.getErrorMessage()}")

    def _endpoint(self, description: str) -> IStreamServerEndpoint:
        try:
            endpoint: IStreamServerEndpoint = serverFromString(self._reactor, description)
        except Exception as error:  # noqa: BLE001 - Twisted's parsers raise whatever they meet
            sys.exit(f"kallithea: `listen` cannot be used: {description}: {error}")
        return endpoint

    def _listening(self, description: str, port: IListeningPort) -> None:
        self._ports[port] = url_of(description, port.getHost())

    def startService(self) -> None:  # noqa: N802 - Twisted's name
        """Start everything; a reason not to is told in one line and ends the process."""
        os.umask(0o077)
        sys.setswitchinterval(SWITCH_INTERVAL)
        try:
            self._start()
        except ConfigError as error:
            sys.exit(f"kallithea: {error}")
        super().startService()

    def _start(self) -> None:
        settings = self._settings
        data_folder.prepare(settings)
        self._take_locks()
        jobs = ThreadedJobs(self._reactor, settings)
        streams = assembly.child_streams(settings, self._registry, self._reactor)
        self._host, first = assembly.assemble(
            settings, self._registry, jobs, self._reactor, streams
        )
        self._host.remotes.let_children_hold(self._children.descriptor)
        _tell_of_plugins(self._registry, self._left_out)
        _tell_of_whitelist(settings, self._registry)
        recovery.recover(self._host)
        self._front = Front(self._host, self._reactor)
        self._site.resource = self._front.root
        self._key_usage.clock = self._reactor
        self._key_usage.start(key_usage.INTERVAL, now=False)
        for url in self._ports.values():
            _log.info("listening on {url}", url=url)
        if first:
            self._reactor.callWhenRunning(self._tell_how_to_call)
        if settings.api_access_controllers_whitelist:
            self._reactor.callWhenRunning(streams.warm)
        self._reactor.callWhenRunning(self._look_for_damage, self._host)

    def _look_for_damage(self, host: Host) -> None:
        """Tell the log, in the background, what ``check`` would find without reading all data."""
        looked = host.jobs.vcs(partial(checks.findings, host, verify=False))
        looked.addCallbacks(_tell_of_damage, self._not_looked)

    def _not_looked(self, failure: Failure) -> None:
        if self.running:  # a stop does not wait for the look
            _log.failure("the look for damage failed", failure=failure)

    def _take_locks(self) -> None:
        folder = self._settings.data_dir
        if not self._lock.take(QUESTIONS):
            raise ConfigError(f"a daemon already works on the folder {folder}")
        if self._children.take():
            return
        _log.info("waiting for child processes that an earlier daemon has left")
        if not self._children.take(ORPHANS):
            raise ConfigError(f"a child process of an earlier daemon still works on {folder}")

    def _store_key_usage(self) -> Deferred[None] | None:
        return None if self._host is None else self._host.store_key_usage()

    def _tell_how_to_call(self) -> None:
        """Say once, on a terminal or in a log, where the key lies and how to use it."""
        url = next(iter(self._ports.values()))
        key_file = data_folder.admin_key_file(self._settings)
        _log.info("the administrator's API key lies in {path}", path=key_file)
        key = f"'\"$(cat {shlex.quote(str(key_file))})\"'"
        body = f'{{"id":1,"api_key":"{key}","method":"get_user","args":{{}}}}'
        out = sys.__stdout__ or sys.stdout
        out.write(
            f"\nkallithea-host is ready at {url}\n"
            f"The administrator's API key lies in {key_file}\n"
            f"Try it:\n\n  curl -s {url} --data-binary '{body}'\n\n"
        )
        out.flush()

    def stopService(self) -> Deferred[None]:  # noqa: N802 - Twisted's name
        """Stop listening, let calls in flight be answered, end children and threads."""
        super().stopService()
        return ensureDeferred(self._stop())

    async def _stop(self) -> None:
        for port in self._ports:
            await maybeDeferred(port.stopListening)
        if self._host is not None and self._front is not None:
            self._front.close()
            await self._wait_for_calls(self._front, self._settings.stop_grace)
            self._host.streams.stop()
            await self._host.remotes.stop()
            await self._wait_for_calls(self._front, AFTER_CHILDREN)
            await self._end(self._host, self._front.in_flight)
        self._children.release()
        self._lock.release()
        _log.info("stopped cleanly")

    async def _end(self, host: Host, calls: int) -> None:
        self._key_usage.stop()
        if calls:
            _log.warn("{calls} calls did not end in time", calls=calls)
        else:
            await host.store_key_usage()
        # A connection of SQLite that is closed while a thread works with it takes the process
        # along; what is not closed ends with the process, too, and as well.
        if host.jobs.stop():
            host.database.close()

    async def _wait_for_calls(self, front: Front, seconds: float) -> None:
        deadline = self._reactor.seconds() + seconds
        while front.in_flight and self._reactor.seconds() < deadline:
            await task.deferLater(self._reactor, POLL)


def url_of(description: str, address: IAddress) -> str:
    """How a client on this machine calls an endpoint that listens."""
    if not isinstance(address, IPv4Address | IPv6Address):
        return f"{description} (path {API_PATH})"
    scheme = "https" if description.startswith(("ssl:", "tls:")) else "http"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{address.port}{API_PATH}"


def _tell_of_damage(findings: list[str]) -> None:
    for line in findings:
        _log.warn("check: {line}", line=line)
    if not findings:
        _log.info("check: data and disk agree")


def _tell_of_whitelist(settings: Settings, registry: Registry) -> None:
    for line in whitelist.unknown(settings.api_access_controllers_whitelist, registry.views):
        _log.warn("{line}", line=line)


def _tell_of_plugins(registry: Registry, left_out: list[str]) -> None:
    for plugin in registry.plugins:
        count = len(registry.methods_of(plugin))
        _log.info("plugin {plugin}: {count} methods", plugin=plugin.described, count=count)
    for line in left_out:
        _log.warn("left out: {line}", line=line)
