"""The daemon: starts everything in order, and stops it in the order that loses nothing."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Any, Final

from twisted.application.service import Service
from twisted.internet import task
from twisted.internet.defer import ensureDeferred
from twisted.internet.endpoints import serverFromString
from twisted.logger import Logger

from kallithea_host import assembly, data_folder, key_usage
from kallithea_host.config import ConfigError
from kallithea_host.jobs import ThreadedJobs
from kallithea_host.resource import ApiResource
from kallithea_host.storage import recovery
from kallithea_host.web.site import HostSite, Nowhere, site_root

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IListeningPort

    from kallithea_host.config import Settings
    from kallithea_host.host import Host
    from kallithea_host.registry import Registry

SWITCH_INTERVAL: Final = 0.001
"""Seconds a thread may keep the interpreter: a fifth of the default, so that a busy VCS thread
delays the reactor less."""
POLL: Final = 0.05

_log: Final = Logger()


class HostService(Service):
    """What ``twistd kallithea`` runs."""

    def __init__(self, settings: Settings, reactor: ReactorBase) -> None:
        self._settings = settings
        self._reactor = reactor
        # Imported while standard output is the process's own: twistd is about to replace it by
        # its log, which libraries that look for the bytes below it (Mercurial) do not survive.
        self._registry, self._left_out = assembly.load_plugins(settings)
        self._lock = data_folder.DaemonLock(settings)
        self._site = HostSite(
            Nowhere(), reactor, body_limit=settings.body_limit, access_log=settings.access_log
        )
        self._ports: list[IListeningPort] = []
        self._host: Host | None = None
        self._api: ApiResource | None = None
        self._key_usage = task.LoopingCall(self._store_key_usage)

    def privilegedStartService(self) -> None:  # noqa: N802 - Twisted's name
        """Open the ports, which may need privileges that are dropped afterwards."""
        for description in self._settings.listen:
            try:
                listening = serverFromString(self._reactor, description).listen(self._site)
            except (ValueError, TypeError) as error:
                sys.exit(f"kallithea: `listen` cannot be used: {description}: {error}")
            listening.addCallbacks(self._ports.append, self._not_listening, errbackArgs=[description])

    def _not_listening(self, failure: Any, description: str) -> None:
        sys.exit(f"kallithea: cannot listen on {description}: {failure.getErrorMessage()}")

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
        if not self._lock.take():
            raise ConfigError(f"a daemon already works on the folder {settings.data_dir}")
        jobs = ThreadedJobs(self._reactor, settings)
        self._host, first = assembly.assemble(settings, self._registry, jobs, self._reactor)
        _tell_of_plugins(self._registry, self._left_out)
        recovery.recover(self._host)
        self._api = ApiResource(self._host, self._reactor)
        self._site.resource = site_root(self._api)
        self._key_usage.clock = self._reactor
        self._key_usage.start(key_usage.INTERVAL, now=False)
        if first:
            self._reactor.callWhenRunning(self._tell_how_to_call)

    def _store_key_usage(self) -> Deferred[None] | None:
        return None if self._host is None else self._host.store_key_usage()

    def _tell_how_to_call(self) -> None:
        """Say once, on a terminal or in a log, where the key lies and how to use it."""
        url = f"{self._address()}/_admin/api"
        key_file = data_folder.admin_key_file(self._settings)
        body = '{"id":1,"api_key":"\'"$(cat %s)"\'","method":"get_user","args":{}}' % shlex.quote(
            str(key_file)
        )
        out = sys.__stdout__ or sys.stdout
        out.write(
            f"\nkallithea-host is ready at {url}\n"
            f"The administrator's API key lies in {key_file}\n"
            f"Try it:\n\n  curl -s {url} --data-binary '{body}'\n\n"
        )
        out.flush()

    def _address(self) -> str:
        for port in self._ports:
            address = port.getHost()
            if hasattr(address, "port"):
                name = "127.0.0.1" if address.host in {"0.0.0.0", "::", ""} else address.host  # noqa: S104
                return f"http://[{name}]:{address.port}" if ":" in name else f"http://{name}:{address.port}"
        return "http://localhost"

    def stopService(self) -> Deferred[None]:  # noqa: N802 - Twisted's name
        """Stop listening, let calls in flight be answered, end children and threads."""
        super().stopService()
        return ensureDeferred(self._stop())

    async def _stop(self) -> None:
        for port in self._ports:
            await _maybe(port.stopListening())
        await self._wait_for_calls()
        if self._host is not None:
            await self._host.remotes.stop()
            await self._wait_for_calls()
            self._key_usage.stop()
            await self._host.store_key_usage()
            self._host.jobs.stop()
            self._host.database.close()
        self._lock.release()
        _log.info("stopped cleanly")

    async def _wait_for_calls(self) -> None:
        deadline = self._reactor.seconds() + self._settings.stop_grace
        while self._api is not None and self._api.in_flight and self._reactor.seconds() < deadline:
            await task.deferLater(self._reactor, POLL)


async def _maybe(result: Deferred[Any] | None) -> None:
    if result is not None:
        await result


def _tell_of_plugins(registry: Registry, left_out: list[str]) -> None:
    for plugin in registry.plugins:
        count = len(registry.methods_of(plugin))
        _log.info("plugin {plugin}: {count} methods", plugin=plugin.described, count=count)
    for line in left_out:
        _log.warn("left out: {line}", line=line)
