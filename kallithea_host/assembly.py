"""Putting a host together: from settings to everything that methods need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import data_folder, first_start, migrating
from kallithea_host.config import ConfigError
from kallithea_host.database import Database
from kallithea_host.host import Host
from kallithea_host.keys import open_vault
from kallithea_host.loading import installed
from kallithea_host.registry import Registry
from kallithea_host.remote import RemotePolicy, Remotes
from kallithea_host.streaming import ChildStreams, DirectStreams
from kallithea_host.styles import STYLES

if TYPE_CHECKING:
    from twisted.internet.posixbase import PosixReactorBase

    from kallithea_host.config import Settings
    from kallithea_host.jobs import Jobs
    from kallithea_host.keys import Vault
    from kallithea_host.streaming import Streams


def load_plugins(settings: Settings) -> tuple[Registry, list[str]]:
    """What the installed plugins contribute, and a line for each optional one left out."""
    plugins, left_out = installed(settings.plugins_disabled, settings.plugins_optional)
    registry = Registry(plugins, settings)
    return registry, [*left_out, *registry.left_out]


def child_streams(
    settings: Settings, registry: Registry, reactor: PosixReactorBase
) -> ChildStreams:
    """The door to child processes that make archives, diffs and files."""
    plugins = {registry.reference_of(backend.alias) for backend in registry.backends}
    return ChildStreams(
        reactor,
        sorted(plugins),
        at_once=settings.stream_jobs,
        waiting=settings.queue_limit,
        stall_limit=settings.stream_stall_limit,
        time_limit=settings.stream_time_limit,
    )


def assemble(
    settings: Settings,
    registry: Registry,
    jobs: Jobs,
    reactor: PosixReactorBase,
    streams: Streams | None = None,
) -> tuple[Host, bool]:
    """A host on its data folder, which is made or brought up to date; whether it was made now."""
    data_folder.prepare(settings)
    database = Database(settings.url)
    migrating.upgrade(database)
    vault = _vault(settings, database)
    first = first_start.populate(database, vault, data_folder.admin_key_file(settings))
    return _host(settings, registry, jobs, reactor, database, vault, streams), first


def assemble_existing(
    settings: Settings, registry: Registry, jobs: Jobs, reactor: PosixReactorBase
) -> Host:
    """A host on a data folder that exists already and is up to date, and is left as it is."""
    if not data_folder.secret_file(settings).exists():
        raise ConfigError(
            f"nothing is set up in {settings.data_dir}: name the folder with --data-dir, "
            "or run `kallithea-host init`"
        )
    database = Database(settings.url)
    migrating.require_newest(database)
    return _host(settings, registry, jobs, reactor, database, _vault(settings, database))


def _vault(settings: Settings, database: Database) -> Vault:
    """The vault, whose secret is made only where nothing was sealed with another one yet."""
    path = data_folder.secret_file(settings)
    if not path.exists() and first_start.is_populated(database):
        raise ConfigError(f"the secret file {path} is missing: no API key works without it")
    return open_vault(path)


def _host(
    settings: Settings,
    registry: Registry,
    jobs: Jobs,
    reactor: PosixReactorBase,
    database: Database,
    vault: Vault,
    streams: Streams | None = None,
) -> Host:
    policy = RemotePolicy(
        schemes=frozenset(settings.clone_uri_schemes), allow=settings.clone_uri_allow
    )
    return Host(
        settings=registry.settings,
        database=database,
        vault=vault,
        registry=registry,
        style=STYLES[settings.api_result_style],
        jobs=jobs,
        remotes=Remotes(
            reactor,
            policy,
            at_once=settings.remote_jobs,
            waiting=settings.queue_limit,
            time_limit=settings.remote_time_limit,
            memory=settings.remote_memory_limit,
        ),
        remote_policy=policy,
        streams=streams or DirectStreams(),
    )
