"""What only Mercurial has: bookmarks, phases, closed branches, tree manifests, journals, locks."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kallithea_host.testing.programs import CLIENT_ENVIRONMENT
from kallithea_host.vcs import Nodes, UnknownPath, UnknownRevision, VcsError

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.vcs.clients import HgClient
    from tests.vcs.conftest import History

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

STALE_LOCK = f"otherhost/f00:{os.getpid()}"
"""A lock of a process in another container: Mercurial itself would wait for it for ever."""


@pytest.fixture
def alias() -> str:
    return "hg"


def test_the_plugin_contributes_its_backend_and_imports_mercurial_only_then() -> None:
    program = (
        "import sys; from kallithea_plugins import vcs_hg; assert 'mercurial' not in sys.modules;"
        "print(*[backend.alias for backend in vcs_hg.kallithea_vcs_backends()])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=CLIENT_ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    assert done.stdout == b"hg\n"


# Revisions


def test_numbers_are_the_local_revision_numbers(
    backend: Backend, hg: HgClient, unchanged: History
) -> None:
    numbers = {
        number: hg.run("--cwd", str(unchanged.path), "log", f"-r{number}", "-T{node}")
        for number in range(4)
    }
    assert {number: backend.resolve(unchanged.path, number) for number in numbers} == numbers
    assert backend.tip(unchanged.path).revision == 3
    assert backend.resolve(unchanged.path, "-1") == numbers[3]
    assert backend.resolve(unchanged.path, "-2") == numbers[2]


@pytest.mark.parametrize(
    "revision",
    [
        *("", ".", "null", "0" * 40, "0" * 12, "ff", "f" * 40, "2147483647", "-5", "x", "wdir()"),
        *("00", "+1", "1.", " 1", "1_0", "٣", "tip ", "reverse", "9" * 5000),
    ],
)
def test_what_mercurial_takes_for_something_special_is_unknown(
    backend: Backend, unchanged: History, revision: str
) -> None:
    with pytest.raises(UnknownRevision):
        backend.resolve(unchanged.path, revision)


def test_an_ambiguous_prefix_is_unknown_and_a_longer_one_is_not(
    backend: Backend, hg: HgClient, tmp_path: Path
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
    backend: Backend, unchanged: History
) -> None:
    assert unchanged.first.startswith("3")
    digits = "".join(itertools.takewhile(str.isdigit, unchanged.first))
    assert backend.resolve(unchanged.path, digits) == unchanged.first
    with pytest.raises(UnknownRevision):
        backend.resolve(unchanged.path, int(digits))


def test_bookmarks_name_changesets(backend: Backend, hg: HgClient, history: History) -> None:
    hg.run("--cwd", str(history.path), "bookmark", "--inactive", "-r0", "záložka")
    assert backend.resolve(history.path, "záložka") == history.first


def test_a_closed_branch_still_has_its_name_and_its_closing_is_the_tip(
    backend: Backend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    closing = hg.close_branch(history.path, "feature")
    backend.fork(history.path, tmp_path / "fork")
    for path in (history.path, tmp_path / "fork"):
        assert backend.tip(path).raw_id == closing
        assert backend.resolve(path, "feature") == closing


def test_a_branch_with_several_heads_is_its_newest_open_one(
    backend: Backend, hg: HgClient, history: History
) -> None:
    newer = hg.commit(history.path, {"x": "x"}, branch="feature", parent=history.second)
    assert backend.resolve(history.path, "feature") == newer


def test_a_message_that_is_no_utf8_shows_replacement_characters(
    backend: Backend, history: History
) -> None:
    command = [sys.executable, "-c", COMMIT_LATIN_1, str(history.path)]
    subprocess.run(command, env=CLIENT_ENVIRONMENT, check=True)
    tip = backend.tip(history.path)
    assert (tip.revision, tip.message, tip.author) == (4, "caf\ufffd \ufffd", "\ufffdva")


@pytest.mark.parametrize("seconds", ["1e300", "99999999999999", "-99999999999999", "nan"])
def test_a_date_beyond_all_calendars_does_not_hide_the_tip(
    backend: Backend, history: History, seconds: str
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
    backend: Backend, hg: HgClient, history: History, tmp_path: Path
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
    backend: Backend, hg: HgClient, history: History, tmp_path: Path
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
    backend: Backend, history: History, tmp_path: Path
) -> None:
    backend.fork(history.path, tmp_path / "fork")
    name = ".hg/store/data/docs/guide.txt.i"
    assert (tmp_path / "fork" / name).samefile(history.path / name)
    assert not (tmp_path / "fork" / ".hg" / "hgrc").exists()


# Listings


def test_a_repository_with_tree_manifests_lists_the_same(
    backend: Backend, hg: HgClient, history: History, tmp_path: Path
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
    backend: Backend, hg: HgClient, tmp_path: Path
) -> None:
    path = tmp_path / "repo"
    hg.init(path)
    hg.commit(path, {"a": "a"})
    hg.run("--cwd", str(path), "update", "default")
    hg.run("--cwd", str(path), "remove", "a")
    hg.run("--cwd", str(path), "commit", "-uX", "-mgone")
    assert backend.nodes(path, backend.resolve(path, "tip"), "") == Nodes([], [])


def test_subrepositories_are_in_no_list(backend: Backend, hg: HgClient, history: History) -> None:
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
    backend: Backend, hg: HgClient, history: History, tmp_path: Path
) -> None:
    share = ["--config=extensions.share=", "share", "--noupdate"]
    hg.run(*share, str(history.path), str(tmp_path / "share"))
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / ".hg").symlink_to(history.path / ".hg")
    assert not backend.is_repository(tmp_path / "share")
    assert not backend.is_repository(tmp_path / "linked")


@pytest.mark.parametrize("extension", ["lfs", "largefiles", "git"])
def test_a_repository_that_wants_an_extension_is_not_served_and_loads_nothing(
    backend: Backend, history: History, extension: str
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
    backend: Backend, history: History, hgrc: bytes
) -> None:
    (history.path / ".hg" / "hgrc").write_bytes(hgrc)
    assert backend.description(history.path) == ""


def test_a_hgrc_of_any_style_gives_its_description(backend: Backend, history: History) -> None:
    lines = b"# ours\n[web]\n%include x\ncontact=x\ndescription=One: %(two)s \xff ; three\n[web]\n"
    (history.path / ".hg" / "hgrc").write_bytes(lines)
    assert backend.description(history.path) == "One: %(two)s \ufffd ; three"


# Failures


def test_messages_do_not_name_folders(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "not-a-repository").mkdir()
    with pytest.raises(VcsError) as failure:
        backend.tip(tmp_path / "not-a-repository")
    assert str(tmp_path) not in str(failure.value)
    assert "not-a-repository" in str(failure.value)


def test_a_folder_whose_name_mercurial_would_expand_is_refused(
    backend: Backend, tmp_path: Path
) -> None:
    with pytest.raises(VcsError):
        backend.create(tmp_path / "$HOME")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_name_like_an_address_is_just_a_folder(
    backend: Backend, history: History, tmp_path: Path
) -> None:
    for name in ("a#b", "a?b=c", "http:x", "100%41", "sp ace"):
        backend.fork(history.path, tmp_path / name)
        assert backend.tip(tmp_path / name).raw_id == history.third
