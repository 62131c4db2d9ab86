"""Putting a host together: from settings to everything that methods need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import data_folder, first_start, migrating
from kallithea_host.config import ConfigError
from kallithea_host.database import Database
from kallithea_host.host import Host
from kallithea_host.keys import open_vault
from kallithea_host.registry import Registry, installed
from kallithea_host.remote import RemotePolicy, Remotes
from kallithea_host.styles import STYLES

if TYPE_CHECKING:
    from twisted.internet.posixbase import PosixReactorBase

    from kallithea_host.config import Settings
    from kallithea_host.jobs import Jobs


def open_database(settings: Settings) -> Database:
    """The database of the settings, at this version's schema."""
    database = Database(settings.url)
    migrating.upgrade(database)
    return database


def load_plugins(settings: Settings) -> tuple[Registry, list[str]]:
    """What the installed plugins contribute, and a line for each optional one left out."""
    plugins, left_out = installed(settings.plugins_disabled, settings.plugins_optional)
    return Registry(plugins, settings), left_out


def assemble(
    settings: Settings, registry: Registry, jobs: Jobs, reactor: PosixReactorBase
) -> tuple[Host, bool]:
    """A host on its data folder, and whether this is its first start."""
    data_folder.prepare(settings)
    vault = open_vault(data_folder.secret_file(settings))
    database = open_database(settings)
    first = first_start.populate(database, vault, data_folder.admin_key_file(settings))
    policy = RemotePolicy(
        schemes=frozenset(settings.clone_uri_schemes), allow=settings.clone_uri_allow
    )
    host = Host(
        settings=settings,
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
    )
    return host, first


__all__ = ["ConfigError", "assemble", "load_plugins", "open_database"]
