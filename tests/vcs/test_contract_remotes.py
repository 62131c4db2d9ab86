"""What every backend promises of remote repositories, tried with real servers on the loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kallithea_host.testing.programs import CLIENT_ENVIRONMENT
from kallithea_host.vcs import EMPTY, Remote, VcsError

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.remotes import HttpRemote
    from tests.vcs.clients import Client
    from tests.vcs.conftest import History, Publish, Served

PULL = """
import importlib, pathlib, signal, sys
from kallithea_host.vcs import Remote

def stop(number, frame):
    raise SystemExit(143)

signal.signal(signal.SIGTERM, stop)
module, name, path, url = sys.argv[1:]
backend = getattr(importlib.import_module(module), name)()
print(*backend.pull(pathlib.Path(path), Remote(url)))
"""
"""A main program like the one that the host gives a pull."""


def test_a_clone_has_all_that_the_remote_has(
    backend: Backend, client: Client, history: History, served: Served, tmp_path: Path
) -> None:
    backend.clone(tmp_path / "clone", served.remote)
    assert client.ids(tmp_path / "clone") == client.ids(served.path)
    assert backend.tip(tmp_path / "clone") == backend.tip(history.path)
    assert backend.resolve(tmp_path / "clone", "feature") == history.third
    assert backend.resolve(tmp_path / "clone", "v1") == history.first
    assert client.problems(tmp_path / "clone") == ""
    assert backend.verify(tmp_path / "clone") == []


def test_a_pull_tells_what_came_oldest_first(
    backend: Backend, client: Client, history: History, served: Served, tmp_path: Path
) -> None:
    remote, there = served.remote, served.path
    backend.clone(tmp_path / "clone", remote)
    fourth = client.commit(there, {"a": "a"}, branch="feature", hour=15)
    fifth = client.commit(there, {"b": "b"}, parent=history.second, hour=16)
    sixth = client.commit(there, {"c": "c"}, branch="new", parent=fourth, hour=17)
    assert backend.pull(tmp_path / "clone", remote) == (fourth, fifth, sixth)
    assert backend.resolve(tmp_path / "clone", "new") == sixth
    assert backend.tip(tmp_path / "clone").raw_id == sixth
    assert client.problems(tmp_path / "clone") == ""


def test_a_second_pull_brings_nothing(backend: Backend, served: Served, tmp_path: Path) -> None:
    backend.clone(tmp_path / "clone", served.remote)
    assert backend.pull(tmp_path / "clone", served.remote) == ()


def test_a_pull_keeps_what_is_only_here(
    backend: Backend, client: Client, history: History, served: Served
) -> None:
    here = client.commit(history.path, {"here": ""}, branch="here", parent=history.second, hour=15)
    there = client.commit(served.path, {"there": ""}, branch="feature", hour=16)
    assert backend.pull(history.path, served.remote) == (there,)
    assert client.ids(history.path) >= {here, there}
    assert backend.resolve(history.path, "here") == here


def test_an_empty_remote_can_be_cloned_and_pulled_from_once_it_has_grown(
    backend: Backend, client: Client, publish: Publish, tmp_path: Path
) -> None:
    client.init(tmp_path / "empty")
    served, remote = publish(tmp_path / "empty")
    backend.clone(tmp_path / "clone", remote)
    assert backend.tip(tmp_path / "clone") == EMPTY
    assert backend.pull(tmp_path / "clone", remote) == ()
    raw_id = client.commit(served, {"a": "a"})
    assert backend.pull(tmp_path / "clone", remote) == (raw_id,)


def test_a_fork_pulls_from_where_it_is_told_and_not_from_its_source(
    backend: Backend, client: Client, history: History, served: Served, tmp_path: Path
) -> None:
    backend.fork(history.path, tmp_path / "fork")
    raw_id = client.commit(served.path, {"a": "a"}, hour=15)
    client.commit(history.path, {"b": "b"}, hour=16)
    assert backend.pull(tmp_path / "fork", served.remote) == (raw_id,)


@pytest.mark.parametrize("password", ["simple-word", "p@ss:w/rd #%41 $HOME", "heslö\u20ac"])
def test_credentials_are_used_and_never_stored(
    backend: Backend, history: History, served: Served, tmp_path: Path, password: str
) -> None:
    served.server.credentials = ("us er", password)
    known = replace(served.remote, username="us er", password=password)
    backend.clone(tmp_path / "clone", known)
    assert backend.pull(tmp_path / "clone", known) == ()
    assert backend.tip(tmp_path / "clone").raw_id == history.third
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("clone/**/*") if file.is_file())
    assert password.encode() not in stored
    assert not any(password in request for request in served.server.requests)


@pytest.mark.parametrize(("username", "password"), [(None, None), ("bob", "wrong!"), ("bob", "ž!")])
def test_wrong_credentials_are_refused_and_not_told(
    backend: Backend,
    history: History,
    served: Served,
    username: str | None,
    password: str | None,
) -> None:
    served.server.credentials = ("bob", "right")
    with pytest.raises(VcsError) as refusal:
        backend.pull(history.path, replace(served.remote, username=username, password=password))
    assert not password or password not in _everything_said(refusal.value)


def test_a_remote_that_repeats_the_password_does_not_get_it_into_a_message(
    backend: Backend, history: History, served: Served
) -> None:
    served.server.page = b"<html>you sent secret-word, and a password of secret-word</html>"
    with pytest.raises(VcsError) as refusal:
        backend.pull(history.path, replace(served.remote, username="bob", password="secret-word"))
    assert "secret-word" not in _everything_said(refusal.value)


def test_a_redirect_to_another_server_is_not_followed(
    backend: Backend,
    history: History,
    served: Served,
    other_remote: HttpRemote,
    tmp_path: Path,
) -> None:
    served.server.redirect = f"http://localhost:{other_remote.port}"
    with pytest.raises(VcsError):
        backend.clone(tmp_path / "clone", replace(served.remote, username="bob", password="secret"))
    with pytest.raises(VcsError):
        backend.pull(history.path, served.remote)
    assert served.server.requests
    assert other_remote.requests == []


@pytest.mark.parametrize(
    "url",
    [
        *("{path}", "file://{path}", "FILE://{path}", "file:{path}", "./repo", "bundle:{path}"),
        *("ext::touch {marker}", "ext::sh -c touch% {marker}", "fd::3", "transport::x"),
        *("ssh://-oProxyCommand=touch {marker}/x", "-u./x", "--upload-pack=touch {marker}"),
        *("static-{served}", "ftp://127.0.0.1:{port}/", "git://127.0.0.1:{port}/", "", "http://"),
        *("http:///x", "http://127.0.0.1:x/", "http://[::1/", "union:{path}", "{served}\n"),
    ],
)
def test_only_web_addresses_are_opened(
    backend: Backend, history: History, served: Served, tmp_path: Path, url: str
) -> None:
    marker = tmp_path / "marker"
    port = served.server.port
    url = url.format(path=history.path, marker=marker, served=served.remote.url, port=port)
    backend.create(tmp_path / "new")
    with pytest.raises(VcsError):
        backend.pull(tmp_path / "new", Remote(url, "bob", "secret"))
    assert not marker.exists()
    assert backend.tip(tmp_path / "new") == EMPTY
    assert served.server.requests == []


def test_what_is_no_repository_there_changes_nothing_here(
    backend: Backend, client: Client, history: History, http_remote: HttpRemote
) -> None:
    http_remote.page = b"<html>a web page</html>" * 100
    for url in (http_remote.url("x"), "http://127.0.0.1:1/x"):
        with pytest.raises(VcsError):
            backend.pull(history.path, Remote(url))
    http_remote.page = None
    with pytest.raises(VcsError):
        backend.pull(history.path, Remote(http_remote.url("nothing-there")))
    assert backend.tip(history.path).raw_id == history.third
    assert client.problems(history.path) == ""


def test_an_unrelated_history_is_a_failure_or_comes_whole(
    backend: Backend, client: Client, history: History, publish: Publish, tmp_path: Path
) -> None:
    client.init(tmp_path / "unrelated")
    client.commit(tmp_path / "unrelated", {"x": "x"}, branch="elsewhere")
    _, remote = publish(tmp_path / "unrelated")
    try:
        assert len(backend.pull(history.path, remote)) == 1
    except VcsError:
        assert backend.tip(history.path).raw_id == history.third
    assert client.problems(history.path) == ""


def test_a_broken_off_transfer_changes_nothing(
    backend: Backend, client: Client, grown: tuple[History, str, Remote], http_remote: HttpRemote
) -> None:
    history, new, remote = grown
    http_remote.cut = True
    http_remote.release.set()
    with pytest.raises(VcsError):
        backend.pull(history.path, remote)
    _assert_as_before(backend, client, history)
    http_remote.keep = None
    assert backend.pull(history.path, remote) == (new,)


def test_a_pull_ended_by_sigterm_leaves_the_repository_as_before(
    backend: Backend, client: Client, grown: tuple[History, str, Remote], http_remote: HttpRemote
) -> None:
    history, new, remote = grown
    with _pulling(backend, history.path, remote) as pull:
        assert http_remote.stalled.wait(20)
        pull.send_signal(signal.SIGTERM)
        assert pull.wait(20) == 143
    _assert_as_before(backend, client, history)
    http_remote.keep = None
    assert backend.pull(history.path, remote) == (new,)
    assert client.problems(history.path) == ""


def test_a_killed_pull_can_be_repaired_and_repeated(
    backend: Backend, client: Client, grown: tuple[History, str, Remote], http_remote: HttpRemote
) -> None:
    history, new, remote = grown
    before = _names(history.path)
    with _pulling(backend, history.path, remote) as pull:
        assert http_remote.stalled.wait(20)
        pull.kill()
    backend.repair(history.path)
    _assert_as_before(backend, client, history)
    leftovers = _names(history.path) - before
    assert not [name for name in leftovers if "cache/" not in name and "undo" not in name]
    http_remote.keep = None
    assert backend.pull(history.path, remote) == (new,)
    assert client.problems(history.path) == ""


def test_readers_see_the_old_or_the_new_state_while_a_pull_runs(
    backend: Backend, grown: tuple[History, str, Remote], http_remote: HttpRemote
) -> None:
    history, new, remote = grown

    def read(_: int) -> tuple[str, int]:
        tip = backend.tip(history.path).raw_id
        return tip, len(backend.nodes(history.path, tip, "").files)

    old_state = read(0)
    with _pulling(backend, history.path, remote) as pull, ThreadPoolExecutor(3) as pool:
        assert http_remote.stalled.wait(20)
        assert set(pool.map(read, range(12))) == {old_state}
        http_remote.release.set()
        states = set(pool.map(read, range(60)))
        assert pull.communicate(timeout=20)[0].decode().split() == [new]
    assert states <= {old_state, read(0)}
    assert read(0) == (new, old_state[1] + 1)


def test_a_fork_made_while_a_pull_runs_is_whole(
    backend: Backend,
    client: Client,
    grown: tuple[History, str, Remote],
    http_remote: HttpRemote,
    tmp_path: Path,
) -> None:
    history, _, remote = grown
    with _pulling(backend, history.path, remote) as pull:
        assert http_remote.stalled.wait(20)
        backend.fork(history.path, tmp_path / "fork")
        http_remote.release.set()
        assert pull.wait(20) == 0
    assert backend.resolve(tmp_path / "fork", "feature") == history.third
    assert backend.verify(tmp_path / "fork") == []
    assert client.problems(tmp_path / "fork") == ""


@pytest.fixture
def grown(client: Client, history: History, served: Served) -> tuple[History, str, Remote]:
    """A history, the id of what its remote has more, and the remote, which stalls half-way."""
    new = client.commit(served.path, {"big": os.urandom(300_000)}, branch="feature", hour=15)
    served.server.keep = 200_000
    return history, new, served.remote


def _pulling(backend: Backend, path: Path, remote: Remote) -> subprocess.Popen[bytes]:
    """A child process that pulls."""
    kind = type(backend)
    command = [sys.executable, "-c", PULL, kind.__module__, kind.__name__, str(path), remote.url]
    return subprocess.Popen(command, env=CLIENT_ENVIRONMENT, stdout=subprocess.PIPE)


def _assert_as_before(backend: Backend, client: Client, history: History) -> None:
    assert backend.tip(history.path).raw_id == history.third
    assert backend.resolve(history.path, "feature") == history.third
    assert backend.verify(history.path) == []
    assert client.problems(history.path) == ""


def _names(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def _everything_said(error: BaseException) -> str:
    """The texts of an exception and of those that a traceback shows with it."""
    said = ""
    link: BaseException | None = error
    while link is not None:
        said += f"{link} {link!r} "
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return said
