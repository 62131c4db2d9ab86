"""The check of feeds finds what is wrong with them."""

import pytest

from tests.views.validity import faults

RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>
<link>http://x/a</link><description>d</description><atom:link rel="self" href="http://x/f"/><item>
<title>i</title><link>http://x/i</link><author>a@b.org (A)</author>
<pubDate>Wed, 01 Jan 2020 12:00:00 +0000</pubDate><guid isPermaLink="false">g</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><id>http://x/a</id><title>t</title>
<updated>2020-01-01T12:00:00Z</updated><link rel="self" href="http://x/f"/><entry><id>tag:x:1</id>
<title>e</title><updated>2020-01-01T12:00:00Z</updated><author><name>A</name></author>
<link rel="alternate" href="http://x/e"/></entry></feed>"""


@pytest.mark.parametrize(("form", "text"), [("rss", RSS), ("atom", ATOM)])
def test_a_valid_feed_has_no_faults(form, text):
    assert faults(text, form) == []


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("rss", RSS.replace('version="2.0"', "")),
        ("rss", RSS.replace("<description>d</description>", "")),
        ("rss", RSS.replace("+0000", "+0100")),
        ("rss", RSS.replace("false", "true")),
        ("rss", RSS.replace("a@b.org (A)", "A")),
        ("rss", RSS.replace("http://x/i", "/i")),
        ("rss", RSS.replace("<title>i</title>", "")),
        ("rss", RSS.replace("<title>i</title>", "<title>i</title><title>j</title>")),
        ("rss", RSS.replace('rel="self"', "")),
        ("rss", RSS.replace("<title>i</title>", "<titel>i</titel>")),
        ("atom", ATOM.replace("<updated>2020-01-01T12:00:00Z</updated>", "", 1)),
        ("atom", ATOM.replace("12:00:00Z", "12:00:00")),
        ("atom", ATOM.replace("<name>A</name>", "<name/>")),
        ("atom", ATOM.replace("<author><name>A</name></author>", "")),
        ("atom", ATOM.replace("tag:x:1", "http://x/a")),
        ("atom", ATOM.replace("tag:x:1", "17")),
        ("atom", ATOM.replace('rel="alternate"', 'rel="self"')),
        ("atom", ATOM.replace('href="http://x/e"', "")),
        ("atom", ATOM.replace("http://www.w3.org/2005/Atom", "http://example.org")),
    ],
)
def test_a_feed_that_is_not_valid_has_faults(form, text):
    assert faults(text, form)
