"""The kit that tests are made of: it must fail when the server does."""

import pytest

from kallithea_host import DbJob, Methods, hookimpl
from kallithea_host.registry import Plugin
from kallithea_host.testing import ApiFailure, overriding

methods = Methods("extra")


@methods.in_db(needs=None)
def extra(job: DbJob, text: str) -> str:
    """Repeat a text."""
    return text


class Extra:
    @hookimpl
    def kallithea_methods(self):
        return methods


@pytest.fixture
def plugins():
    return [Plugin("extra", Extra(), "extra", "extra 1")]


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
