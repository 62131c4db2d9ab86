"""How long a session lasts, and what its cookie is worth."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.testing import StringTransport
from zope.interface import implementer

from kallithea_host import schema
from kallithea_host.clock import now
from tests.web.account.browser import ACCOUNT, LOGIN, Browser
from tests.web.account.conftest import PASSWORD


@pytest.fixture
def sessions(host):
    """All rows of sessions."""

    def look():
        with host.database.read() as db:
            return db.execute(select(schema.sessions)).all()

    return look


@pytest.fixture
def age(host):
    """Let columns of all sessions be so many seconds ago."""

    def change(**seconds):
        values = {name: now() - timedelta(seconds=number) for name, number in seconds.items()}
        with host.database.write() as db:
            db.execute(update(schema.sessions).values(values))

    return change


@pytest.fixture
def elsewhere(api, bob):
    """Another browser of Bob's."""
    other = Browser(api)
    assert other.sign_in("bob", PASSWORD) == 303
    return other


@implementer(ISSLTransport)
class TlsTransport(StringTransport):
    """A connection over TLS."""

    def setTcpNoDelay(self, enabled):  # noqa: N802 - Twisted's name
        pass


def cookie_of(answer):
    return [part.strip() for part in answer.headers["set-cookie"].split(";")]


def test_the_cookie_is_for_the_account_page_and_for_no_script(signed_in):
    name, *attributes = cookie_of(signed_in.answers[1])
    assert name.startswith("kallithea_session=")
    assert len(name) > 50
    assert sorted(attributes) == ["HttpOnly", "Path=/_admin", "SameSite=lax"]


def test_what_a_stranger_says_of_tls_is_not_believed(browser):
    browser.get(LOGIN, **{"X-Forwarded-Proto": "https"})
    assert "Secure" not in cookie_of(browser.answer)


def test_over_tls_the_cookie_is_for_tls_only(site):
    transport = TlsTransport()
    channel = site.buildProtocol(transport.getPeer())
    channel.makeConnection(transport)
    channel.dataReceived(b"GET /_admin/login HTTP/1.0\r\n\r\n")
    assert b"Path=/_admin; Secure; HttpOnly; SameSite=lax\r\n" in transport.value()


def test_after_a_login_the_browser_is_known_by_another_text(browser, bob, sessions):
    browser.get(LOGIN)
    before = browser.cookie
    assert before
    assert sessions() == []
    browser.post(LOGIN, {"username": "bob", "password": PASSWORD})
    assert browser.cookie != before
    browser.cookie = before
    assert browser.get(ACCOUNT) == 303


def test_a_cookie_that_somebody_planted_is_worth_nothing_after_the_login(browser, bob):
    browser.cookie = "planted"
    browser.get(LOGIN)
    assert browser.cookie == "planted"
    assert browser.post(LOGIN, {"username": "bob", "password": PASSWORD}) == 303
    assert browser.cookie != "planted"


def test_a_second_login_in_a_browser_ends_the_session_it_had(signed_in, api, sessions):
    api.create_user(username="eve", email=None, password=PASSWORD)
    signed_in.get(ACCOUNT)
    assert signed_in.post(LOGIN, {"username": "eve", "password": PASSWORD}) == 303
    assert "Signed in as eve" in signed_in.text
    assert len(sessions()) == 1


def test_the_database_holds_nothing_that_a_browser_could_send(signed_in, sessions):
    (row,) = sessions()
    assert signed_in.cookie.encode() not in repr(tuple(row)).encode()


def test_signing_out_ends_the_session_and_the_cookie(signed_in, sessions):
    kept = signed_in.cookie
    assert signed_in.post("/_admin/logout") == 303
    assert "Max-Age=0" in cookie_of(signed_in.answers[-2])
    assert sessions() == []
    signed_in.cookie = kept
    assert signed_in.get(ACCOUNT) == 303


def test_a_session_that_is_not_used_ends(signed_in, age):
    age(seen_on=3590)
    assert signed_in.get(ACCOUNT) == 200
    age(seen_on=3601)
    assert signed_in.get(ACCOUNT) == 303


def test_whoever_sends_a_form_when_his_session_is_over_is_told_so(signed_in, age, api):
    before = api.get_user(userid="bob")
    age(seen_on=3601)
    assert signed_in.post(f"{ACCOUNT}/reset_key") == 303
    assert "Your session is over, and nothing was changed." in signed_in.text
    assert api.get_user(userid="bob") == before
    assert signed_in.post(LOGIN, {"username": "bob", "password": PASSWORD}) == 303
    assert signed_in.text.startswith("API keys")


def test_a_session_that_is_used_goes_on_and_costs_one_write_a_minute(signed_in, age, sessions):
    age(seen_on=30)
    before = sessions()
    signed_in.get(ACCOUNT)
    assert sessions() == before
    age(seen_on=3000)
    signed_in.get(ACCOUNT)
    assert now() - sessions()[0].seen_on < timedelta(seconds=60)


def test_every_session_ends_after_half_a_day(signed_in, age):
    age(created_on=43190)
    assert signed_in.get(ACCOUNT) == 200
    age(created_on=43201)
    assert signed_in.get(ACCOUNT) == 303


def test_sessions_whose_time_is_over_are_purged_at_the_next_login(signed_in, age, sessions, api):
    age(created_on=50_000)
    assert len(sessions()) == 1
    Browser(api).sign_in("bob", PASSWORD)
    assert len(sessions()) == 1
    assert signed_in.get(ACCOUNT) == 303


@pytest.mark.parametrize(
    "change", [{"active": False}, {"password": "another one"}, {"extern_type": "ldap"}]
)
def test_a_change_of_standing_ends_all_sessions_for_good(signed_in, elsewhere, api, change):
    api.update_user(userid="bob", **change)
    api.update_user(userid="bob", active=True, extern_type="internal")
    assert signed_in.get(ACCOUNT) == 303
    assert elsewhere.get(ACCOUNT) == 303


@pytest.mark.parametrize("change", [{"firstname": "Robert"}, {"active": True}, {"admin": True}])
def test_another_change_ends_no_session(signed_in, api, change):
    api.update_user(userid="bob", **change)
    assert signed_in.get(ACCOUNT) == 200


def test_with_the_account_its_sessions_are_gone(signed_in, api, sessions):
    api.delete_user(userid="bob")
    assert sessions() == []
    assert signed_in.get(ACCOUNT) == 303


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(signed_in, elsewhere):
    before = signed_in.cookie
    fields = {"current": PASSWORD, "new": "new password", "again": "new password"}
    assert signed_in.do("password", **fields) == 303
    assert "The password was changed." in signed_in.text
    assert signed_in.cookie != before
    assert elsewhere.get(ACCOUNT) == 303
    signed_in.cookie = before
    assert signed_in.get(ACCOUNT) == 303


def test_addresses_outside_the_rules_are_refused(signed_in, world, bob):
    world.add(schema.user_addresses, user_id=bob, network="127.0.0.0/8")
    assert signed_in.get(ACCOUNT) == 200
    away = signed_in.from_peer("10.1.1.1")
    assert away.get(ACCOUNT) == 403
    assert "request from IP:10.1.1.1 not allowed" in away.text
    assert away.post(f"{ACCOUNT}/reset_key", form_token=signed_in.form_token) == 403


def test_a_right_password_from_a_refused_address_is_403_and_a_wrong_one_is_wrong(
    browser, world, bob, sessions
):
    world.add(schema.user_addresses, user_id=1, network="10.0.0.0/8")
    assert browser.sign_in("bob", "wrong password") == 422
    assert browser.sign_in("bob", PASSWORD) == 403
    assert sessions() == []
    assert browser.from_peer("10.1.1.1").sign_in("bob", PASSWORD) == 303


class TestBehindATrustedProxy:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, trusted_proxies=("127.0.0.1",))

    @pytest.mark.parametrize(("said", "secure"), [("https", True), ("http", False), ("", False)])
    def test_the_cookie_is_for_tls_only_if_the_proxy_says_so(self, browser, said, secure):
        browser.get(LOGIN, **{"X-Forwarded-Proto": said})
        assert ("Secure" in cookie_of(browser.answer)) is secure

    def test_the_address_is_the_client_s(self, browser, world, bob):
        world.add(schema.user_addresses, user_id=bob, network="10.0.0.0/8")
        browser.get(LOGIN)
        fields = {"username": "bob", "password": PASSWORD}
        assert browser.post(LOGIN, fields, **{"X-Forwarded-For": "10.1.1.1"}) == 303
        assert browser.get(ACCOUNT, **{"X-Forwarded-For": "10.1.1.1"}) == 200
        assert browser.get(ACCOUNT, **{"X-Forwarded-For": "11.1.1.1"}) == 403


class TestWithAnAddressOfItsOwn:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, canonical_url="https://code.example.org/")

    def test_the_cookie_is_for_tls_only_if_that_is(self, browser):
        browser.get(LOGIN)
        assert "Secure" in cookie_of(browser.answer)

    def test_forms_come_from_there(self, browser, bob):
        browser.get(LOGIN)
        fields = {"username": "bob", "password": PASSWORD}
        assert browser.post(LOGIN, fields, origin="http://localhost") == 403
        browser.get(LOGIN)
        assert browser.post(LOGIN, fields, origin="https://code.example.org") == 303
        assert re.search("Secure", browser.answers[-2].headers["set-cookie"])
