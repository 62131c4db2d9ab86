"""What only Git has, over the network: branches, tags, HEAD, refusals, and other transports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kallithea_host.testing.programs import CLIENT_ENVIRONMENT
from kallithea_host.vcs import EMPTY, Remote, VcsError
from kallithea_plugins.vcs_git.backend import GitBackend
from tests.vcs.clients import GitClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.remotes import HttpRemote
    from tests.vcs.conftest import History

    Publish = Callable[[Path], tuple[Path, Remote]]

git = GitClient()
backend = GitBackend()


@pytest.fixture
def alias() -> str:
    """Only this type."""
    return "git"


def run(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command in the repository prints."""
    return git.run("-C", str(path), *arguments, stdin=stdin).strip()


def refs(path: Path) -> str:
    """All refs with what they lead to."""
    return run(path, "for-each-ref")


@pytest.fixture
def served(history: History, publish: Publish) -> tuple[Path, Remote]:
    """The history on the remote server; where it is, and its address."""
    return publish(history.path)


@pytest.fixture
def mirror(served: tuple[Path, Remote], tmp_path: Path) -> Path:
    """A clone of it."""
    backend.clone(tmp_path / "mirror", served[1])
    return tmp_path / "mirror"


def test_a_clone_has_the_branches_and_tags_of_the_remote(
    served: tuple[Path, Remote], tmp_path: Path
) -> None:
    run(served[0], "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-amx", "note", "main")
    run(served[0], "update-ref", "refs/pull/1/head", "feature")
    backend.clone(tmp_path / "c", served[1])
    theirs = refs(served[0]).splitlines()
    assert refs(tmp_path / "c").splitlines() == [each for each in theirs if "refs/pull" not in each]
    assert git.problems(tmp_path / "c") == ""
    assert run(tmp_path / "c", "rev-parse", "--is-bare-repository") == "true"


def test_head_of_a_clone_follows_that_of_the_remote(
    served: tuple[Path, Remote], tmp_path: Path
) -> None:
    run(served[0], "symbolic-ref", "HEAD", "refs/heads/feature")
    backend.clone(tmp_path / "c", served[1])
    assert run(tmp_path / "c", "symbolic-ref", "HEAD") == "refs/heads/feature"


def test_a_detached_head_becomes_a_branch_that_is_there(
    served: tuple[Path, Remote], history: History, tmp_path: Path
) -> None:
    run(served[0], "update-ref", "--no-deref", "HEAD", history.third)
    backend.clone(tmp_path / "c", served[1])
    assert run(tmp_path / "c", "symbolic-ref", "HEAD") == "refs/heads/feature"


def test_an_empty_remote_is_cloned_as_an_empty_repository(publish: Publish, tmp_path: Path) -> None:
    git.init(tmp_path / "empty")
    backend.clone(tmp_path / "c", publish(tmp_path / "empty")[1])
    assert backend.tip(tmp_path / "c") == EMPTY
    assert backend.pull(tmp_path / "c", publish(tmp_path / "empty")[1]) == ()


def test_head_of_an_empty_repository_follows_what_is_pulled(
    served: tuple[Path, Remote], history: History, tmp_path: Path
) -> None:
    backend.create(tmp_path / "r")
    came = backend.pull(tmp_path / "r", served[1])
    assert came == (history.first, history.second, history.third)
    assert run(tmp_path / "r", "symbolic-ref", "HEAD") == "refs/heads/main"


def test_head_stays_once_it_names_a_branch(served: tuple[Path, Remote], mirror: Path) -> None:
    run(served[0], "symbolic-ref", "HEAD", "refs/heads/feature")
    backend.pull(mirror, served[1])
    assert run(mirror, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_a_pull_sets_rewritten_branches_and_moved_tags_as_the_remote_has_them(
    served: tuple[Path, Remote], mirror: Path, history: History
) -> None:
    new = git.commit(served[0], {"x": "x"}, branch="feature", parent=history.first, hour=13)
    run(served[0], "tag", "--force", "v1", history.second)
    assert backend.pull(mirror, served[1]) == (new,)
    assert refs(mirror) == refs(served[0])
    assert git.problems(mirror).replace(f"dangling commit {history.third}", "") == ""


@pytest.mark.parametrize("store", [["pack-refs", "--all"], ["pack-refs", "--no-all"]])
def test_a_pull_finds_refs_however_they_are_stored(
    served: tuple[Path, Remote], mirror: Path, store: list[str]
) -> None:
    new = git.commit(mirror, {"ours": "x"}, branch="feature", hour=20)
    run(mirror, *store)
    assert (mirror / "refs" / "heads" / "feature").exists() == ("--no-all" in store)
    assert backend.pull(mirror, served[1]) == ()
    assert refs(mirror) == refs(served[0])
    assert run(mirror, "cat-file", "-t", new) == "commit"


def test_nothing_is_pruned(served: tuple[Path, Remote], mirror: Path, history: History) -> None:
    run(mirror, "update-ref", "refs/heads/ours", history.first)
    run(served[0], "update-ref", "-d", "refs/heads/feature")
    run(served[0], "tag", "--delete", "v1")
    assert backend.pull(mirror, served[1]) == ()
    assert run(mirror, "rev-parse", "ours", "feature", "v1").split() == [
        history.first,
        history.third,
        history.first,
    ]


def test_a_moved_annotated_tag_is_peeled_anew(
    served: tuple[Path, Remote], mirror: Path, history: History
) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@b")
    for target in (history.first, history.second):
        run(served[0], *identity, "tag", "--force", "-amx", "note", target)
        backend.pull(mirror, served[1])
        assert f"{target} refs/tags/note^{{}}" in run(mirror, "show-ref", "--dereference")


def test_only_commits_that_no_ref_led_to_have_come(
    served: tuple[Path, Remote], mirror: Path, history: History
) -> None:
    run(served[0], "update-ref", "refs/heads/again", history.first)
    third = git.commit(served[0], {"x": "1"}, hour=15)
    fourth = git.commit(served[0], {"x": "2"}, hour=16)
    run(served[0], "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-amx", "note", fourth)
    assert backend.pull(mirror, served[1]) == (third, fourth)
    assert backend.pull(mirror, served[1]) == ()


def test_a_commit_that_was_left_behind_comes_again(
    served: tuple[Path, Remote], mirror: Path, history: History
) -> None:
    run(mirror, "update-ref", "-d", "refs/heads/feature")
    assert backend.pull(mirror, served[1]) == (history.third,)


def test_only_what_is_new_is_sent(served: tuple[Path, Remote], mirror: Path) -> None:
    before = set((mirror / "objects" / "pack").glob("*.pack"))
    git.commit(served[0], {"README": "4\n"}, hour=15)
    backend.pull(mirror, served[1])
    [new] = set((mirror / "objects" / "pack").glob("*.pack")) - before
    count = int.from_bytes(new.read_bytes()[8:12], "big")
    assert count <= 6, "a commit, a tree and a file, with the bases of their deltas"


def test_a_branch_that_would_be_a_directory_of_another_is_refused(
    served: tuple[Path, Remote], mirror: Path
) -> None:
    git.commit(mirror, {"x": "x"}, branch="topic", hour=20)
    git.commit(served[0], {"x": "x"}, branch="topic/one", hour=20)
    before = refs(mirror)
    with pytest.raises(VcsError, match="topic"):
        backend.pull(mirror, served[1])
    assert refs(mirror) == before


def test_a_pull_waits_for_no_lock(served: tuple[Path, Remote], mirror: Path) -> None:
    git.commit(served[0], {"x": "x"}, hour=20)
    (mirror / "packed-refs.lock").touch()
    before = refs(mirror)
    with pytest.raises(VcsError, match="FileLocked"):
        backend.pull(mirror, served[1])
    backend.repair(mirror)
    assert refs(mirror) == before
    assert len(backend.pull(mirror, served[1])) == 1


BAD_OBJECTS = {
    "a folder called .git": b"40000 .git\0%s",
    "a folder called ..": b"40000 ..\0%s",
    "a name with a slash": b"40000 a/b\0%s",
    "unsorted names": b"40000 b\0%s40000 a\0%s",
}


@pytest.mark.parametrize("tree", BAD_OBJECTS.values(), ids=BAD_OBJECTS)
def test_malformed_objects_are_refused_and_nothing_of_them_is_kept(
    served: tuple[Path, Remote], mirror: Path, tree: bytes
) -> None:
    empty = bytes.fromhex(run(served[0], "mktree"))
    content = tree % ((empty,) * tree.count(b"%s"))
    words = ["hash-object", "-w", "--stdin", "--literally", "-t"]
    bad = run(served[0], *words, "tree", stdin=content)
    who = "A <a@example.org> 1577900000 +0000"
    text = f"tree {bad}\nauthor {who}\ncommitter {who}\n\nx\n"
    commit = run(served[0], *words, "commit", stdin=text.encode())
    run(served[0], "update-ref", "refs/heads/bad", commit)
    before = sorted(mirror.rglob("*"))
    with pytest.raises(VcsError):
        backend.pull(mirror, served[1])
    assert sorted(mirror.rglob("*")) == before


def test_a_remote_with_a_cut_history_is_refused(
    history: History, publish: Publish, tmp_path: Path
) -> None:
    url = f"file://{history.path}"
    git.run("clone", "--quiet", "--bare", "--depth=1", url, str(tmp_path / "shallow"))
    with pytest.raises(VcsError, match=f"did not send object {history.first}"):
        backend.clone(tmp_path / "c", publish(tmp_path / "shallow")[1])
    assert not (tmp_path / "c").exists()


def test_a_redirect_to_another_host_is_refused(
    served: tuple[Path, Remote], http_remote: HttpRemote, other_remote: HttpRemote, mirror: Path
) -> None:
    http_remote.redirect = f"http://localhost:{other_remote.port}"
    with pytest.raises(VcsError, match="another host"):
        backend.pull(mirror, served[1])
    assert other_remote.requests == []


def test_a_redirect_within_the_host_is_followed(
    served: tuple[Path, Remote], http_remote: HttpRemote, other_remote: HttpRemote, mirror: Path
) -> None:
    new = git.commit(served[0], {"x": "x"}, hour=20)
    http_remote.redirect = f"http://127.0.0.1:{other_remote.port}"
    assert backend.pull(mirror, served[1]) == (new,)


def test_credentials_do_not_go_along_with_a_redirect(
    served: tuple[Path, Remote], http_remote: HttpRemote, other_remote: HttpRemote, mirror: Path
) -> None:
    other_remote.credentials = ("bob", "Geheim42")
    http_remote.redirect = f"http://127.0.0.1:{other_remote.port}"
    with pytest.raises(VcsError, match="credentials"):
        backend.pull(mirror, Remote(served[1].url, "bob", "Geheim42"))


def test_the_dumb_protocol_is_refused(
    served: tuple[Path, Remote], http_remote: HttpRemote, mirror: Path
) -> None:
    http_remote.page = f"{'1' * 40}\trefs/heads/main\n".encode()
    with pytest.raises(VcsError, match="dumb"):
        backend.pull(mirror, served[1])


def test_a_password_that_the_remote_repeats_is_not_in_the_error(
    served: tuple[Path, Remote], http_remote: HttpRemote, mirror: Path
) -> None:
    http_remote.page = b"Geheim42 is\x1b[31m your password\trefs/heads/main\n" * 100
    with pytest.raises(VcsError) as raised:
        backend.pull(mirror, Remote(served[1].url, "bob", "Geheim42"))
    text = str(raised.value)
    assert "Geheim42" not in text
    assert text.isprintable()
    assert len(text) < 500
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        *("/srv/repo", "file:///srv/repo", "git://127.0.0.1/x", "ext::sh -c true", "host:path"),
        *(
            "ftp://127.0.0.1/x",
            "http://",
            "http:///x",
            "bundle:///x",
            "",
            "ssh://-oProxyCommand=x/y",
        ),
        *("http://bob:Geheim42@127.0.0.1:1/x", "http://bob@127.0.0.1:1/x"),
    ],
)
def test_other_addresses_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(VcsError) as raised:
        backend.clone(tmp_path / "c", Remote(url))
    assert "Geheim42" not in str(raised.value)
    assert not (tmp_path / "c").exists()


def test_the_account_s_configuration_and_proxies_have_no_say(
    served: tuple[Path, Remote], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    config = '[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://127.0.0.1\n[http]\n\tproxy = x:1\n'
    (home / ".gitconfig").write_text(config)
    (home / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("HOME", str(home))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    backend.clone(tmp_path / "c", served[1])
    assert refs(tmp_path / "c") == refs(served[0])


def test_cloning_and_pulling_need_no_git(
    served: tuple[Path, Remote], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    backend.clone(tmp_path / "c", served[1])
    assert backend.pull(tmp_path / "c", served[1]) == ()
    assert backend.verify(tmp_path / "c") == []


FAKE_SSH = """#!/bin/sh
printf '%s\\n' "$@" > "$SSH_LOG"
for last; do :; done
exec sh -c "$last"
"""


def test_ssh_runs_with_fixed_options(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ssh").write_text(FAKE_SSH)
    (tmp_path / "ssh").chmod(0o755)
    for name, value in CLIENT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{tmp_path}:{CLIENT_ENVIRONMENT['PATH']}")
    monkeypatch.setenv("SSH_LOG", str(tmp_path / "log"))
    backend.clone(tmp_path / "c", Remote(f"ssh://example.org:2222{history.path}", "git"))
    assert refs(tmp_path / "c") == refs(history.path)
    arguments = (tmp_path / "log").read_text().splitlines()
    assert arguments[:6] == ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
    assert arguments[-2] == "git@example.org"
    git.commit(history.path, {"x": "x"}, hour=20)
    came = backend.pull(tmp_path / "c", Remote(f"ssh://example.org{history.path}", "git"))
    assert len(came) == 1


PULL = """
import signal, sys
from pathlib import Path
from kallithea_host.vcs import Remote
from kallithea_plugins.vcs_git.backend import GitBackend

def leave(*_):
    raise SystemExit(143)

signal.signal(signal.SIGTERM, leave)
GitBackend().pull(Path(sys.argv[1]), Remote(sys.argv[2]))
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_an_ended_pull_leaves_the_repository_as_before(
    served: tuple[Path, Remote], http_remote: HttpRemote, mirror: Path, how: signal.Signals
) -> None:
    git.commit(served[0], {"big": os.urandom(30_000).hex()}, hour=20)
    before = sorted(mirror.rglob("*"))
    http_remote.keep = 20_000
    command = [sys.executable, "-c", PULL, str(mirror), served[1].url]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert http_remote.stalled.wait(20)
        process.send_signal(how)
        assert process.wait(20) == (143 if how == signal.SIGTERM else -9)
    if how == signal.SIGKILL:
        backend.repair(mirror)
    assert sorted(mirror.rglob("*")) == before
    assert git.problems(mirror) == ""
