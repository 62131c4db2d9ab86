"""The page of a changeset, which the items of feeds lead to."""

from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import pytest

from tests.views.conftest import NAMES

TEXT = "<script>alert(1)</script> & \"'žluť"
ODD = "docs/<b>&\"' #?%.txt"


class Reader(HTMLParser):
    """What a browser shows, and where it could go."""

    def __init__(self, page):
        super().__init__()
        self.links, self.pieces, self.tags = [], [], set()
        self.feed(page.decode())
        self.text = " ".join("".join(self.pieces).split())

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.pieces.append(data)


@pytest.fixture
def committed(place, host, programs, alias):
    """Commits to an empty repository ``made``; gives the id."""
    place("made", alias, empty=True)

    def commit(*arguments, **more):
        path = host.settings.repositories / "made"
        return programs[alias].commit(path, *arguments, **more)

    return commit


def test_a_page_tells_what_a_changeset_is_and_did(get, repo, history):
    answer = get(f"/{repo}/changeset/{history.second}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    shown = Reader(answer.body).text
    assert f"Hash {history.second} Author Žofie Nováková <zofie@example.org>" in shown
    assert "Date 2020-01-01 12:00:00 UTC" in shown
    assert "two Diff Patch" in shown
    assert "README modified; lines added: 1, removed: 1" in shown
    assert "lines modified; lines added: 2, removed: 1" in shown
    assert "docs/žluťoučký kůň.txt added; lines added: 1, removed: 0" in shown


def test_a_page_tells_branches_and_tags(get, repo, history, host, programs, alias):
    programs[alias].tag(host.settings.repositories / repo, "v1", history.second)
    shown = Reader(get(f"/{repo}/changeset/{history.second}").body).text
    assert f"Branch {'default' if alias == 'hg' else 'main'} " in shown
    assert "Tag v1 " in shown


def test_every_link_of_a_page_leads_somewhere(get, repo, history):
    url = f"/{repo}/changeset/{history.second}"
    links = [urljoin(url, link) for link in Reader(get(url).body).links]
    assert len(links) == 2 + len(NAMES) + 1
    assert {link: get(link).status for link in links} == dict.fromkeys(links, 200)


def test_everything_is_only_text(get, committed):
    raw_id = committed({ODD: "x\n"}, message=TEXT)
    page = get(f"/made/changeset/{raw_id}").body
    read = Reader(page)
    assert TEXT in read.text
    assert ODD in read.text
    assert not read.tags & {"script", "b"}
    assert unquote(read.links[-1]).endswith(ODD)
    assert get(urljoin("/made/changeset/x", read.links[-1])).body == b"x\n"


def test_what_is_gone_has_no_link(get, committed):
    first = committed({"gone": "1\n2\n", "left": ""})
    second = committed({"gone": None}, parent=first, hour=13)
    read = Reader(get(f"/made/changeset/{second}").body)
    assert "gone deleted; lines added: 0, removed: 2" in read.text
    assert not [link for link in read.links if "gone" in link]


def test_a_browser_loads_nothing_but_the_stylesheet_which_is_there(get, repo):
    answer = get(f"/{repo}/changeset/tip")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert "script-src" not in policy
    assert b'<link rel="stylesheet" href="/_admin/assets/account.css">' in answer.body
    assert get("/_admin/assets/account.css", key=None).status == 200


def test_a_page_is_known_until_a_name_moves(get, repo, host, history, programs, alias):
    url = f"/{repo}/changeset/{history.first}"
    etag = get(url).headers["etag"]
    assert get(url, If_None_Match=etag).status == 304
    programs[alias].tag(host.settings.repositories / repo, "v1", history.first)
    assert get(url, If_None_Match=etag).status == 200


def test_the_link_of_a_feed_leads_to_the_page(get, repo, history):
    url = f"http://localhost/{repo}/changeset/{history.second}"
    assert url.encode() in get(f"/{repo}/feed/rss").body
    assert get(url.removeprefix("http://localhost")).status == 200


@pytest.mark.parametrize("revision", ["nowhere", "f" * 40, "--help", "all()"])
def test_what_is_not_there_is_404(get, repo, revision):
    assert get(f"/{repo}/changeset/{revision}").status == 404


def test_a_key_in_the_url_is_not_in_the_page(api, repo):
    answer = api.request("GET", path=f"/{repo}/changeset/tip?api_key={api._key}")
    assert answer.status == 200
    assert api._key.encode() not in answer.body


def test_of_many_files_some_are_listed(get, committed):
    raw_id = committed({f"file{number:03}": "x\n" for number in range(103)})
    shown = Reader(get(f"/made/changeset/{raw_id}").body).text
    assert shown.endswith("file099 added … and 3 more")
