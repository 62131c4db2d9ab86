"""A host for tests: the real one, on a small database, spoken to in bytes over HTTP.

As a pytest plugin (``pytest_plugins = ["kallithea_host.testing"]``) it gives the fixtures
``settings``, ``host`` and ``api``. Jobs run at once in the thread of the test, so every call is
answered when it returns; the site, the protocol, the database and the repositories are real.
With ``KALLITHEA_HOST_TEST_DATABASE_URL`` set to a PostgreSQL database the same tests run there;
everything that it holds is removed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from twisted.internet.testing import MemoryReactorClock

from kallithea_host import assembly, data_folder, envelope
from kallithea_host.addresses import ClientAddresses
from kallithea_host.config import Settings
from kallithea_host.database import Database
from kallithea_host.dispatch import Dispatcher
from kallithea_host.jobs import DirectJobs
from kallithea_host.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kallithea_host.host import Host

DATABASE_URL: Final = os.environ.get("KALLITHEA_HOST_TEST_DATABASE_URL", "")


class ApiFailure(Exception):
    """The server answered with an error; ``str()`` is its text."""


class Api:
    """A client that speaks to a resource as one user; ``api.get_user(userid=1)`` is a call."""

    def __init__(self, resource: Any, key: str, peer: str = "127.0.0.1") -> None:
        self._resource = resource
        self._key = key
        self.peer = peer

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda **args: self.call(method, args)

    def call(self, method: str, args: Any) -> Any:
        """The result of a call; raises ``ApiFailure`` with the error's text."""
        reply = self.ask({"id": 1, "api_key": self._key, "method": method, "args": args})
        if reply["error"] is not None:
            raise ApiFailure(reply["error"])
        return reply["result"]

    def error(self, method: str, **args: Any) -> str:
        """The text of the error of a call, which must fail."""
        with pytest.raises(ApiFailure) as caught:
            self.call(method, args)
        return str(caught.value)

    def ask(self, request: Any) -> dict[str, Any]:
        """The whole reply to a request, which is JSON or bytes already."""
        body = request if isinstance(request, bytes) else msgspec.json.encode(request)
        reply: dict[str, Any] = msgspec.json.decode(self.post(body).body)
        return reply

    def post(self, body: bytes, **more: Any) -> Answer:
        """The HTTP answer to a body."""
        return self.request("POST", body, **more)

    def request(
        self,
        verb: str,
        body: bytes | None = None,
        *,
        path: str = "/_admin/api",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """The HTTP answer to a request of any verb."""
        import treq.testing  # noqa: PLC0415 - importing it installs a reactor

        stub = treq.testing.StubTreq(self._resource)
        asked = stub.request(verb, f"http://localhost{path}", data=body, headers=headers or {})
        answers: list[Any] = []
        asked.addBoth(answers.append)
        stub.flush()
        (response,) = answers
        bodies: list[bytes] = []
        stub.content(response).addCallback(bodies.append)
        stub.flush()
        return Answer(response.code, dict(response.headers.getAllRawHeaders()), bodies[0])

    def as_key(self, key: str) -> Api:
        """The same server, called with another key."""
        return Api(self._resource, key)

    def as_user(self, userid: int | str) -> Api:
        """The same server, called with the key of another user."""
        return self.as_key(self.get_user(userid=userid)["api_key"])


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer."""

    status: int
    headers: dict[bytes, list[bytes]]
    body: bytes


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
        _execute(settings.database_url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    make_host(settings).database.close()
    return data_dir


@pytest.fixture
def host(settings: Settings, fresh_database: Path) -> Iterator[Host]:
    """A host on a database that holds what a first start makes."""
    shutil.copytree(fresh_database, settings.data_dir, symlinks=True)
    if settings.database_url:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        _execute(settings.database_url, f"TRUNCATE {names} RESTART IDENTITY")
    host = make_host(settings)
    yield host
    host.database.close()


def make_host(settings: Settings) -> Host:
    """A host whose jobs run inline."""
    registry, _ = assembly.load_plugins(settings)
    host, _ = assembly.assemble(settings, registry, DirectJobs(), MemoryReactorClock())
    return host


def _execute(url: str, *statements: str) -> None:
    database = Database(url)
    with database.write() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    database.close()


@pytest.fixture
def resource(host: Host) -> Any:
    """The whole site of the host, as a resource."""
    from kallithea_host.resource import ApiResource  # noqa: PLC0415 - imports the reactor
    from kallithea_host.web.site import site_root  # noqa: PLC0415 - imports the reactor

    addresses = ClientAddresses(host.settings.trusted_proxies, host.settings.remote_addr_header)
    dispatcher = Dispatcher(host, envelope.encode_result)
    return site_root(ApiResource(dispatcher, addresses, MemoryReactorClock()))


@pytest.fixture
def api(host: Host, resource: Any) -> Api:
    """A client with the administrator's key."""
    key = data_folder.admin_key_file(host.settings).read_text().strip()
    return Api(resource, key)


def overriding(settings: Settings, **changes: Any) -> Settings:
    """The settings with some of them changed."""
    return replace(settings, **changes)
