"""Whatever text comes into a feed, it stays one that readers can read."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_plugins.repos.authors import name_and_email
from kallithea_plugins.repos.views.syndication import Feed, Item, cut, rendered, tag_uri
from tests.views.validity import faults

THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(codec=None))
"""Surrogates and control characters among it."""
LINES = {ord("\r"): "\n"}


def feed_of(text, form):
    item = Item(
        id="tag:x,2026-01-02:/1",
        title=text,
        link="http://x/1",
        description=text,
        author=text,
        email=f"{text}@example.org",
        at=THEN,
    )
    feed = Feed(
        title=text, link="http://x", description=text, url="http://x/f", updated=THEN, items=[item]
    )
    return rendered(feed, form)


def in_xml(character):
    """Whether an XML parser takes a character."""
    try:
        ET.fromstring(f"<a>{character}</a>".encode())
    except (ET.ParseError, UnicodeEncodeError):
        return False
    return True


@given(form=st.sampled_from(["rss", "atom"]), text=ANY_TEXT)
def test_any_text_makes_a_feed_that_is_valid_and_parses(form, text):
    body = feed_of(text, form)
    assert not feedparser.parse(body).bozo
    assert faults(body, form) == []


@given(text=ANY_TEXT)
def test_what_xml_can_hold_arrives_as_it_was(text):
    root = ET.fromstring(feed_of(text, "rss"))
    kept = "".join(each for each in text if each in "<&" or in_xml(each))
    expected = kept.replace("\r\n", "\n").translate(LINES)  # as every XML parser reads line ends
    assert (root.findtext("channel/item/description") or "") == expected


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_an_item_without_an_author_has_one_called_unknown(form):
    body = feed_of("\x01", form)
    assert faults(body, form) == []
    assert b"unknown" in body


@given(text=ANY_TEXT, most=st.integers(1, 20))
def test_a_text_is_cut_only_when_it_is_too_long(text, most):
    found = cut(text, most)
    assert len(found) <= most
    assert (found == text) if len(text) <= most else found.endswith("…")


@pytest.mark.parametrize(
    ("link", "uri"),
    [
        ("https://hg.example.org/a/b", "tag:hg.example.org,2026-01-02:/a/b"),
        ("http://hg.example.org:5000/a%20b", "tag:hg.example.org:5000,2026-01-02:/a%20b"),
        ("http://[::1]:5000/a", "tag:%5B::1%5D:5000,2026-01-02:/a"),
        ("http://[x/a", "tag:%5Bx,2026-01-02:/a"),
    ],
)
def test_an_id_is_made_of_host_date_and_path(link, uri):
    assert tag_uri(link, THEN) == uri


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        ("Bob Bobson <bob@x.org>", ("Bob Bobson", "bob@x.org")),
        ("bob@x.org", ("", "bob@x.org")),
        ("bob", ("bob", "")),
        ("bob at x", ("bob at x", "")),
        ("<bob@x.org>", ("", "bob@x.org")),
        ("Bob <bob", ("Bob", "bob")),
        ("", ("", "")),
    ],
)
def test_an_author_has_a_name_and_an_address(author, parts):
    assert name_and_email(author) == parts
