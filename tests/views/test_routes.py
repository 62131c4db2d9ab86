"""From paths to candidates: pure functions, no server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_host import Reply, Views
from kallithea_host.routes import BadPattern, Pattern, Routes

views = Views("probe")


@views.of_repository("FilesController:raw", "raw/{revision}/{path...}", needs="repository.read")
async def raw(call, revision, path):
    """A file."""
    return Reply(body=b"")


@views.of_repository("FeedController:rss", "feed/rss", needs="repository.read")
async def feed(call):
    """A feed."""
    return Reply(body=b"")


@views.of_site("JournalController:rss", "_admin/journal/rss", "_admin/journal_rss", needs=None)
async def journal(call):
    """A feed of the site."""
    return Reply(body=b"")


ROUTES = Routes(views)


def read(path):
    """What a path may mean: views, repositories, arguments."""
    candidates = ROUTES.candidates(path.encode().split(b"/")[1:])
    return [(each.view.function.__name__, each.repository, each.arguments) for each in candidates]


def file(repository, revision, path):
    return ("raw", repository, {"revision": revision, "path": path})


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/a/raw/tip/x", [file("a", "tip", "x")]),
        ("/a/b/c/raw/tip/d/e", [file("a/b/c", "tip", "d/e")]),
        ("/a/raw/raw/tip/x", [file("a", "raw", "tip/x"), file("a/raw", "tip", "x")]),
        ("/raw/raw/raw/raw", [file("raw", "raw", "raw")]),
        ("/a/raw/tip/feed/rss", [file("a", "tip", "feed/rss"), ("feed", "a/raw/tip", {})]),
        ("/a/feed/rss", [("feed", "a", {})]),
        ("//a/feed/rss", [("feed", "a", {})]),
        ("/_admin/journal/rss", [("journal", "", {})]),
        ("/_admin/journal_rss", [("journal", "", {})]),
    ],
)
def test_a_path_means_every_repository_it_may_name_the_shortest_first(path, meant):
    assert read(path) == meant


@pytest.mark.parametrize(
    "path",
    ["/", "//", "/a", "/raw/tip/x", "/a/raw/tip", "/a/raw/tip/", "/a//raw/tip/x", "/a/feed/rss/",
     "/a/feed/rss/x", "/a/RAW/tip/x", "/../raw/tip/x", "/a/raw/tip/..", "/a/raw/./x",
     "/a/raw/tip/x\0", "/_admin/a/raw/tip/x", "/_admin/raw/tip/x", "/_admin/feed/rss",
     "/_admin/journal/rss/x", "/feed/rss"],
)  # fmt: skip
def test_other_paths_mean_nothing(path):
    assert read(path) == []


def test_bytes_that_are_no_text_mean_nothing():
    assert ROUTES.candidates([b"a", b"raw", b"tip", b"\xff"]) == []


def test_a_slash_in_an_element_is_the_element_s():
    (candidate,) = ROUTES.candidates([b"a", b"raw", b"feature/x", b"b/c"])
    assert candidate.arguments == {"revision": "feature/x", "path": "b/c"}
    assert ROUTES.candidates([b"a", b"raw", b"tip", b"b/../c"]) == []


def test_a_name_longer_than_any_repository_s_is_not_looked_for():
    path = [b"raw"] * 5000
    names = [candidate.repository for candidate in ROUTES.candidates(path)]
    assert 100 < len(names) < 600
    assert max(map(len, names)) <= 2048


@given(st.lists(st.binary(max_size=8) | st.sampled_from([b"raw", b"a", b"feed", b"rss"])))
def test_a_candidate_spells_the_path_it_was_read_from(path):
    for candidate in ROUTES.candidates(path):
        arguments = list(candidate.arguments.values())
        word = candidate.pattern.elements[0]
        spelt = "/".join([candidate.repository, word, *arguments])
        if word == "raw":
            assert spelt.encode() == b"/".join(path).lstrip(b"/")


@pytest.mark.parametrize(
    "text",
    ["", "a//b", "/a", "a/", "{a}/b", "a/{b...}/c", "a/{b}/{b}", "a/{B}", "a/x{b}", "a/..",
     "a/{b....}", "a/b.c"],
)  # fmt: skip
def test_a_pattern_that_could_not_be_read_is_refused(text):
    with pytest.raises(BadPattern):
        Pattern(text)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/{x}", "a/b", True),
        ("a/{x}", "a/{y}/b", False),
        ("a/{x...}", "a/b/c", True),
        ("a/{x...}", "a/{y}/{z...}", True),
        ("a/b/{x...}", "a/b", False),
        ("a/b/{x...}", "a/c/{x...}", False),
    ],
)
def test_patterns_overlap_when_some_path_fits_both(one, other, overlap):
    assert Pattern(one).overlaps(Pattern(other)) is overlap
    assert Pattern(other).overlaps(Pattern(one)) is overlap
