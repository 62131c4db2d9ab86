"""What only Mercurial has: bookmarks, phases, closed branches, tree manifests, journals, locks."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
from mercurial import bundle2

from kallithea_host.vcs import Nodes, UnknownPath, UnknownRevision, VcsError
from kallithea_plugins.vcs_hg import library
from kallithea_plugins.vcs_hg.backend import HgBackend
from tests.remotes import CLIENT_ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Remote
    from tests.remotes import HttpRemote
    from tests.vcs.clients import Client, HgClient
    from tests.vcs.conftest import History, Publish, Served

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

STALE_LOCK = f"otherhost/f00:{os.getpid()}"
"""A lock of a process in another container: Mercurial itself would wait for it for ever."""


@pytest.fixture
def alias() -> str:
    return "hg"


@pytest.fixture
def hg(clients: dict[str, Client]) -> HgClient:
    return cast("HgClient", clients["hg"])


@pytest.fixture
def backend() -> HgBackend:
    return HgBackend()


# Revisions


def test_numbers_are_the_local_revision_numbers(
    backend: HgBackend, hg: HgClient, history: History
) -> None:
    numbers = {
        number: hg.run("--cwd", str(history.path), "log", f"-r{number}", "-T{node}")
        for number in range(4)
    }
    assert {number: backend.resolve(history.path, number) for number in numbers} == numbers
    assert backend.tip(history.path).revision == 3
    assert backend.resolve(history.path, "-1") == numbers[3]
    assert backend.resolve(history.path, "-2") == numbers[2]


@pytest.mark.parametrize(
    "revision",
    [
        *("", ".", "null", "0" * 40, "0" * 12, "ff", "f" * 40, "2147483647", "-5", "x", "wdir()"),
        *("00", "+1", "1.", " 1", "1_0", "٣", "tip ", "reverse", "9" * 5000),
    ],
)
def test_what_mercurial_takes_for_something_special_is_unknown(
    backend: HgBackend, history: History, revision: str
) -> None:
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, revision)


def test_an_ambiguous_prefix_is_unknown_and_a_longer_one_is_not(
    backend: HgBackend, hg: HgClient, tmp_path: Path
) -> None:
    hg.run("init", str(tmp_path / "many"))
    hg.run("--cwd", str(tmp_path / "many"), "debugbuilddag", "+40")
    ids = sorted(hg.ids(tmp_path / "many"))
    pair = next(
        (one, other)
        for one, other in itertools.pairwise(ids)
        if one[0] == other[0] and one[0].isalpha()
    )
    with pytest.raises(UnknownRevision):
        backend.resolve(tmp_path / "many", pair[0][0])
    assert [backend.resolve(tmp_path / "many", raw_id[:10]) for raw_id in pair] == list(pair)


def test_a_number_is_no_abbreviated_hash_but_its_digits_as_text_are(
    backend: HgBackend, history: History
) -> None:
    assert history.first.startswith("3")
    digits = "".join(itertools.takewhile(str.isdigit, history.first))
    assert backend.resolve(history.path, digits) == history.first
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, int(digits))


def test_bookmarks_name_changesets(backend: HgBackend, hg: HgClient, history: History) -> None:
    hg.run("--cwd", str(history.path), "bookmark", "--inactive", "-r0", "záložka")
    assert backend.resolve(history.path, "záložka") == history.first


def test_a_closed_branch_still_has_its_name_and_its_closing_is_the_tip(
    backend: HgBackend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    closing = _close(hg, history.path, "feature")
    backend.fork(history.path, tmp_path / "fork")
    for path in (history.path, tmp_path / "fork"):
        assert backend.tip(path).raw_id == closing
        assert backend.resolve(path, "feature") == closing


def test_a_branch_with_several_heads_is_its_newest_open_one(
    backend: HgBackend, hg: HgClient, history: History
) -> None:
    newer = hg.commit(history.path, {"x": "x"}, branch="feature", parent=history.second)
    assert backend.resolve(history.path, "feature") == newer


def test_a_message_that_is_no_utf8_shows_replacement_characters(
    backend: HgBackend, history: History
) -> None:
    command = [sys.executable, "-c", COMMIT_LATIN_1, str(history.path)]
    subprocess.run(command, env=CLIENT_ENVIRONMENT, check=True)
    tip = backend.tip(history.path)
    assert (tip.revision, tip.message, tip.author) == (4, "caf\ufffd \ufffd", "\ufffdva")


@pytest.mark.parametrize("seconds", ["1e300", "99999999999999", "-99999999999999", "nan"])
def test_a_date_beyond_all_calendars_does_not_hide_the_tip(
    backend: HgBackend, history: History, seconds: str
) -> None:
    command = [sys.executable, "-c", COMMIT_LATIN_1, str(history.path), seconds]
    subprocess.run(command, env=CLIENT_ENVIRONMENT, check=True)
    assert backend.tip(history.path).date == datetime(1970, 1, 1, tzinfo=UTC)


COMMIT_LATIN_1 = r"""
import os, sys
from mercurial import initialization
initialization.init()
from mercurial import localrepo, ui
repo = localrepo.makelocalrepository(ui.ui.load(), os.fsencode(sys.argv[1]))
seconds = (sys.argv[2:] or ["0"])[0]
with repo.wlock(), repo.lock(), repo.transaction(b"test") as transaction:
    tip = repo[b"tip"]
    head = tip.manifestnode().hex().encode() + b"\n\xe9va\n" + seconds.encode()
    text = head + b" 0\n\ncaf\xe9 \xff"
    repo.changelog.addrevision(text, transaction, len(repo), tip.node(), repo.nullid)
"""
"""A program that commits what the real client refuses to."""


# Phases


def test_secret_changesets_are_neither_seen_nor_forked(
    backend: HgBackend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    hg.run("--cwd", str(history.path), "phase", "--force", "--secret", "-rfeature")
    backend.fork(history.path, tmp_path / "fork")
    for path in (history.path, tmp_path / "fork"):
        assert backend.tip(path).revision == 2
        assert backend.resolve(path, -1) == backend.tip(path).raw_id
        for name in ("feature", history.third, history.third[:8], 3):
            with pytest.raises(UnknownRevision):
                backend.resolve(path, name)
        with pytest.raises(UnknownRevision):
            backend.nodes(path, history.third, "")
    assert history.third not in hg.ids(tmp_path / "fork")
    assert backend.verify(tmp_path / "fork") == []


def test_a_fork_takes_drafts_and_bookmarks_along_whether_linked_or_not(
    backend: HgBackend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    hg.run("--cwd", str(history.path), "bookmark", "--inactive", "-r0", "bm")
    (history.path / ".hg" / "store" / "lock").symlink_to(STALE_LOCK)
    backend.fork(history.path, tmp_path / "pulled")
    (history.path / ".hg" / "store" / "lock").unlink()
    backend.fork(history.path, tmp_path / "linked")
    for path in (tmp_path / "pulled", tmp_path / "linked"):
        assert hg.ids(path) == hg.ids(history.path)
        assert backend.resolve(path, "bm") == history.first
        assert hg.problems(path) == ""


def test_a_fork_shares_the_space_of_what_it_copied(
    backend: HgBackend, history: History, tmp_path: Path
) -> None:
    backend.fork(history.path, tmp_path / "fork")
    name = ".hg/store/data/docs/guide.txt.i"
    assert (tmp_path / "fork" / name).samefile(history.path / name)
    assert not (tmp_path / "fork" / ".hg" / "hgrc").exists()


# Listings


def test_a_repository_with_tree_manifests_lists_the_same(
    backend: HgBackend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    tree = str(tmp_path / "tree")
    hg.run("init", "--config=experimental.treemanifest=yes", tree)
    for name in ("docs/b", "docs/a/x", "docs.txt", "a/b/c/d", ".x", "docs-2/y"):
        raw_id = hg.commit(tmp_path / "tree", {name: name})
        flat_id = hg.commit(history.path, {name: name}, branch="feature")
    assert b"treemanifest" in (tmp_path / "tree/.hg/store/requires").read_bytes()
    assert backend.nodes(tmp_path / "tree", raw_id, "") == Nodes(
        ["a", "a/b", "a/b/c", "docs", "docs/a", "docs-2"],
        [".x", "docs.txt", "a/b/c/d", "docs/b", "docs/a/x", "docs-2/y"],
    )
    for root in ("docs-2", "a"):
        flat = backend.nodes(history.path, flat_id, root)
        assert backend.nodes(tmp_path / "tree", raw_id, root) == flat
    for root in ("docs.txt", "doc", "docs/b", "nope"):
        with pytest.raises(UnknownPath):
            backend.nodes(tmp_path / "tree", raw_id, root)
    backend.fork(tmp_path / "tree", tmp_path / "fork")
    assert backend.nodes(tmp_path / "fork", raw_id, "docs").files == ["docs/b", "docs/a/x"]


def test_a_changeset_without_files_lists_nothing(
    backend: HgBackend, hg: HgClient, tmp_path: Path
) -> None:
    path = tmp_path / "repo"
    hg.init(path)
    hg.commit(path, {"a": "a"})
    hg.run("--cwd", str(path), "update", "default")
    hg.run("--cwd", str(path), "remove", "a")
    hg.run("--cwd", str(path), "commit", "-uX", "-mgone")
    assert backend.nodes(path, backend.resolve(path, "tip"), "") == Nodes([], [])


def test_subrepositories_are_in_no_list(backend: HgBackend, hg: HgClient, history: History) -> None:
    where = ["--cwd", str(history.path)]
    hg.run(*where, "update", "feature")
    hg.run("init", str(history.path / "sub"))
    hg.commit(history.path / "sub", {"inner": "x"})
    hg.run("--cwd", str(history.path / "sub"), "update", "default")
    (history.path / ".hgsub").write_text("sub = http://127.0.0.1:1/sub\n")
    hg.run(*where, "add", str(history.path / ".hgsub"))
    hg.run(*where, "commit", "-uX", "-msub")
    nodes = backend.nodes(history.path, backend.resolve(history.path, "tip"), "")
    assert {".hgsub", ".hgsubstate"} <= set(nodes.files)
    assert not [name for name in nodes.files + nodes.dirs if name.startswith("sub")]


# Recognition and description


def test_a_share_or_a_linked_folder_is_not_served(
    backend: HgBackend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    share = ["--config=extensions.share=", "share", "--noupdate"]
    hg.run(*share, str(history.path), str(tmp_path / "share"))
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / ".hg").symlink_to(history.path / ".hg")
    assert not backend.is_repository(tmp_path / "share")
    assert not backend.is_repository(tmp_path / "linked")


@pytest.mark.parametrize("extension", ["lfs", "largefiles", "git"])
def test_a_repository_that_wants_an_extension_is_not_served_and_loads_nothing(
    backend: HgBackend, history: History, extension: str
) -> None:
    with (history.path / ".hg" / "requires").open("a") as file:
        file.write(f"{extension}\n")
    assert not backend.is_repository(history.path)
    assert f"hgext.{extension}" not in sys.modules


@pytest.mark.parametrize(
    "hgrc",
    [
        b"",
        b"[web]\n",
        b"[web]\ndescription\n",
        b"description = outside\n",
        b"[web\ndescription = x\n",
        b"[other]\ndescription = x\n",
        b"\0\xff\xfe",
        b"%include ../../secret\n",
    ],
)
def test_a_hgrc_without_a_description_gives_none(
    backend: HgBackend, history: History, hgrc: bytes
) -> None:
    (history.path / ".hg" / "hgrc").write_bytes(hgrc)
    assert backend.description(history.path) == ""


def test_a_hgrc_of_any_style_gives_its_description(backend: HgBackend, history: History) -> None:
    lines = b"# ours\n[web]\n%include x\ncontact=x\ndescription=One: %(two)s \xff ; three\n[web]\n"
    (history.path / ".hg" / "hgrc").write_bytes(lines)
    assert backend.description(history.path) == "One: %(two)s \ufffd ; three"


# Failures


def test_messages_do_not_name_folders(backend: HgBackend, tmp_path: Path) -> None:
    (tmp_path / "not-a-repository").mkdir()
    with pytest.raises(VcsError) as failure:
        backend.tip(tmp_path / "not-a-repository")
    assert str(tmp_path) not in str(failure.value)
    assert "not-a-repository" in str(failure.value)


def test_a_folder_whose_name_mercurial_would_expand_is_refused(
    backend: HgBackend, tmp_path: Path
) -> None:
    with pytest.raises(VcsError):
        backend.create(tmp_path / "$HOME")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_name_like_an_address_is_just_a_folder(
    backend: HgBackend, history: History, tmp_path: Path
) -> None:
    for name in ("a#b", "a?b=c", "http:x", "100%41", "sp ace"):
        backend.fork(history.path, tmp_path / name)
        assert backend.tip(tmp_path / name).raw_id == history.third


# Repair


@pytest.fixture
def stalled(hg: HgClient, history: History, served: Served) -> tuple[History, str, Remote]:
    """A history, the id of what its remote has more, and the remote, which stalls half-way."""
    new = hg.commit(served.path, {"big": os.urandom(300_000)}, branch="feature", hour=15)
    served.server.keep = 200_000
    return history, new, served.remote


def test_an_abandoned_transaction_blocks_until_it_is_repaired(
    backend: HgBackend,
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
    backend: HgBackend,
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
    backend: HgBackend, served: Served, history: History, name: str, *, as_link: bool
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
    backend: HgBackend, history: History
) -> None:
    mine = history.path / ".mine-1~"
    mine.write_text("mine")
    backend.repair(history.path)
    assert mine.read_text() == "mine"


# Remotes


def test_bookmarks_come_with_a_clone_and_move_with_a_pull(
    backend: HgBackend, hg: HgClient, history: History, served: Served, tmp_path: Path
) -> None:
    where = ["--cwd", str(served.path)]
    hg.run(*where, "bookmark", "--inactive", "-r", history.second, "bm")
    backend.clone(tmp_path / "clone", served.remote)
    assert backend.resolve(tmp_path / "clone", "bm") == history.second
    hg.run(*where, "bookmark", "--inactive", "--force", "-r", history.third, "bm")
    assert backend.pull(tmp_path / "clone", served.remote) == ()
    assert backend.resolve(tmp_path / "clone", "bm") == history.third


def test_a_closed_branch_and_many_heads_come_along(
    backend: HgBackend, hg: HgClient, history: History, served: Served, tmp_path: Path
) -> None:
    heads = [
        hg.commit(served.path, {f"{number}": ""}, parent=history.second) for number in range(3)
    ]
    closing = _close(hg, served.path, "feature")
    assert backend.pull(history.path, served.remote) == (*heads, closing)
    backend.clone(tmp_path / "clone", served.remote)
    assert hg.ids(tmp_path / "clone") == hg.ids(served.path)


def test_a_redirect_on_the_same_server_is_followed(
    backend: HgBackend, history: History, served: Served, tmp_path: Path
) -> None:
    served.server.moved = {"/old-name": "/" + served.path.name}
    old = type(served.remote)(served.server.url("old-name"))
    backend.clone(tmp_path / "clone", old)
    assert backend.tip(tmp_path / "clone").raw_id == history.third


def test_an_unrelated_repository_is_refused(
    backend: HgBackend, hg: HgClient, history: History, publish: Publish, tmp_path: Path
) -> None:
    hg.init(tmp_path / "unrelated")
    hg.commit(tmp_path / "unrelated", {"x": "x"})
    _, remote = publish(tmp_path / "unrelated")
    with pytest.raises(VcsError, match="unrelated"):
        backend.pull(history.path, remote)
    assert backend.tip(history.path).raw_id == history.third


def test_a_web_page_is_not_taken_for_a_repository_of_plain_files(
    backend: HgBackend, history: History, served: Served
) -> None:
    served.server.page = b"<html></html>"
    with pytest.raises(VcsError):
        backend.pull(history.path, served.remote)
    assert len(served.server.requests) == 1
    assert served.server.requests[0].endswith("?cmd=capabilities")


def test_a_remote_cannot_send_this_server_to_fetch_from_another_address(
    backend: HgBackend, served: Served, other_remote: HttpRemote, tmp_path: Path
) -> None:
    address = other_remote.url("x").encode()
    parameters = {b"url": address, b"size": b"1", b"digests": b""}
    served.server.transfer = _bundle(b"remote-changegroup", parameters)
    backend.create(tmp_path / "new")
    with pytest.raises(VcsError):
        backend.pull(tmp_path / "new", served.remote)
    assert other_remote.requests == []


def test_a_remote_cannot_write_files_of_the_store_unasked(
    backend: HgBackend, served: Served, tmp_path: Path
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


def _close(hg: HgClient, path: Path, branch: str) -> str:
    where = ["--cwd", str(path)]
    hg.run(*where, "update", branch)
    hg.run(*where, "commit", "--close-branch", "-uX", "-mclosed")
    hg.run(*where, "update", "null")
    return hg.run(*where, "log", "-rtip", "-T{node}")


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
