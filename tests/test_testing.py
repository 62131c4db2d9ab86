"""The kit that tests are made of: it must fail when the server does."""

import signal
import threading

import pytest

from kallithea_host import DbJob, Methods, hookimpl
from kallithea_host.testing import ApiFailure, Daemon, overriding, plugin
from kallithea_host.testing.twistd import wait_for

methods = Methods("extra")


@methods.in_db(needs=None)
def extra(job: DbJob, text: str) -> str:
    """Repeat a text."""
    return text


@methods.in_db(needs=None)
def where(job: DbJob) -> int:
    """The thread in which jobs run."""
    return threading.get_ident()


class Extra:
    @hookimpl
    def kallithea_methods(self):
        return methods


@pytest.fixture
def plugins():
    return [plugin("extra", Extra())]


def test_a_call_is_an_attribute_and_gives_the_result(api):
    assert api.extra(text="x") == "x"


def test_an_error_is_raised_as_its_text(api):
    with pytest.raises(ApiFailure, match=r"^No such method: nothing$"):
        api.nothing()


def test_expecting_an_error_fails_where_there_is_none(api):
    with pytest.raises(pytest.fail.Exception):
        api.error("extra", text="x")


def test_arguments_of_any_name_can_be_sent(api):
    for name in ("self", "method", "args"):
        assert api.error("extra", **{name: 1}, text="x").startswith("Unknown")


def test_a_user_calls_with_his_own_key(api):
    api.create_user(username="bob", email="bob@example.com")
    assert api.as_user("bob").get_user()["username"] == "bob"


def test_a_key_that_is_none_is_refused(api):
    assert api.as_key("none").error("extra", text="x") == "Invalid API key"


def test_the_whole_reply_can_be_looked_at(api):
    reply = api.ask({"id": 5, "api_key": api._key, "method": "extra", "args": {"text": "x"}})
    assert reply == {"id": 5, "result": "x", "error": None}


def test_the_http_answer_can_be_looked_at(api):
    answer = api.request("GET", path="/nowhere", headers={"Accept": "text/html"})
    assert (answer.status, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")


def test_a_caller_can_be_elsewhere(api):
    assert api.from_peer("203.0.113.9").get_ip()["server_ip_addr"] == "203.0.113.9"
    assert api.from_peer("2001:db8::1").get_ip()["server_ip_addr"] == "2001:db8::1"


def test_every_test_has_a_host_of_its_own(api, host, tmp_path):
    assert host.settings.data_dir == tmp_path / "data"
    assert [user["username"] for user in api.get_users()] == ["admin"]


def test_settings_can_be_overridden(settings):
    assert overriding(settings, body_limit=5).body_limit == 5


class TestPlugins:
    @pytest.fixture
    def installed_plugins(self):
        return ["users"]

    @pytest.fixture
    def settings(self, settings):
        return overriding(settings, plugins_disabled=("vcs_hg",))

    def test_a_host_has_the_named_ones_of_the_installed_plugins_only(self, host):
        assert [each.name for each in host.registry.plugins] == ["users", "extra"]


class TestAReplacement:
    @pytest.fixture
    def plugins(self):
        return [plugin("users", Extra())]

    def test_a_given_plugin_takes_the_place_of_an_installed_one_of_its_name(self, api):
        assert api.extra(text="x") == "x"
        assert api.error("get_users") == "No such method: get_users"


class TestThreads:
    @pytest.fixture
    def jobs(self, pools):
        return pools

    def test_jobs_run_in_threads_and_are_waited_for(self, api):
        assert api.where() != threading.get_ident()

    def test_a_call_that_takes_some_time_is_waited_for(self, api):
        api.create_user(username="bob", email="bob@example.com", password="long to hash")
        assert api.as_user("bob").get_user()["username"] == "bob"


def test_jobs_run_in_the_thread_of_the_test(api):
    assert api.where() == threading.get_ident()


def test_methods_find_the_rows(api, world):
    bob = world.user("bob", email="bob@example.com")
    world.user_group("devs", bob)
    world.repository("tools", private=True)
    assert api.get_user(userid="bob")["email"] == "bob@example.com"
    assert [user["username"] for user in api.get_user_group(usergroupid="devs")["members"]] == [
        "bob"
    ]
    assert api.as_user("bob").get_repos() == []


def test_a_grant_gives_what_it_names(api, world):
    bob, private = world.user("bob"), world.repository("tools", private=True)
    world.grant("repository.read", private, user_id=bob)
    assert [repo["repo_name"] for repo in api.as_user("bob").get_repos()] == ["tools"]


def test_a_repository_has_the_commits_that_the_real_program_made(api, world, hg, git):
    world.user("bob")
    anybody = api.as_user("bob")
    for program in (hg, git):
        name = f"team/{program.alias}"
        made = world.committed(program, name, {"README": "one\n"}, {"README": "two\n"})
        assert made.path == world.host.settings.repositories / name
        assert [each["raw_id"] for each in api.get_changesets(repoid=name)] == [*made.commits]
        assert api.get_repo(repoid=name)["last_changeset"]["raw_id"] == made.commits[-1]
        assert anybody.get_repo(repoid=name)["repo_name"] == name
    assert [group["group_name"] for group in api.get_repo_groups()] == ["team"]


def test_what_the_real_program_refuses_is_an_error(hg):
    with pytest.raises(RuntimeError, match="nonsense"):
        hg.run("nonsense")


def test_a_listener_hears_and_refuses(api, listener):
    api.create_user(username="bob", email="bob@example.com")
    assert [event.action for event in listener.heard] == ["user.created"]
    listener.refuses = "user.deleted"
    assert api.error("delete_user", userid="bob") == "failed to delete user ID:3 bob"


def test_a_daemon_is_a_server_in_a_process_of_its_own(daemon):
    assert daemon.api.get_user()["username"] == "admin"
    assert daemon.operate("user", "list")[0] == 0
    assert daemon.stop() == -signal.SIGTERM
    assert "stopped cleanly" in daemon.log


def test_a_daemon_that_does_not_start_is_told_with_its_log(tmp_path):
    with (
        pytest.raises(AssertionError, match="unknown option `typo`"),
        Daemon(tmp_path, ini="[kallithea-host]\ntypo = 1\n"),
    ):
        pass


def test_waiting_in_vain_ends(monkeypatch):
    monkeypatch.setattr("kallithea_host.testing.twistd.PATIENCE", 0.02)
    with pytest.raises(AssertionError, match="waited in vain for rain"):
        wait_for(lambda: None, "rain")
