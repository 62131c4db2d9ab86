"""A host for tests: the real one, on a small database, spoken to in bytes over HTTP.

As a pytest plugin (``pytest_plugins = ["kallithea_host.testing"]``) it gives the fixtures
``settings``, ``host``, ``site`` and ``api``. Jobs run at once in the thread of the test, so every
call is answered when it returns; the site, the protocol, the database and the repositories are
real. The fixture ``plugins`` adds plugins that a test makes.
With ``KALLITHEA_HOST_TEST_DATABASE_URL`` set to a PostgreSQL database the same tests run there, in
a schema of their own, ``test_main``, or one for each process that pytest runs them in.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
import sqlalchemy
from twisted.internet.testing import MemoryReactorClock

from kallithea_host import assembly, data_folder
from kallithea_host.config import Settings
from kallithea_host.database import Database
from kallithea_host.jobs import DirectJobs
from kallithea_host.registry import Registry, installed
from kallithea_host.schema import metadata
from kallithea_host.testing.client import Answer, Api, ApiFailure, Client, HttpApi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kallithea_host.host import Host
    from kallithea_host.registry import Plugin
    from kallithea_host.web.site import HostSite

__all__ = ["Answer", "Api", "ApiFailure", "Client", "HttpApi", "make_host", "overriding"]

SERVER_URL: Final = os.environ.get("KALLITHEA_HOST_TEST_DATABASE_URL", "")
SCHEMA: Final = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def _in_schema(url: str) -> str:
    """The URL of a database whose tables are looked for, and made, in the tests' own schema."""
    options = {"options": f"-csearch_path={SCHEMA}"}
    parsed = sqlalchemy.make_url(url).update_query_dict(options)
    return parsed.render_as_string(hide_password=False)


DATABASE_URL: Final = _in_schema(SERVER_URL) if SERVER_URL else ""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of the test's host; a test module may override this fixture."""
    return Settings(data_dir=tmp_path / "data", database_url=DATABASE_URL)


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and populated data folder, to be copied for each test."""
    data_dir = tmp_path_factory.mktemp("fresh") / "data"
    settings = Settings(data_dir=data_dir, database_url=DATABASE_URL)
    if settings.database_url:
        drop, create = f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}"
        _execute(settings.database_url, drop, create)
    make_host(settings).database.close()
    return data_dir


@pytest.fixture
def plugins() -> Sequence[Plugin]:
    """Plugins of the test's host besides the installed ones; a test may override this fixture."""
    return ()


@pytest.fixture
def host(settings: Settings, fresh_database: Path, plugins: Sequence[Plugin]) -> Iterator[Host]:
    """A host on a database that holds what a first start makes."""
    shutil.copytree(fresh_database, settings.data_dir, symlinks=True)
    if settings.database_url:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        _execute(settings.database_url, f"TRUNCATE {names} RESTART IDENTITY")
    host = make_host(settings, plugins)
    yield host
    host.database.close()


def make_host(settings: Settings, plugins: Sequence[Plugin] = ()) -> Host:
    """A host whose jobs run inline, with the installed plugins and further ones."""
    found, _ = _installed(settings.plugins_disabled, settings.plugins_optional)
    registry = Registry([*found, *plugins], settings)
    clock: Any = MemoryReactorClock()  # enough of a reactor where no process is started
    host, _ = assembly.assemble(settings, registry, DirectJobs(), clock)
    return host


_installed = cache(installed)
"""Reading what is installed takes longer than most tests."""


def _execute(url: str, *statements: str) -> None:
    database = Database(url)
    with database.write() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    database.close()


@pytest.fixture
def clock() -> MemoryReactorClock:
    """The time of the test's site."""
    return MemoryReactorClock()


@pytest.fixture
def site(host: Host, clock: MemoryReactorClock) -> Iterator[HostSite]:
    """The whole site of the host."""
    from kallithea_host.resource import ApiResource  # noqa: PLC0415 - installs a reactor
    from kallithea_host.web.site import HostSite, site_root  # noqa: PLC0415 - as above

    settings = host.settings
    site = HostSite(
        site_root(ApiResource(host, clock)),
        clock,
        body_limit=settings.body_limit,
        access_log=settings.access_log,
    )
    site.startFactory()
    yield site
    site.stopFactory()


@pytest.fixture
def api(host: Host, site: HostSite, clock: MemoryReactorClock) -> Api:
    """A client with the administrator's key."""
    key = data_folder.admin_key_file(host.settings).read_text().strip()
    return Api(site, clock, key)


def overriding(settings: Settings, **changes: Any) -> Settings:
    """The settings with some of them changed."""
    return replace(settings, **changes)
