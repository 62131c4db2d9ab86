"""Passwords of clone URIs, apart and masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_host.remote import RemotePolicy, RemoteRefused
from kallithea_host.remote.credentials import (
    is_masked,
    mask,
    secrets_of,
    split_password,
    strike,
    with_password,
)
from kallithea_host.vcs import Remote

SPLIT = [
    ("http://bob:pw@h.org/r", "http://bob@h.org/r", "pw"),
    ("http://bob:p%40w%2f@h.org:80/r?x#y", "http://bob@h.org:80/r?x#y", "p%40w%2f"),
    ("http://bob:@h.org/", "http://bob@h.org/", ""),
    ("http://:pw@h.org/", "http://@h.org/", "pw"),
    ("http://bob:p:w@h.org", "http://bob@h.org", "p:w"),
    ("http://bob:pw@[::1]:80/", "http://bob@[::1]:80/", "pw"),
    ("http://bob:pw@h.org/a:b@c", "http://bob@h.org/a:b@c", "pw"),
    # No policy lets these pass, and yet they may be stored.
    ("http://bob:p@w@h.org/", "http://bob@h.org/", "p@w"),
    ("http://bob@x.org:pw@h.org/", "http://bob@x.org@h.org/", "pw"),
    ("http://bob:p/w@h.org/", "http://bob@h.org/", "p/w"),
    ("http://bob:p#w?@h.org/", "http://bob@h.org/", "p#w?"),
    ("http://bob:/@h.org/", "http://bob@h.org/", "/"),
    ("http://bob:p\\w@h.org/", "http://bob@h.org/", "p\\w"),
    ("svn+http://bob:pw@h.org/", "svn+http://bob@h.org/", "pw"),
    ("hg::http://bob:pw@h.org/", "hg::http://bob@h.org/", "pw"),
    ("bob:pw@h.org:repo", "bob@h.org:repo", "pw"),
    ("b:p/w@h", "b@h", "p/w"),
]
WITHOUT = [
    *("", "x", "/srv/repo", "http://h.org/r", "http://h.org:80/r", "http://bob@h.org/r"),
    *("http://h.org:80/a@b", "http://h.org/a:b@c", "http://[::1]:80/a@b", "http://[::1]/a:b@c"),
    *("http://h.org/?a:b@c", "http://h.org#a:b@c", "http://bob@h.org:80/a@b", "file:///srv/a:b@c"),
]


@pytest.mark.parametrize(("uri", "without", "password"), SPLIT)
def test_a_password_is_taken_out(uri: str, without: str, password: str) -> None:
    assert split_password(uri) == (without, password)


@pytest.mark.parametrize(("uri", "without", "password"), SPLIT)
def test_a_password_goes_back_exactly(uri: str, without: str, password: str) -> None:
    assert with_password(without, password) == uri


@pytest.mark.parametrize(("uri", "without"), [row[:2] for row in SPLIT])
def test_a_password_is_masked(uri: str, without: str) -> None:
    assert split_password(mask(uri)) == (without, "*****")


@pytest.mark.parametrize("uri", WITHOUT)
def test_a_uri_without_password_stays(uri: str) -> None:
    assert mask(uri) == uri
    assert split_password(uri) == (uri, None)
    assert with_password(uri, None) == uri


def test_the_mask_looks_as_documented() -> None:
    assert mask("http://bob:geheim@h.org/r") == "http://bob:*****@h.org/r"


@pytest.mark.parametrize("stored", ["http://bob:pw@h.org/r", "http://bob@h.org/r"])
def test_the_masked_form_of_the_stored_uri_is_known(stored: str) -> None:
    assert is_masked("http://bob:*****@h.org/r", stored)


@pytest.mark.parametrize(
    "sent",
    [
        *("http://bob:*****@evil.org/r", "http://eve:*****@h.org/r", "https://bob:*****@h.org/r"),
        *("http://bob:*****@h.org:81/r", "http://bob:*****@h.org/other", "http://bob:pw@h.org/r"),
        *("http://bob:****@h.org/r", "http://bob@h.org/r", "http://h.org/r", ""),
    ],
)
def test_a_stored_password_is_not_lent_to_another_address(sent: str) -> None:
    assert not is_masked(sent, "http://bob:pw@h.org/r")


@given(st.text())
def test_any_text_is_put_together_again(text: str) -> None:
    assert with_password(*split_password(text)) == text


@given(st.lists(st.sampled_from(["://", ":", "@", "/", "?", "#", "[", "a", "80"])).map("".join))
def test_any_string_of_delimiters_is_put_together_again(text: str) -> None:
    without, password = split_password(text)
    assert with_password(without, password) == text
    assert is_masked(mask(text), text) == (password is not None)


SIGNS = st.characters(exclude_characters="@/?#[]\\ ", exclude_categories=("C", "Z"))


@given(st.text(SIGNS.filter(lambda sign: sign not in ":%"), min_size=1), st.text(SIGNS))
def test_what_parse_takes_for_the_password_is_what_split_takes(user: str, password: str) -> None:
    uri = f"https://{user}:{password}@h.org/r"
    assert split_password(uri) == (f"https://{user}@h.org/r", password)
    assert mask(uri) == f"https://{user}:*****@h.org/r"
    try:
        remote = RemotePolicy().parse(uri)
    except RemoteRefused:
        return
    assert remote.username == user


def test_every_spelling_of_a_password_is_struck() -> None:
    secrets = secrets_of(Remote("http://h.org/", "bob", "p@ß'\"/ %2F"))
    text = (
        "p@ß'\"/ %2F p%40%C3%9F%27%22%2F%20%252F p%40%C3%9F%27%22/%20%252F "
        "p%40%c3%9f%27%22%2f%20%252f p@\\xc3\\x9f\\'\"/ %2F Ym9iOnBAw58nIi8gJTJG"
    )
    assert strike(text, secrets).split() == ["*****"] * 6


def test_a_token_in_the_place_of_the_user_name_is_struck() -> None:
    secrets = secrets_of(Remote("http://h.org/", "glpat-1234"))
    assert strike("login as glpat-1234 failed", secrets) == "login as ***** failed"


def test_without_credentials_nothing_is_struck() -> None:
    assert strike("text", secrets_of(Remote("http://h.org/"))) == "text"
    assert strike("text", secrets_of(Remote("http://h.org/", "bob", ""))) == "text"
