"""What only Mercurial has in writing: journals, locks, bookmarks and bundles of remotes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from mercurial import bundle2

from kallithea_host.testing.programs import CLIENT_ENVIRONMENT
from kallithea_host.vcs import VcsError
from kallithea_plugins.vcs_hg import library

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend, Remote
    from tests.remotes import HttpRemote
    from tests.vcs.clients import HgClient
    from tests.vcs.conftest import History, Publish, Served

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

STALE_LOCK = f"otherhost/f00:{os.getpid()}"
"""A lock of a process in another container: Mercurial itself would wait for it for ever."""


@pytest.fixture
def alias() -> str:
    return "hg"


# Repair


@pytest.fixture
def stalled(hg: HgClient, history: History, served: Served) -> tuple[History, str, Remote]:
    """A history, the id of what its remote has more, and the remote, which stalls half-way."""
    new = hg.commit(served.path, {"big": os.urandom(300_000)}, branch="feature", hour=15)
    served.server.keep = 200_000
    return history, new, served.remote


def test_an_abandoned_transaction_blocks_until_it_is_repaired(
    backend: Backend,
    hg: HgClient,
    stalled: tuple[History, str, Remote],
    http_remote: HttpRemote,
) -> None:
    history, new, remote = stalled
    _kill_a_pull(history.path, remote, http_remote)
    assert (history.path / ".hg" / "store" / "journal").exists()
    assert backend.tip(history.path).raw_id == history.third
    http_remote.keep = None
    with pytest.raises(VcsError, match="abandoned transaction"):
        backend.pull(history.path, remote)
    backend.repair(history.path)
    assert not list(history.path.glob(".hg/**/journal*"))
    assert hg.problems(history.path) == ""
    assert backend.pull(history.path, remote) == (new,)
    assert backend.verify(history.path) == []


def test_a_pull_ended_by_sigterm_rolls_its_transaction_back(
    stalled: tuple[History, str, Remote], hg: HgClient, http_remote: HttpRemote
) -> None:
    history, _, remote = stalled
    program = "import signal\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n" + PULL
    with _started(program, history.path, remote, http_remote) as pull:
        pull.terminate()
        assert pull.wait(20) == 143
    assert not list(history.path.glob(".hg/store/*journal"))
    assert not list(history.path.glob(".hg/**/*lock"))
    assert hg.problems(history.path) == ""


def test_a_killed_clone_can_be_repaired_and_pulled_to_its_end(
    backend: Backend,
    stalled: tuple[History, str, Remote],
    http_remote: HttpRemote,
    tmp_path: Path,
) -> None:
    history, new, remote = stalled
    backend.create(tmp_path / "clone")
    _kill_a_pull(tmp_path / "clone", remote, http_remote)
    backend.repair(tmp_path / "clone")
    assert backend.verify(tmp_path / "clone") == []
    http_remote.keep = None
    assert backend.pull(tmp_path / "clone", remote)[-1] == new
    assert backend.resolve(tmp_path / "clone", 0) == history.first


@pytest.mark.parametrize("name", ["wlock", "store/lock"])
@pytest.mark.parametrize("as_link", [True, False])
def test_stale_locks_and_temporary_files_are_removed(
    backend: Backend, served: Served, history: History, name: str, *, as_link: bool
) -> None:
    lock = history.path / ".hg" / name
    if as_link:
        lock.symlink_to(STALE_LOCK)
    else:
        lock.write_text(STALE_LOCK)
    leftover = history.path / ".hg" / "store" / ".fncache-a1b2c3d4~"
    leftover.write_bytes(b"half")
    backend.repair(history.path)
    assert not lock.is_symlink()
    assert not lock.exists()
    assert not leftover.exists()
    assert backend.pull(history.path, served.remote) == ()


def test_temporary_files_of_a_working_copy_are_not_touched(
    backend: Backend, history: History
) -> None:
    mine = history.path / ".mine-1~"
    mine.write_text("mine")
    backend.repair(history.path)
    assert mine.read_text() == "mine"


# Remotes


def test_bookmarks_come_with_a_clone_and_move_with_a_pull(
    backend: Backend, hg: HgClient, history: History, served: Served, tmp_path: Path
) -> None:
    where = ["--cwd", str(served.path)]
    hg.run(*where, "bookmark", "--inactive", "-r", history.second, "bm")
    backend.clone(tmp_path / "clone", served.remote)
    assert backend.resolve(tmp_path / "clone", "bm") == history.second
    hg.run(*where, "bookmark", "--inactive", "--force", "-r", history.third, "bm")
    assert backend.pull(tmp_path / "clone", served.remote) == ()
    assert backend.resolve(tmp_path / "clone", "bm") == history.third


def test_a_closed_branch_and_many_heads_come_along(
    backend: Backend, hg: HgClient, history: History, served: Served, tmp_path: Path
) -> None:
    heads = [
        hg.commit(served.path, {f"{number}": ""}, parent=history.second) for number in range(3)
    ]
    closing = hg.close_branch(served.path, "feature")
    assert backend.pull(history.path, served.remote) == (*heads, closing)
    backend.clone(tmp_path / "clone", served.remote)
    assert hg.ids(tmp_path / "clone") == hg.ids(served.path)


def test_a_redirect_on_the_same_server_is_followed(
    backend: Backend, history: History, served: Served, tmp_path: Path
) -> None:
    served.server.moved = {"/old-name": "/" + served.path.name}
    old = type(served.remote)(served.server.url("old-name"))
    backend.clone(tmp_path / "clone", old)
    assert backend.tip(tmp_path / "clone").raw_id == history.third


def test_an_unrelated_repository_is_refused(
    backend: Backend, hg: HgClient, history: History, publish: Publish, tmp_path: Path
) -> None:
    hg.init(tmp_path / "unrelated")
    hg.commit(tmp_path / "unrelated", {"x": "x"})
    _, remote = publish(tmp_path / "unrelated")
    with pytest.raises(VcsError, match="unrelated"):
        backend.pull(history.path, remote)
    assert backend.tip(history.path).raw_id == history.third


def test_a_web_page_is_not_taken_for_a_repository_of_plain_files(
    backend: Backend, history: History, served: Served
) -> None:
    served.server.page = b"<html></html>"
    with pytest.raises(VcsError):
        backend.pull(history.path, served.remote)
    assert len(served.server.requests) == 1
    assert served.server.requests[0].endswith("?cmd=capabilities")


def test_a_remote_cannot_send_this_server_to_fetch_from_another_address(
    backend: Backend, served: Served, other_remote: HttpRemote, tmp_path: Path
) -> None:
    address = other_remote.url("x").encode()
    parameters = {b"url": address, b"size": b"1", b"digests": b""}
    served.server.transfer = _bundle(b"remote-changegroup", parameters)
    backend.create(tmp_path / "new")
    with pytest.raises(VcsError):
        backend.pull(tmp_path / "new", served.remote)
    assert other_remote.requests == []


def test_a_remote_cannot_write_files_of_the_store_unasked(
    backend: Backend, served: Served, tmp_path: Path
) -> None:
    name, content = b"data/evil.i", b"evil"
    data = b"s" + bytes([len(name), len(content)]) + name + content
    parameters = {b"requirements": b"store", b"filecount": b"1", b"bytecount": b"4"}
    served.server.transfer = _bundle(b"stream2", parameters, data)
    backend.create(tmp_path / "new")
    with pytest.raises(VcsError):
        backend.pull(tmp_path / "new", served.remote)
    assert not list(tmp_path.glob("new/**/evil*"))


def _bundle(kind: bytes, parameters: dict[bytes, bytes], data: bytes = b"") -> bytes:
    """An answer with one part, as a malicious server would make it."""
    bundle = bundle2.bundle20(library.new_ui())
    bundle.newpart(kind, mandatoryparams=tuple(parameters.items()), data=data)
    return zlib.compress(b"".join(bundle.getchunks()))


PULL = """
import sys
from pathlib import Path
from kallithea_host.vcs import Remote
from kallithea_plugins.vcs_hg.backend import HgBackend
HgBackend().pull(Path(sys.argv[1]), Remote(sys.argv[2]))
"""


def _kill_a_pull(path: Path, remote: Remote, server: HttpRemote) -> None:
    """Start a pull in a child process and end it with SIGKILL in the middle."""
    with _started(PULL, path, remote, server) as pull:
        pull.kill()


def _started(
    program: str, path: Path, remote: Remote, server: HttpRemote
) -> subprocess.Popen[bytes]:
    """A child process that pulls and has got to the middle of its transaction."""
    command = [sys.executable, "-c", program, str(path), remote.url]
    pull = subprocess.Popen(command, env=CLIENT_ENVIRONMENT)
    assert server.stalled.wait(20)
    deadline = time.monotonic() + 20
    while not (path / ".hg" / "store" / "journal").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return pull
