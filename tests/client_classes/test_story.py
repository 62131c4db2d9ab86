"""Both client classes go the same way, with a real daemon."""

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults, inlineCallbacks

from kallithea_host.client import JSON_RPC_2, KALLITHEA, CallError, blocking, deferred
from kallithea_host.testing import Daemon

DIALECTS = pytest.mark.parametrize("dialect", [KALLITHEA, JSON_RPC_2], ids=["kallithea", "2.0"])


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with Daemon(tmp_path_factory.mktemp("server")) as daemon:
        yield daemon


@pytest.fixture
def server(daemon):
    """Address and key."""
    key = (daemon.data_dir / "admin-api-key").read_text().strip()
    return f"http://127.0.0.1:{daemon.port}", key


def story(kallithea, name):
    """What is done; a generator, which is sent the results whether they were awaited or not."""
    made = yield kallithea.create_user(name, None, firstname="Ann", active=False)
    assert (made["user"]["firstname"], made["user"]["active"]) == ("Ann", False)
    yield kallithea.update_user(made["user"]["user_id"], active=True)
    created = yield kallithea.create_repo(f"{name}/tools", repo_type="git", owner=name)
    assert created["repo"]["owner"] == name
    details = yield kallithea.get_repo(f"{name}/tools", with_revision_names=True)
    assert details["branches"] == {}
    repositories = yield kallithea.get_repos()
    assert f"{name}/tools" in {each["repo_name"] for each in repositories}
    changed = yield kallithea.update_repo(f"{name}/tools", description="things")
    assert changed["repository"]["description"] == "things"
    names = yield kallithea.system_list_methods()
    assert "get_repo" in names
    yield kallithea.delete_repo(f"{name}/tools")
    deleted = yield kallithea.delete_user(name)
    assert deleted["user"] is None
    with pytest.raises(CallError, match=rf"^user `{name}` does not exist$") as refused:
        yield kallithea.get_user(userid=name)
    return refused.value.code


def told(steps):
    """Go through a story whose calls were answered when they returned."""
    answer = None
    while True:
        try:
            answer = steps.send(answer)
        except StopIteration as end:
            return end.value


@DIALECTS
def test_the_blocking_class(server, dialect):
    with blocking.Kallithea(*server, dialect=dialect) as kallithea:
        code = told(story(kallithea, "ann"))
    assert code == (None if dialect is KALLITHEA else -32004)


@DIALECTS
@pytest_twisted.inlineCallbacks
def test_the_deferred_class(server, dialect):
    kallithea = deferred.Kallithea(reactor, *server, dialect=dialect)
    code = yield inlineCallbacks(story)(kallithea, "joe")
    yield kallithea.close()
    assert code == (None if dialect is KALLITHEA else -32004)


@pytest_twisted.ensureDeferred
async def test_many_calls_of_the_deferred_class_are_under_way_at_a_time(server):
    kallithea = deferred.Kallithea(reactor, *server)
    users = await gatherResults([kallithea.get_user() for _ in range(30)])
    await kallithea.close()
    assert {user["username"] for user in users} == {"admin"}


def test_a_method_of_somebodys_plugin_is_called_by_its_name(server):
    with blocking.Kallithea(*server) as kallithea:
        assert kallithea.call("test", {"args": "x"}) == "x"
