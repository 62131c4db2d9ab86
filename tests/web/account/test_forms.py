"""Forms of other sites, forms that are rubbish, and whoever tries passwords."""

import pytest

from kallithea_host.web.account.tries import FOR_A_NAME, OF_AN_ADDRESS
from tests.web.account.browser import ACCOUNT, FORM, LOGIN, ORIGIN
from tests.web.account.conftest import PASSWORD

FORMS = [
    LOGIN,
    "/_admin/logout",
    *(f"{ACCOUNT}/{name}" for name in ("show_key", "reset_key", "create_key", "revoke_key")),
    f"{ACCOUNT}/password",
]
FIELDS = {"username": "bob", "password": PASSWORD, "key_id": "1", "description": "x"}


@pytest.fixture
def all_of_it(api):
    """What forms could have changed."""
    return lambda: (api.get_user(userid="bob"), api.get_users())


@pytest.mark.parametrize("form_token", ["", "0" * 64, "\u00e9"])
def test_a_form_without_the_browser_s_own_token_changes_nothing(signed_in, all_of_it, form_token):
    before = all_of_it()
    for path in FORMS:
        assert signed_in.post(path, FIELDS, form_token=form_token) == 403, path
        assert "This form is too old" in signed_in.text
        assert all_of_it() == before
        assert signed_in.get(ACCOUNT) == 200


def test_the_token_of_another_browser_is_of_no_use(signed_in, browser, api):
    stranger = type(browser)(api)
    stranger.get(LOGIN)
    assert signed_in.post(f"{ACCOUNT}/reset_key", form_token=stranger.form_token) == 403


def test_a_browser_without_a_cookie_has_no_token(browser, bob):
    browser.get(LOGIN)
    browser.cookie = ""
    fields = {"username": "bob", "password": PASSWORD}
    assert browser.post(LOGIN, fields) == 403
    assert browser.post(LOGIN, fields, form_token="") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://[bad"},
        {"origin": None},
        {"origin": None, "Referer": "http://evil.example/http://localhost/"},
        {"origin": "http://evil.example", "Referer": f"{ORIGIN}/_admin/login"},
        {"origin": None, "Sec-Fetch-Site": "cross-site"},
        {"origin": "http://evil.example", "Sec-Fetch-Site": "same-site"},
        {"origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_changes_nothing(signed_in, all_of_it, headers):
    before = all_of_it()
    for path in FORMS:
        signed_in.get(ACCOUNT)
        assert signed_in.post(path, FIELDS, **headers) == 403, path
        assert all_of_it() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": ORIGIN},
        {"origin": None, "Referer": f"{ORIGIN}/_admin/login"},
        {"origin": "http://behind.a.proxy", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_of_our_own_pages_is_taken(browser, bob, headers):
    browser.get(LOGIN)
    assert browser.post(LOGIN, {"username": "bob", "password": PASSWORD}, **headers) == 303


RUBBISH = [
    ("multipart/form-data; boundary=x", b"--x--"),
    ("application/json", b"{}"),
    ("", b"a=b"),
    (FORM, b"a"),
    (FORM, b"a=%ff"),
    (FORM, b"a=\xff"),
    (FORM, b"a=b&a=c"),
    (FORM, b"&".join(b"f%d=x" % number for number in range(30))),
    (FORM, b"a=" + b"x" * 20_000),
]


def test_a_body_that_is_no_form_is_told_so_and_not_repeated(signed_in, api):
    cookie = f"kallithea_session={signed_in.cookie}"
    for content_type, body in RUBBISH:
        headers = {"Origin": ORIGIN, "Content-Type": content_type, "Cookie": cookie}
        answer = api.request("POST", body, path=LOGIN, headers=headers)
        assert answer.status == 400, body
        assert b"The form cannot be read" in answer.body
        assert b"xxxx" not in answer.body


def test_what_changes_something_is_a_post(signed_in):
    for path in FORMS[1:-1]:
        assert signed_in.get(path) == 405
        assert signed_in.answer.headers["allow"] == "POST"


def test_below_a_page_there_is_nothing(signed_in):
    assert signed_in.get(f"{ACCOUNT}/password/x") == 404
    assert signed_in.get(f"{ACCOUNT}/nothing") == 404
    assert signed_in.get(f"{ACCOUNT}/") == 200


def tried(browser, times, name="bob", password="wrong password"):
    """The statuses of so many logins."""
    browser.get(LOGIN)
    fields = {"username": name, "password": password}
    return [browser.post(LOGIN, fields) for _ in range(times)]


def test_an_address_that_tried_too_much_has_to_wait_and_is_told_how_long(browser, bob, clock):
    assert set(tried(browser, OF_AN_ADDRESS)) == {422}
    assert tried(browser, 1, password=PASSWORD) == [429]
    wait = int(browser.answer.headers["retry-after"])
    assert f"Wait {wait} seconds" in browser.text
    clock.advance(wait)
    assert tried(browser, 1, password=PASSWORD) == [303]


def test_refused_tries_make_nobody_wait_longer(browser, bob, clock):
    tried(browser, OF_AN_ADDRESS + 50)
    assert int(browser.answer.headers["retry-after"]) < 10


def test_tries_from_everywhere_for_one_name_wait_too_but_never_for_long(browser, bob, clock):
    for number in range(FOR_A_NAME):
        assert tried(browser.from_peer(f"10.0.0.{number}"), 1) == [422]
    legitimate = browser.from_peer("10.9.9.9")
    assert tried(legitimate, 1, name="BOB", password=PASSWORD) == [429]
    assert tried(legitimate, 1, name="eve") == [422]
    clock.advance(int(legitimate.answers[1].headers["retry-after"]))
    assert tried(legitimate, 1, password=PASSWORD) == [303]


def test_the_addresses_of_one_subscriber_count_together(browser, bob):
    for number in range(OF_AN_ADDRESS):
        tried(browser.from_peer(f"2001:db8::{number:x}"), 1, name=f"user{number}")
    assert tried(browser.from_peer("2001:db8::ffff"), 1) == [429]
    assert tried(browser.from_peer("2001:db8:0:1::1"), 1) == [422]


def test_right_passwords_count_for_nothing(browser, bob):
    for _ in range(OF_AN_ADDRESS + 5):
        browser.cookie = ""
        assert tried(browser, 1, password=PASSWORD) == [303]
