"""What a browser gets at the address of the API, and that nobody else gets it."""

import re
from html.parser import HTMLParser
from types import ModuleType

import pytest

from kallithea_host import DbJob, Methods, hookimpl
from kallithea_host.testing import plugin
from kallithea_host.version import version

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Page(HTMLParser):
    """The ids and links of a page, and its text."""

    def __init__(self, source):
        super().__init__()
        self.ids, self.links, self.tags, self.text = [], [], [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.ids += filter(None, [attributes.get("id")])
        self.links += filter(None, [attributes.get("href"), attributes.get("src")])

    def handle_data(self, data):
        self.text += data


def methods(demo):
    """A plugin whose documentation tries to be more than text."""
    made = Methods("demo")

    @made.in_db(needs=None, name="demo.say", aliases=("say",))
    def say(job: DbJob, *, loud: bool = False) -> str:
        """Say <script>alert(1)</script> and ``<b>``.

        Args:
            loud: "><img src=x>.
        """

    @hookimpl
    def kallithea_methods():
        return made

    demo.kallithea_methods = kallithea_methods
    return demo


@pytest.fixture
def plugins():
    return [plugin("demo", methods(ModuleType("demo", "A <i>demo</i>.")))]


@pytest.fixture
def answer(api):
    return api.request("GET", headers=BROWSER)


@pytest.fixture
def page(answer):
    return Page(answer.body.decode())


def test_a_browser_gets_a_page(answer):
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    assert answer.body.startswith(b"<!doctype html>")


def test_the_slash_at_the_end_means_nothing(api, answer):
    assert api.request("GET", path="/_admin/api/", headers=BROWSER).body == answer.body


@pytest.mark.parametrize(
    "headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}, {"Accept": "text/htmlx"}]
)
def test_programs_are_answered_as_before(api, headers):
    answer = api.request("GET", headers=headers)
    assert answer.headers["content-type"] == "application/json"
    assert b"No Content-Length in request" in answer.body


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_call_is_a_call_whatever_is_accepted(api, verb):
    body = b'{"id": 1, "api_key": "x", "method": "get_user", "args": {}}'
    answer = api.request(verb, body, headers=BROWSER)
    assert answer.headers["content-type"] == "application/json"
    assert b"Invalid API key" in answer.body


def test_head_has_no_body(api, answer):
    head = api.request("HEAD", headers=BROWSER)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]


def test_a_browser_that_has_the_page_is_not_sent_it_again(api, answer):
    again = api.request("GET", headers=BROWSER | {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_nothing_of_others_and_nothing_inline_may_run(answer, page):
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src")
    assert "unsafe" not in policy
    assert {tag for tag, _ in page.tags}.isdisjoint({"style", "iframe", "form", "img"})
    assert not [attrs for _, attrs in page.tags if any(n.startswith("on") for n in attrs)]
    assert not [attrs for _, attrs in page.tags if "style" in attrs]
    assert [attrs for tag, attrs in page.tags if tag == "script" and not attrs.get("src")] == []


def test_every_file_of_the_page_is_served(api, page):
    for path in [link for link in page.links if link.startswith("/_admin/assets/")]:
        answer = api.request("GET", path=path)
        assert answer.status == 200
        assert answer.headers["content-type"] in {
            "text/css; charset=utf-8",
            "text/javascript; charset=utf-8",
        }


def test_every_link_leads_somewhere(page):
    ours = [link for link in page.links if not link.startswith(("#", "data:"))]
    assert set(ours) == {
        "/_admin/assets/account.css",
        "/_admin/assets/account.js",
        "/_admin/assets/explorer.css",
        "/_admin/assets/explorer.js",
        "/_admin/my_account",
    }
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_every_method_is_on_the_page(host, page):
    names = {method.name for method in host.registry.methods.values()}
    assert names <= set(page.ids)
    assert "user_id" in page.text
    assert "-32602" in page.text


def test_the_page_holds_declarations_and_no_data(api, page):
    api.create_user(username="somebody", email=None)
    assert "somebody" not in page.text
    key = api.get_user()["api_key"]
    assert key not in page.text


def test_versions_are_not_for_everybody(answer):
    assert version().encode() not in answer.body


def test_documentation_is_text(answer, page):
    assert "Say <script>alert(1)</script> and <b>." in page.text
    assert '"><img src=x>.' in page.text
    assert "A <i>demo</i>." in page.text
    assert b"<script>alert" not in answer.body


def test_null_is_not_told_of_what_may_be_left_out(answer):
    shown = re.search(rb'data-argument="loud".*?</tr>', answer.body, re.DOTALL)[0]
    assert b"<td>boolean</td>" in shown
    assert b'data-field="boolean"' in shown
    assert b"data-required" not in shown
    assert b"Default: <code>false</code>" in shown
