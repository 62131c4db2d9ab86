"""The views ``raw`` and ``rawfile``: what a file is served as, and what is not there."""

from urllib.parse import quote

import pytest

from tests.views.conftest import NAMES, PNG

TEXT = "text/plain; charset=utf-8"


@pytest.mark.parametrize("view", ["raw", "rawfile"])
def test_a_file_is_served_byte_for_byte(get, repo, view):
    for name, content in NAMES.items():
        answer = get(f"/{repo}/{view}/tip/{quote(name)}")
        expected = content if isinstance(content, bytes) else content.encode()
        assert (answer.status, answer.body) == (200, expected)
        assert answer.headers["content-length"] == str(len(expected))


@pytest.mark.parametrize(
    ("name", "media_type", "disposition"),
    [
        ("README", TEXT, "inline"),
        ("page.html", TEXT, "inline"),
        ("logo.png", "image/png", "inline"),
        ("drawing.svg", "image/svg+xml", "attachment"),
        ("data.bin", "application/octet-stream", "attachment"),
    ],
)
def test_raw_shows_pictures_and_text_and_stores_the_rest(get, repo, name, media_type, disposition):
    answer = get(f"/{repo}/raw/tip/{name}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].partition(";")[0] == disposition


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("README", TEXT),
        ("page.html", "text/html; charset=utf-8"),
        ("logo.png", "image/png"),
        ("drawing.svg", "image/svg+xml"),
        ("data.bin", "application/octet-stream"),
    ],
)
def test_rawfile_stores_everything_under_its_name(get, repo, name, media_type):
    answer = get(f"/{repo}/rawfile/tip/{name}")
    assert answer.headers["content-type"] == media_type
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["content-disposition"] == disposition


@pytest.mark.parametrize("view", ["raw", "rawfile"])
def test_whatever_a_file_holds_a_browser_runs_nothing_of_it(get, repo, view):
    for name in NAMES:
        headers = get(f"/{repo}/{view}/tip/{quote(name)}").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("name", "plain", "whole"),
    [
        (
            "docs/žluťoučký kůň.txt",
            "zlutoucky_kun.txt",
            "%C5%BElu%C5%A5ou%C4%8Dk%C3%BD%20k%C5%AF%C5%88.txt",
        ),
        ('docs/a "quote".txt', "a__quote_.txt", "a%20%22quote%22.txt"),
    ],
)
def test_an_odd_name_is_told_encoded(get, repo, name, plain, whole):
    answer = get(f"/{repo}/rawfile/tip/{quote(name)}")
    expected = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
    assert answer.headers["content-disposition"] == expected


ABSENT = [
    "nowhere/README", "tip/nowhere", "tip/docs", "tip/docs/", "tip/docs/nowhere.txt",
    "tip/README/below", "tip", "tip/", "", "tip/../README", "tip/%2e%2e/README",
    "tip/docs%2f..%2fREADME", "tip/READ%00ME", "tip/%ff", "tip//README", "--help/README",
    "all()/README", "tip/listfile:README", "tip/-README", "tip/set:all()", "tip...tip/README",
]  # fmt: skip


@pytest.mark.parametrize("view", ["raw", "rawfile"])
def test_what_is_not_there_is_404(get, repo, view):
    answers = {path: get(f"/{repo}/{view}/{path}") for path in ABSENT}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(ABSENT, 404)
    assert {answer.headers["content-type"] for answer in answers.values()} == {TEXT}
    assert {answer.body.count(b"\n") for answer in answers.values()} == {1}


def test_an_empty_repository_has_no_files(get, place, alias):
    place("empty", alias, empty=True)
    assert get("/empty/raw/tip/README").status == 404


def test_a_repository_that_is_gone_from_the_disk_is_404(get, world, alias):
    world.repository("gone", repo_type=alias)
    answer = get("/gone/raw/tip/README")
    assert (answer.status, answer.body) == (404, b"There is nothing here.\n")


def test_a_damaged_repository_is_a_failure_without_details(get, host, world, alias):
    path = host.settings.repositories / "broken"
    path.mkdir()
    world.repository("broken", repo_type=alias)
    answer = get("/broken/raw/tip/README")
    assert (answer.status, answer.body) == (500, b"The repository cannot be read.\n")


@pytest.mark.parametrize("revision", ["first", "short", "0"])
def test_a_revision_goes_by_hash_and_number(get, repo, history, revision):
    named = {"first": history.first, "short": history.first[:12], "0": "0"}[revision]
    assert get(f"/{repo}/raw/{named}/README").body == b"one\n"


def test_a_revision_with_a_slash_is_sent_encoded(get, repo, host, programs, alias, history):
    path, program = host.settings.repositories / repo, programs[alias]
    program.commit(path, {"README": "three\n"}, branch="feature/x", parent=history.second, hour=14)
    assert get(f"/{repo}/raw/feature%2Fx/README").body == b"three\n"


# Parts and conditions.


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=3-5", 3, 5), ("bytes=10-", 10, 263), ("bytes=-4", 260, 263),
     ("bytes=-999", 0, 263), ("bytes=200-9999", 200, 263)],
)  # fmt: skip
def test_a_part_of_a_file_is_served(get, repo, asked, first, last):
    answer = get(f"/{repo}/raw/tip/logo.png", Range=asked)
    assert (answer.status, answer.body) == (206, PNG[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/264"
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=264-", "bytes=-0", "bytes=9999-10000"])
def test_a_part_behind_the_end_is_416(get, repo, asked):
    answer = get(f"/{repo}/raw/tip/logo.png", Range=asked)
    assert answer.status == 416
    assert answer.headers["content-range"] == "bytes */264"


@pytest.mark.parametrize(
    "asked", ["bytes=5-3", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=x-y", "bytes=1-2-3"]
)
def test_what_is_no_single_part_gets_the_whole(get, repo, asked):
    answer = get(f"/{repo}/raw/tip/logo.png", Range=asked)
    assert (answer.status, answer.body) == (200, PNG)


def test_a_part_of_what_has_changed_gets_the_whole(get, repo, history):
    path = f"/{repo}/raw/tip/logo.png"
    assert get(path, Range="bytes=0-1", If_Range=f'"{history.second}"').status == 206
    assert get(path, Range="bytes=0-1", If_Range=f'"{history.first}"').body == PNG


def test_what_the_client_has_already_is_not_sent_again(get, repo, history):
    path = f"/{repo}/raw/tip/README"
    assert get(path).headers["etag"] == f'"{history.second}"'
    for known in (f'"{history.second}"', f'"x", W/"{history.second}"', "*"):
        answer = get(path, If_None_Match=known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == f'"{history.second}"'
    assert get(path, If_None_Match=f'"{history.first}"').status == 200


def test_what_the_client_has_already_is_not_even_read(get, repo, host, alias, history, monkeypatch):
    monkeypatch.delattr(type(host.backends[alias]), "content")
    path = f"/{repo}/raw/tip/README"
    assert get(path, If_None_Match=f'"{history.second}"').status == 304


def test_head_is_get_without_the_body(get, repo):
    path = f"/{repo}/raw/tip/logo.png"
    answer, whole = get(path, verb="HEAD"), get(path)
    assert (answer.status, answer.body) == (200, b"")
    told = {name: value for name, value in whole.headers.items() if name != "date"}
    assert {name: value for name, value in answer.headers.items() if name != "date"} == told
