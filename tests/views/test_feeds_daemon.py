"""A feed reader at a real daemon."""

import feedparser
import pytest

from kallithea_host.testing import Daemon


@pytest.fixture(scope="module")
def server(tmp_path_factory, hg):
    """A daemon with a repository, and nothing in its whitelist."""
    folder = tmp_path_factory.mktemp("feeds")
    log = f"[kallithea-host]\naccess_log = {folder}/access.log\n"
    with Daemon(folder, ini=log) as daemon:
        daemon.api.create_repo(repo_name="team/repo", repo_type="hg")
        hg.commit(daemon.root / "team/repo", {"README": "one\n"}, message="first")
        yield daemon


@pytest.fixture
def subscribed(server):
    """What a reader finds at an address that holds a key."""

    def read(path, **known):
        url = f"http://127.0.0.1:{server.port}{path}?api_key={server.api._key}"
        return feedparser.parse(url, **known)

    return read


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_reader_subscribes_and_asks_again(server, subscribed, form):
    found = subscribed(f"/team/repo/feed/{form}")
    assert (found.status, found.bozo) == (200, False)
    (entry,) = found.entries
    assert entry.title == "first"
    assert entry.id.startswith(f"tag:127.0.0.1:{server.port},2020-01-01:/team/repo/changeset/")
    assert subscribed(f"/team/repo/feed/{form}", etag=found.etag).status == 304


def test_a_reader_follows_the_journal(subscribed):
    found = subscribed("/_admin/journal/atom")
    assert [entry.title for entry in found.entries] == [
        "Kallithea Admin - started following repository team/repo",
        "Kallithea Admin - created repository team/repo",
    ]


def test_no_log_and_no_feed_holds_the_key(server, subscribed):
    found = subscribed("/team/repo/feed/rss")
    key = server.api._key
    lines = (server.folder / "access.log").read_text()
    assert "/team/repo/feed/rss" in lines
    assert key not in lines + server.log
    links = [found.feed.links, [entry.links for entry in found.entries], found.feed.link]
    assert key not in str(links)
