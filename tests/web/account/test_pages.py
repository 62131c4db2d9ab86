"""What the pages show, and what every page says to the browser."""

from html.parser import HTMLParser

import pytest

from kallithea_host import Busy, schema
from kallithea_host.jobs import DirectJobs
from kallithea_host.web.account.queries import PAGE
from tests.web.account.browser import ACCOUNT, LOGIN
from tests.web.account.conftest import PASSWORD

PAGES = [ACCOUNT, f"{ACCOUNT}/password", f"{ACCOUNT}/permissions"]
PASSWORDS = {"current": PASSWORD, "new": "new password", "again": "new password"}


class Tags(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", [LOGIN, *PAGES, f"{ACCOUNT}/reset_key"])
def test_every_page_keeps_the_browser_from_everything_but_itself(signed_in, path):
    signed_in.post(path, {}, form_token="") if path.endswith("_key") else signed_in.get(path)
    headers = signed_in.answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", [LOGIN, *PAGES])
def test_no_page_has_a_script_a_style_or_a_handler_in_it_or_anything_of_another_server(
    browser, bob, path
):
    if path != LOGIN:
        browser.sign_in("bob", PASSWORD)
    assert browser.get(path) == 200
    for tag, attributes in Tags(browser.html).found:
        assert tag != "style"
        assert tag != "script" or attributes["src"] == "/_admin/assets/account.js"
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("src", "href", "action"):
            assert attributes.get(name, "/").startswith(("/_admin/", "#", "data:,", "/"))
            assert not attributes.get(name, "").startswith("//")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_the_others_and_to_the_explorer(signed_in, path):
    signed_in.get(path)
    links = {attributes.get("href") for _, attributes in Tags(signed_in.html).found}
    assert {*PAGES, "/_admin/api"} <= links


@pytest.mark.parametrize("path", PAGES)
def test_head_is_get_without_a_body(signed_in, path):
    assert signed_in._ask("HEAD", path, None, {}) == 200
    assert signed_in.answer.body == b""


@pytest.mark.parametrize(
    ("name", "kind"), [("account.css", "text/css"), ("account.js", "text/javascript")]
)
def test_style_and_script_are_kept_by_the_browser_and_asked_about(browser, name, kind):
    path = f"/_admin/assets/{name}"
    assert browser.get(path) == 200
    assert browser.answer.headers["content-type"] == f"{kind}; charset=utf-8"
    etag = browser.answer.headers["etag"]
    assert browser.get(path, **{"If-None-Match": etag}) == 304
    assert browser.get("/_admin/assets/..%2faccount.html") == 404
    assert browser.get("/_admin/assets/") == 404


def test_the_page_tells_about_the_account(signed_in, api, world, bob):
    api.update_user(userid="bob", firstname="<i>Bob</i>", lastname="O'Neil & Sons")
    email = "b+c@else.example"
    world.add(schema.emails, user_id=bob, email=email, email_key=email, is_primary=False)
    world.add(schema.user_addresses, user_id=bob, network="127.0.0.0/8")
    world.add(schema.user_addresses, user_id=1, network="10.0.0.0/8")
    signed_in.get(ACCOUNT)
    assert "<i>Bob" not in signed_in.html
    for part in (
        "<i>Bob</i> O'Neil & Sons",
        "bob@example.org (primary)",
        email,
        "127.0.0.0/8 10.0.0.0/8 (everybody)",
    ):
        assert part in signed_in.text


def test_an_account_with_nothing_is_told_as_such(browser, world, set_user, bob):
    browser.sign_in("bob", PASSWORD)
    with world.host.database.write() as db:
        db.execute(schema.emails.delete())
    browser.get(ACCOUNT)
    assert "E-mail addresses none May be used from every address" in browser.text


def test_a_notice_is_told_once(signed_in):
    signed_in.do("reset_key")
    assert "The built-in key was replaced." in signed_in.text
    signed_in.get(ACCOUNT)
    assert "The built-in key was replaced." not in signed_in.text


def test_the_permissions_are_the_ones_in_force(signed_in, world, bob):
    readable = world.repository("a/read")
    world.grant("repository.read", readable, user_id=1)
    world.repository("b/own", owner_id=bob, private=True)
    writable = world.repository("c/<b>write")
    world.grant("repository.write", writable, user_id=bob)
    hidden = world.repository("d/hidden", private=True)
    world.grant("repository.read", hidden, user_id=1)
    world.repository("e/half-made", owner_id=bob, pending=True)
    signed_in.get(PAGES[2])
    assert "hg.create.repository" in signed_in.text
    assert "You may a/read hg read b/own private hg admin c/<b>write hg write" in signed_in.text
    assert "hidden" not in signed_in.text
    assert "half-made" not in signed_in.text
    assert "<b>" not in signed_in.html


def test_many_repositories_come_in_pages_and_each_is_one_query(signed_in, world, bob, statements):
    for number in range(2 * PAGE):
        world.repository(f"r{number:03}", owner_id=bob)
    statements.clear()
    signed_in.get(PAGES[2])
    assert len([one for one in statements if "repositories" in one]) == 1
    assert f"r{PAGE - 1:03} hg admin Next page" in signed_in.text
    assert f"r{PAGE:03}" not in signed_in.text
    signed_in.get(f"{PAGES[2]}?page=2")
    assert f"r{2 * PAGE - 1:03} hg admin Previous page" in signed_in.text
    assert "Next page" not in signed_in.text
    signed_in.get(f"{PAGES[2]}?page=3")
    assert "There is nothing on page 3." in signed_in.text


def test_a_page_that_is_none_is_the_first(signed_in, world, bob):
    world.repository("only", owner_id=bob)
    for page in ("0", "-1", "x", "", "9" * 30, "%C2%B2", "1&page=2"):
        assert signed_in.get(f"{PAGES[2]}?page={page}") == 200
        assert "only hg admin" in signed_in.text


def test_where_nothing_may_be_read_the_page_says_so(signed_in):
    signed_in.get(PAGES[2])
    assert "There is no repository that you may read." in signed_in.text


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"current": ""}, "current", "Give your present password."),
        ({"current": "not this one"}, "current", "This is not your password."),
        ({"new": "short"}, "new", "At least 8 characters."),
        ({"new": "x" * 1025, "again": "x" * 1025}, "new", "At most 1024 bytes."),
        ({"again": "another one"}, "again", "This is not the same."),
    ],
    ids=range(5),
)
def test_what_is_wrong_with_a_new_password_is_told_at_its_field(
    signed_in, browser, change, field, told
):
    assert signed_in.do("password", **{**PASSWORDS, **change}) == 422
    assert told in signed_in.text
    assert f'id="{field}-error"' in signed_in.html
    assert not any(value in signed_in.html for value in change.values() if len(value) > 7)
    signed_in.post("/_admin/logout")
    assert signed_in.sign_in("bob", PASSWORD) == 303


def test_the_new_password_is_the_one_from_then_on(signed_in, listener):
    assert signed_in.do("password", **PASSWORDS) == 303
    (event,) = [event for event in listener.heard if event.action == "user.updated"]
    assert event.details == {"changed": ["password"]}
    signed_in.post("/_admin/logout")
    assert signed_in.sign_in("bob", PASSWORD) == 422
    assert signed_in.sign_in("bob", "new password") == 303


def test_a_plugin_may_refuse_a_new_password(signed_in, listener):
    listener.refuses = "user.updated"
    assert signed_in.do("password", **PASSWORDS) == 409
    assert "The server does not let you change your password." in signed_in.text
    signed_in.get(ACCOUNT)
    signed_in.post("/_admin/logout")
    assert signed_in.sign_in("bob", PASSWORD) == 303


def test_wrong_present_passwords_have_to_wait_too(signed_in):
    statuses = [
        signed_in.do("password", **{**PASSWORDS, "current": "wrong one"}) for _ in range(12)
    ]
    assert statuses[-1] == 429
    assert int(signed_in.answer.headers["retry-after"]) > 0
    assert signed_in.do("password", **PASSWORDS) == 429


class Overloaded(DirectJobs):
    """Reads; hashing and writing has no room left, or goes wrong."""

    error = Busy()

    def write(self, *_):
        raise self.error

    hash = write


class TestWhereThereIsNoRoomLeft:
    @pytest.fixture
    def jobs(self):
        return Overloaded()

    def test_the_visitor_is_asked_to_come_again(self, browser):
        assert browser.sign_in("bob", PASSWORD) == 503
        assert browser.answer.headers["retry-after"] == "5"
        assert "Server is busy, try again later" in browser.text

    def test_what_goes_wrong_is_told_to_the_log_only(self, browser, jobs):
        jobs.error = RuntimeError("5ecret")
        assert browser.sign_in("bob", PASSWORD) == 500
        assert browser.html == "Something went wrong here.\n"
