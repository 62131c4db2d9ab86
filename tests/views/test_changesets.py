"""The views of changesets: what they give, and what they refuse."""

import re

import pytest

DIFFS = ["changeset-diff", "raw-changeset", "changeset-download"]
ALL = [*DIFFS, "changeset-patch"]


@pytest.mark.parametrize("view", ALL)
def test_a_changeset_is_text_that_holds_its_diff(get, repo, history, view):
    answer = get(f"/{repo}/{view}/{history.second}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"diff --git a/README b/README\n" in answer.body
    assert b"\n-one\n+two\n" in answer.body


def test_both_names_of_the_diff_and_the_stored_one_are_the_same(get, repo):
    assert len({get(f"/{repo}/{view}/tip").body for view in DIFFS}) == 1


def test_a_patch_tells_author_and_message_before_the_diff(get, repo, history):
    patch = get(f"/{repo}/changeset-patch/{history.first}").body
    head, _, diff = patch.partition(b"diff --git ")
    assert history.first.encode() in head
    assert b"one" in head
    assert get(f"/{repo}/changeset-diff/{history.first}").body in b"diff --git " + diff


@pytest.mark.parametrize(
    ("view", "disposition"),
    [
        ("changeset-diff", None),
        ("changeset-patch", None),
        ("changeset-download", "attachment; filename=\"tip.diff\"; filename*=UTF-8''tip.diff"),
    ],
)
def test_only_the_stored_diff_has_a_file_name(get, repo, view, disposition):
    assert get(f"/{repo}/{view}/tip").headers.get("content-disposition") == disposition


def test_a_stored_diff_is_named_by_twelve_characters_of_the_revision(get, repo, history):
    told = get(f"/{repo}/changeset-download/{history.second}").headers["content-disposition"]
    assert f'filename="{history.second[:12]}.diff"' in told


def test_context_is_as_wide_as_asked_for(get, repo):
    def lines(query):
        body = get(f"/{repo}/changeset-diff/tip{query}").body.decode()
        (part,) = re.findall(r"diff --git a/lines b/lines\n.*?(?=diff --git|\Z)", body, re.DOTALL)
        return [line for line in part.splitlines() if line.startswith(" ")]

    assert lines("?context=0") == []
    assert len(lines("")) == 6
    assert len(lines("?context=999")) == 19


def test_changes_of_white_space_count_or_not(get, repo):
    assert b"+line  10\n" in get(f"/{repo}/changeset-diff/tip").body
    ignoring = get(f"/{repo}/changeset-diff/tip?ignorews=1").body
    assert b"+line  10\n" not in ignoring
    assert b"+line ten\n" in ignoring


@pytest.mark.parametrize("view", ALL)
def test_a_parameter_that_is_none_is_400(get, repo, view):
    for query in ("context=", "context=-1", "context=x", "context=1e3", "context=1234567",
                  "context=%ff", "context=%D9%A3", "ignorews=2", "ignorews=%00"):  # fmt: skip
        answer = get(f"/{repo}/{view}/tip?{query}")
        assert (query, answer.status) == (query, 400)
        assert answer.body.startswith((b"`context` must be", b"`ignorews` must be"))


@pytest.mark.parametrize("view", ALL)
def test_an_unknown_revision_is_404(get, repo, view):
    for revision in ("nowhere", "", "0" * 39 + "g", "all()", "--all", "tip...tip", "%00",
                     "x" * 3000, "tip/x"):  # fmt: skip
        answer = get(f"/{repo}/{view}/{revision}")
        assert (revision, answer.status) == (revision, 404)
        assert answer.body in {b"There is no such revision.\n", b"There is nothing here.\n"}


@pytest.mark.parametrize("view", ALL)
def test_an_empty_repository_has_no_changesets(get, place, alias, view):
    place("empty", alias, empty=True)
    assert get(f"/empty/{view}/tip").status == 404


@pytest.mark.parametrize("view", ALL)
def test_what_the_client_has_already_is_not_sent_again(get, repo, view):
    path = f"/{repo}/{view}/tip"
    etag = get(path).headers["etag"]
    assert get(path, If_None_Match=etag).status == 304
    assert get(f"{path}?context=4", If_None_Match=etag).status == 200
    assert get(f"{path}?ignorews=1", If_None_Match=etag).status == 200


@pytest.mark.parametrize("view", ALL)
def test_head_makes_no_diff(get, repo, host, alias, monkeypatch, view):
    whole = get(f"/{repo}/{view}/tip")
    monkeypatch.delattr(type(host.backends[alias]), "patch" if "patch" in view else "diff")
    answer = get(f"/{repo}/{view}/tip", verb="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == whole.headers["etag"]
