"""A host for tests: the real one, on a small database, spoken to in bytes over HTTP.

As a pytest plugin (``pytest_plugins = ["kallithea_host.testing"]``) it gives the fixtures
``host``, ``site`` and ``api``; ``world`` puts rows into the host's database, ``hg`` and ``git``
commit, ``listener`` hears of events, ``daemon`` is a server in a process of its own. A test module
overrides ``settings``, ``plugins``, ``installed_plugins`` and ``jobs`` to have another host.

Jobs run at once in the thread of the test, so every call is answered when it returns; the site, the
protocol, the database and the repositories are real.
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

from kallithea_host import assembly, data_folder
from kallithea_host.config import Settings
from kallithea_host.database import Database
from kallithea_host.jobs import DirectJobs, ThreadedJobs
from kallithea_host.loading import Plugin, entry_points_by_name, installed
from kallithea_host.registry import Registry
from kallithea_host.schema import metadata
from kallithea_host.testing.client import Answer, Api, ApiFailure, Client, HttpApi
from kallithea_host.testing.events import Listener
from kallithea_host.testing.programs import GitProgram, HgProgram
from kallithea_host.testing.reactor import TestReactor
from kallithea_host.testing.rows import World
from kallithea_host.testing.twistd import Daemon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kallithea_host.host import Host
    from kallithea_host.jobs import Jobs
    from kallithea_host.web.site import HostSite

__all__ = [
    "Answer",
    "Api",
    "ApiFailure",
    "Client",
    "Daemon",
    "HttpApi",
    "Listener",
    "World",
    "make_host",
    "overriding",
    "plugin",
]

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
    make_host(settings, installed_plugins=()).database.close()
    return data_dir


@pytest.fixture
def plugins() -> Sequence[Plugin]:
    """Plugins of the test's host besides the installed ones; a test may override this fixture.

    ``plugin`` makes one of a module; it takes the place of an installed one of its name.
    """
    return ()


@pytest.fixture
def installed_plugins() -> Sequence[str] | None:
    """Names of the installed plugins that the host has; None: all. A test may override it."""
    return None


@pytest.fixture
def clock() -> TestReactor:
    """The time of the test's host and site."""
    return TestReactor()


@pytest.fixture
def jobs() -> Jobs:
    """How the host runs jobs: at once. A test that wants threads overrides this by ``pools``."""
    return DirectJobs()


@pytest.fixture
def pools(settings: Settings, clock: TestReactor) -> Iterator[Jobs]:
    """The pools of threads of a real server; calls still are answered when they return."""
    clock.has_threads = True
    pools = ThreadedJobs(clock, settings)  # type: ignore[arg-type]
    yield pools
    pools.stop()


@pytest.fixture
def host(
    settings: Settings,
    fresh_database: Path,
    plugins: Sequence[Plugin],
    installed_plugins: Sequence[str] | None,
    jobs: Jobs,
    clock: TestReactor,
) -> Iterator[Host]:
    """A host on a database that holds what a first start makes."""
    lay_out(settings, fresh_database)
    host = make_host(settings, plugins, installed_plugins=installed_plugins, jobs=jobs, clock=clock)
    yield host
    host.database.close()


def lay_out(settings: Settings, fresh_database: Path) -> None:
    """Copy what ``fresh_database`` made to the data folder of a host that is about to be made."""
    shutil.copytree(fresh_database, settings.data_dir, symlinks=True)
    if settings.database_url:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        _execute(settings.database_url, f"TRUNCATE {names} RESTART IDENTITY")


def make_host(
    settings: Settings,
    plugins: Sequence[Plugin] = (),
    *,
    installed_plugins: Sequence[str] | None = None,
    jobs: Jobs | None = None,
    clock: TestReactor | None = None,
) -> Host:
    """A host with the installed plugins, or those of them that are named, and further ones.

    Its jobs run inline unless it is told otherwise.
    """
    further = {each.name for each in plugins}
    wanted = None if installed_plugins is None else frozenset({*installed_plugins} - further)
    disabled, optional = settings.plugins_disabled, settings.plugins_optional
    known = _installed(wanted, disabled, optional)
    registry = Registry([*(p for p in known if p.name not in further), *plugins], settings)
    reactor: Any = clock or TestReactor()
    host, _ = assembly.assemble(settings, registry, jobs or DirectJobs(), reactor)
    return host


def plugin(name: str, module: Any) -> Plugin:
    """A plugin that need not be installed: a module, or an object, that implements hooks."""
    return Plugin(name, module, getattr(module, "__name__", ""), "")


@cache  # reading what is installed takes longer than most tests
def _installed(
    wanted: frozenset[str] | None, disabled: tuple[str, ...], optional: tuple[str, ...]
) -> Sequence[Plugin]:
    others = () if wanted is None else tuple(entry_points_by_name().keys() - wanted - {*disabled})
    return installed((*disabled, *others), optional)[0]


def _execute(url: str, *statements: str) -> None:
    database = Database(url)
    with database.write() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    database.close()


@pytest.fixture
def site(host: Host, clock: TestReactor) -> Iterator[HostSite]:
    """The whole site of the host."""
    from kallithea_host.web.front import Front  # noqa: PLC0415 - installs a reactor
    from kallithea_host.web.site import HostSite  # noqa: PLC0415 - as above

    settings = host.settings
    site = HostSite(
        Front(host, clock).root,
        clock,
        body_limit=settings.body_limit,
        access_log=settings.access_log,
    )
    site.startFactory()
    yield site
    site.stopFactory()


@pytest.fixture
def api(host: Host, site: HostSite, clock: TestReactor) -> Api:
    """A client with the administrator's key."""
    key = data_folder.admin_key_file(host.settings).read_text().strip()
    return Api(site, clock, key)


@pytest.fixture
def world(host: Host) -> World:
    """Puts users, groups and repositories into the database of the host."""
    return World(host)


@pytest.fixture
def listener(host: Host) -> Listener:
    """Hears of what happens, and refuses what it is asked to."""
    listener = Listener()
    host.registry.join(listener)
    return listener


@pytest.fixture(scope="session")
def hg() -> Iterator[HgProgram]:
    """The real ``hg``."""
    program = HgProgram()
    yield program
    program.close()


@pytest.fixture(scope="session")
def git() -> GitProgram:
    """The real ``git``."""
    return GitProgram()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A running ``twistd kallithea`` with all installed plugins, on a port of this machine."""
    folder = tmp_path / "daemon"
    folder.mkdir()
    with Daemon(folder) as daemon:
        yield daemon


def overriding(settings: Settings, **changes: Any) -> Settings:
    """The settings with some of them changed."""
    return replace(settings, **changes)
