"""What a server says of itself is kept on disk for a minute, so that completion is quick."""

import os
import stat

import pytest

from kallithea_host.client.choosing import Server
from kallithea_host.client.remembering import fetch, recall
from tests.client_program.described import DOCUMENT

KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def place(program):
    """Where descriptions are kept."""
    return program.home / ".cache/kallithea-host/methods"


@pytest.fixture
def known(server, place):
    """The server, which is asked once and remembered."""
    server.methods(**{"rpc.discover": DOCUMENT})
    known = Server(server.host, KEY)
    assert fetch(known, 2) == DOCUMENT
    return known


def age(place):
    (file,) = place.iterdir()
    long_ago = file.stat().st_mtime - 3600
    os.utime(file, (long_ago, long_ago))


def test_it_is_not_asked_for_again(known, server):
    assert recall(known, 2) == DOCUMENT
    assert len(server.asked) == 1


def test_it_is_asked_for_again_after_a_while(known, server, place):
    age(place)
    server.methods(**{"rpc.discover": {"methods": []}})
    assert recall(known, 2) == {"methods": []}


def test_each_key_has_its_own(known, server):
    recall(Server(known.host, "f" * 40), 2)
    assert len(server.asked) == 2


def test_only_the_user_reads_it(known, place):
    (file,) = place.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_neither_its_name_nor_its_content_holds_the_key(known, place):
    (file,) = place.iterdir()
    assert KEY not in file.name
    assert KEY not in file.read_text()


def test_a_server_that_is_away_is_remembered_and_asked_once_a_minute(known, server, place):
    age(place)
    server.answer = lambda _: (502, {}, b"")
    assert recall(known, 2) == DOCUMENT
    assert recall(known, 2) == DOCUMENT
    assert len(server.asked) == 2


def test_a_server_without_description_is_asked_once_a_minute(program, server):
    server.methods()
    server_here = Server(server.host, KEY)
    assert recall(server_here, 2) == recall(server_here, 2) == {"methods": []}
    assert len(server.asked) == 1


def test_a_file_that_was_damaged_is_made_anew(known, place):
    (file,) = place.iterdir()
    file.write_text("{")
    assert recall(known, 2) == DOCUMENT
    assert file.read_text() != "{"


def test_no_home_is_no_obstacle(program, server, monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # which is no account
    server.methods(**{"rpc.discover": DOCUMENT})
    assert recall(Server(server.host, KEY), 2) == DOCUMENT


def test_a_home_that_cannot_be_written_to_is_no_obstacle(program, server):
    (program.home / ".cache").write_text("a file where a folder should be")
    server.methods(**{"rpc.discover": DOCUMENT})
    assert recall(Server(server.host, KEY), 2) == DOCUMENT
