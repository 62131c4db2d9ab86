"""Who gets in, and how the browser is known afterwards."""

import re
from urllib.parse import urlencode

import bcrypt
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from twisted.logger import globalLogPublisher

from kallithea_host import schema
from tests.web.account.browser import ACCOUNT, FORM, LOGIN, ORIGIN, Browser
from tests.web.account.conftest import PASSWORD

WRONG = "There is no active account with this name and password."


def stored(host, user_id):
    """The row of a user."""
    with host.database.read() as db:
        return db.execute(select(schema.users).where(schema.users.c.user_id == user_id)).one()


@pytest.mark.parametrize("name", ["Bob", "bob", " BOB ", "bob@example.org", "BOB@example.org"])
def test_a_user_signs_in_with_name_or_address_in_any_case(browser, bob, name):
    assert browser.sign_in(name, PASSWORD) == 303
    assert browser.answer.status == 200
    assert "Signed in as bob" in browser.text


def test_a_further_address_serves_as_well(browser, world, bob):
    email = "b@else.example"
    world.add(schema.emails, user_id=bob, email=email, email_key=email, is_primary=False)
    assert browser.sign_in(email, PASSWORD) == 303


def test_a_user_name_goes_before_an_address(browser, api, world, bob):
    taken = world.user("bob@example.org", extern_type="internal")
    assert browser.sign_in("bob@example.org", PASSWORD) == 422
    api.update_user(userid=taken, password="another password")
    assert browser.sign_in("bob@example.org", "another password") == 303
    assert "Signed in as bob@example.org" in browser.text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("bob", PASSWORD + " "),
        ("bob", ""),
        ("bob", "x" * 2_000),
        ("nobody", PASSWORD),
        ("", ""),
        ("bob\0", PASSWORD),
        ("default", PASSWORD),
        ("admin", ""),
    ],
)
def test_whatever_is_wrong_is_told_in_the_same_words(browser, bob, name, password):
    assert browser.sign_in(name, password) == 422
    assert WRONG in browser.text
    assert browser.get(ACCOUNT) == 303


def test_what_was_typed_as_a_name_stays_and_what_was_typed_as_a_password_does_not(browser, bob):
    browser.sign_in('<b>"x', "5ecret-5ecret")
    assert 'value="&lt;b&gt;&#34;x"' in browser.html
    assert "5ecret" not in browser.html


def test_the_log_tells_where_a_wrong_password_came_from_but_not_what_was_typed(browser, bob):
    told = []
    globalLogPublisher.addObserver(told.append)
    browser.sign_in("5ecret", "5ecret-5ecret")
    globalLogPublisher.removeObserver(told.append)
    assert [event["address"] for event in told if "login from" in event["log_format"]] == [
        "127.0.0.1"
    ]
    assert "5ecret" not in repr(told)


def test_an_inactive_user_does_not_get_in(browser, api, bob):
    api.update_user(userid="bob", active=False)
    assert browser.sign_in("bob", PASSWORD) == 422


@pytest.mark.parametrize("extern_type", ["ldap", "container", "pam"])
def test_whose_password_is_known_elsewhere_does_not_get_in(browser, api, bob, extern_type):
    api.update_user(userid="bob", extern_type=extern_type)
    assert browser.sign_in("bob", PASSWORD) == 422


def test_known_and_unknown_users_cost_the_same_statements_and_one_hash(
    browser, bob, set_user, statements, monkeypatch
):
    hashed = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *args: hashed.append(1) or verify(*args))
    seen = []
    for name in ("bob", "nobody", "default", "admin"):
        browser.get(LOGIN)
        statements.clear()
        hashed.clear()
        browser.post(LOGIN, {"username": name, "password": "wrong password"})
        seen.append((list(statements), len(hashed)))
    assert seen == [seen[0]] * 4
    assert seen[0][1] == 1


def test_a_hash_of_kallithea_is_replaced_at_the_first_login(browser, host, set_user, bob):
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2a$")
    set_user(bob, password_hash=old)
    assert browser.sign_in("bob", "wrong password") == 422
    assert stored(host, bob).password_hash == old
    assert browser.sign_in("bob", PASSWORD) == 303
    assert stored(host, bob).password_hash.startswith("$argon2id$")
    assert Browser(browser._api).sign_in("bob", PASSWORD) == 303


def test_a_hash_of_other_parameters_is_replaced(browser, host, set_user, bob):
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    set_user(bob, password_hash=old)
    assert browser.sign_in("bob", PASSWORD) == 303
    new = stored(host, bob).password_hash
    assert "m=19456,t=2,p=1" in new
    assert browser.do("password") is not None
    assert stored(host, bob).password_hash == new


def test_a_hash_of_today_stays(signed_in, host, bob, browser):
    before = stored(host, bob).password_hash
    assert Browser(signed_in._api).sign_in("bob", PASSWORD) == 303
    assert stored(host, bob).password_hash == before


def test_a_login_is_noted_and_told(browser, host, bob, listener):
    assert stored(host, bob).last_login is None
    browser.sign_in("bob", PASSWORD)
    assert stored(host, bob).last_login is not None
    (event,) = [event for event in listener.heard if event.action == "user.logged_in"]
    assert (event.actor, event.address) == ("bob", "127.0.0.1")
    assert event.subject["user_id"] == bob


def test_a_plugin_may_refuse_a_login(browser, host, bob, listener):
    listener.refuses = "user.logged_in"
    assert browser.sign_in("bob", PASSWORD) == 409
    assert "The server does not let you sign in." in browser.text
    assert "not today" not in browser.text
    assert stored(host, bob).last_login is None
    assert browser.get(ACCOUNT) == 303


def test_whoever_is_signed_in_is_not_asked_again(signed_in):
    assert signed_in.get(LOGIN) == 303
    assert signed_in.answer.headers["location"] == ACCOUNT


def test_the_login_page_takes_away_nothing_that_is_to_be_told_once(signed_in, api):
    body = urlencode({"form_token": signed_in.form_token, "description": "build farm"}).encode()
    cookie = f"kallithea_session={signed_in.cookie}"
    headers = {"Origin": ORIGIN, "Content-Type": FORM, "Cookie": cookie}
    assert api.request("POST", body, path=f"{ACCOUNT}/create_key", headers=headers).status == 303
    assert signed_in.get(LOGIN) == 303
    assert signed_in.get(ACCOUNT) == 200
    assert "The key was made." in signed_in.text


def test_a_login_page_sends_nobody_where_the_url_says(browser, bob):
    browser.get(f"{LOGIN}?came_from=https://evil.example/&next=//evil.example")
    assert "evil" not in browser.html
    browser.post(LOGIN, {"username": "bob", "password": PASSWORD, "came_from": "//evil.example"})
    assert browser.answers[-2].headers["location"] == ACCOUNT


@pytest.mark.parametrize("page", ["", "/password", "/permissions", "/"])
def test_a_stranger_is_sent_to_the_login(browser, page):
    assert browser.get(ACCOUNT + page) == 303
    assert browser.answer.headers["location"] == LOGIN


def test_a_key_opens_no_page(browser, api, bob):
    key = api.get_user(userid="bob")["api_key"]
    assert browser.get(f"{ACCOUNT}?api_key={key}") == 303
    assert browser.get(ACCOUNT, Authorization=f"Bearer {key}") == 303
    assert key not in repr(browser.answers)


def test_a_session_opens_no_method(signed_in, api):
    asked = b'{"id": 1, "method": "get_user", "args": {}}'
    cookie = {"Cookie": f"kallithea_session={signed_in.cookie}"}
    assert b"missing 'api_key'" in api.post(asked, headers=cookie).body


def test_the_form_names_its_fields_for_those_who_do_not_see_it(browser, bob):
    browser.sign_in("bob", "wrong password")
    for name in ("username", "password"):
        (field,) = re.findall(rf'<input id="{name}"[^>]*>', browser.html)
        assert 'aria-describedby="refusal"' in field
        assert f'<label for="{name}">' in browser.html
