"""What every backend promises in ``kallithea_host.vcs.Backend``, for each one that we ship."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import EMPTY, Backends, Nodes, UnknownPath, UnknownRevision, VcsError
from tests.vcs.clients import AUTHOR, Link
from tests.vcs.conftest import MESSAGE

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.vcs.clients import Client, Files
    from tests.vcs.conftest import History

FIRST = Nodes(
    ["docs", "docs/api"],
    [
        *(".ignore", "README", "docs.txt", "latest"),
        *("docs/Zeta.txt", "docs/guide.txt", "docs/api/index.txt"),
    ],
)
"""The files of the first changeset, in the order of ``Nodes``."""

ODD_NAMES: Files = {
    "with space/ two  spaces .txt": "",
    "-R": "",
    "--config=ui.x=y/-": "",
    "listfile:x": "",
    "set:all()/re:.*": "",
    "*?[a]{b}": "",
    "ž/ǅ\u202e.txt": "",
    "back\\slash": "",
    '"quoted"': "",
    "$HOME/~": "",
    b"latin-\xe9/\xff": "",
}

NO_REVISIONS = [
    *(" ", "nope", "9" * 9, 99, "f" * 40, "g" * 40, "f" * 41, "2147483647"),
    *("-R", "--help", "--config=ui.x=y", "--all", "-", "--", "-1x"),
    *("all()", "tip^", "tip~1", "p1(tip)", "tip:0", "0::", "feature..v1", "@{1}", "a b", "*"),
    *("a\0b", "\0", "\udcff", "..", "../../x", "/", "tip\n", "null"),
]


def test_a_created_repository_is_empty_and_sound(
    backend: Backend, client: Client, tmp_path: Path
) -> None:
    backend.create(tmp_path / "new")
    assert backend.is_repository(tmp_path / "new")
    assert backend.tip(tmp_path / "new") == EMPTY
    assert backend.description(tmp_path / "new") == ""
    assert backend.verify(tmp_path / "new") == []
    assert client.problems(tmp_path / "new") == ""


def test_the_real_client_can_commit_into_a_created_repository(
    backend: Backend, client: Client, tmp_path: Path
) -> None:
    backend.create(tmp_path / "new")
    raw_id = client.commit(tmp_path / "new", {"a": "a"})
    assert backend.tip(tmp_path / "new").raw_id == raw_id


def test_nothing_is_created_over_what_exists(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(VcsError):
        backend.create(tmp_path / "taken")
    assert list((tmp_path / "taken").iterdir()) == []


@pytest.mark.parametrize("revision", [None, "tip", "0", 0, -1, "null", "0" * 40])
def test_an_empty_repository_has_no_revisions(
    backend: Backend, tmp_path: Path, revision: str | int | None
) -> None:
    backend.create(tmp_path / "new")
    with pytest.raises(UnknownRevision):
        backend.resolve(tmp_path / "new", revision)


def test_the_tip_tells_all_about_the_newest_changeset(backend: Backend, unchanged: History) -> None:
    tip = backend.tip(unchanged.path)
    assert (tip.raw_id, tip.author, tip.message.rstrip("\n")) == (unchanged.third, AUTHOR, MESSAGE)
    assert tip.date == datetime(2020, 1, 1, 13, tzinfo=UTC)
    assert tip.date.utcoffset() == timedelta(0)
    assert tip.revision in {2, 3}  # hg needs a changeset for the tag


def test_the_tip_is_the_newest_on_whatever_branch(
    backend: Backend, client: Client, history: History
) -> None:
    raw_id = client.commit(history.path, {"x": "x"}, parent=history.second, hour=15)
    assert backend.tip(history.path).raw_id == raw_id


def test_revisions_go_by_name_number_and_hash(backend: Backend, unchanged: History) -> None:
    expected: dict[str | int | None, str] = {
        None: unchanged.third,
        "tip": unchanged.third,
        -1: unchanged.third,
        "feature": unchanged.third,
        "v1": unchanged.first,
        0: unchanged.first,
        "0": unchanged.first,
        1: unchanged.second,
        "1": unchanged.second,
        unchanged.second: unchanged.second,
        unchanged.second[:8]: unchanged.second,
    }
    found = {revision: backend.resolve(unchanged.path, revision) for revision in expected}
    assert found == expected


def test_a_branch_name_follows_the_branch(
    backend: Backend, client: Client, history: History
) -> None:
    raw_id = client.commit(history.path, {"x": "x"}, branch="feature", hour=15)
    assert backend.resolve(history.path, "feature") == raw_id


@pytest.mark.parametrize("revision", NO_REVISIONS)
def test_other_texts_are_looked_up_and_not_interpreted(
    backend: Backend, unchanged: History, revision: str | int
) -> None:
    with pytest.raises(UnknownRevision):
        backend.resolve(unchanged.path, revision)


def test_names_that_look_like_options_and_expressions_are_names(
    backend: Backend, client: Client, history: History
) -> None:
    for name in ("all()", "p1(tip)", "x;y", "--config=ui.x=y", "$HOME", "first|second"):
        raw_id = client.commit(history.path, {"x": name}, branch=name, parent=history.second)
        assert backend.resolve(history.path, name) == raw_id


def test_nodes_are_all_directories_and_files_in_order(backend: Backend, unchanged: History) -> None:
    assert backend.nodes(unchanged.path, unchanged.first, "") == FIRST


def test_nodes_below_a_directory_leave_out_the_rest(backend: Backend, unchanged: History) -> None:
    assert backend.nodes(unchanged.path, unchanged.third, "docs") == Nodes(
        ["docs/api", "docs/api/v2", "docs/api/v2/x"],
        ["docs/Zeta.txt", "docs/guide.txt", "docs/api/index.txt", "docs/api/v2/x/deep.txt"],
    )


def test_nodes_are_those_of_the_changeset_asked_for(backend: Backend, unchanged: History) -> None:
    branch = backend.resolve(unchanged.path, "feature")
    assert "docs/api/v2" in backend.nodes(unchanged.path, branch, "").dirs
    assert "docs/api/v2" not in backend.nodes(unchanged.path, unchanged.second, "").dirs


@pytest.mark.parametrize(
    "root",
    [
        *("README", "docs/guide.txt", "latest", "docs/nope", "doc", "docs/a", "nope"),
        *(".", "..", "../..", "docs/..", "docs//api", "*", "-R", "docs\0", "\0", "\n", "\udcff"),
    ],
)
def test_nodes_need_a_directory(backend: Backend, unchanged: History, root: str) -> None:
    with pytest.raises(UnknownPath):
        backend.nodes(unchanged.path, unchanged.first, root)


@pytest.mark.parametrize("raw_id", ["f" * 40, "0" * 40, "feature", "", "--help"])
def test_nodes_need_a_full_id(backend: Backend, unchanged: History, raw_id: str) -> None:
    with pytest.raises(VcsError):
        backend.nodes(unchanged.path, raw_id, "")


def test_odd_file_names_are_listed_as_they_are(
    backend: Backend, client: Client, history: History
) -> None:
    odd = ODD_NAMES if client.alias == "hg" else ODD_NAMES | {"line\nbreak/\n": "", "tab\t": ""}
    raw_id = client.commit(history.path, odd)
    nodes = backend.nodes(history.path, raw_id, "")
    names = [name if isinstance(name, str) else "latin-\ufffd/\ufffd" for name in odd]
    assert set(names) <= set(nodes.files)
    assert {name.rpartition("/")[0] for name in names if "/" in name} <= set(nodes.dirs)
    for name in names:
        root = name.rpartition("/")[0]
        if root and "\ufffd" not in root:
            assert backend.nodes(history.path, raw_id, root) == Nodes([], [name])


def test_a_directory_comes_right_before_what_it_holds(
    backend: Backend, client: Client, tmp_path: Path
) -> None:
    files = ["a-b/1", "a/b/2", "a/3", "a.c/4", "a/b-c/5", "B/6", "a/b.d", "ä/7"]
    client.init(tmp_path / "repo")
    raw_id = client.commit(tmp_path / "repo", dict.fromkeys(files, ""))
    assert backend.nodes(tmp_path / "repo", raw_id, "") == Nodes(
        ["B", "a", "a/b", "a/b-c", "a-b", "a.c", "ä"],
        ["B/6", "a/3", "a/b.d", "a/b/2", "a/b-c/5", "a-b/1", "a.c/4", "ä/7"],
    )


def test_symbolic_links_are_files_even_to_directories(
    backend: Backend, client: Client, history: History
) -> None:
    raw_id = client.commit(history.path, {"here": Link("docs"), "out": Link("/etc/passwd")})
    nodes = backend.nodes(history.path, raw_id, "")
    assert {"here", "out"} <= set(nodes.files)
    assert nodes.dirs == FIRST.dirs


def test_a_fork_has_all_that_its_source_has(
    backend: Backend, client: Client, history: History, tmp_path: Path
) -> None:
    fork = tmp_path / "fork"
    backend.fork(history.path, fork)
    assert backend.tip(fork) == backend.tip(history.path)
    assert backend.resolve(fork, "v1") == history.first
    assert backend.resolve(fork, "feature") == history.third
    assert client.ids(fork) == client.ids(history.path)
    assert client.problems(fork) == ""
    assert backend.verify(fork) == []


def test_a_fork_outlives_its_source(backend: Backend, history: History, tmp_path: Path) -> None:
    backend.fork(history.path, tmp_path / "fork")
    shutil.rmtree(history.path)
    assert backend.nodes(tmp_path / "fork", history.first, "") == FIRST
    assert backend.verify(tmp_path / "fork") == []


def test_a_fork_and_its_source_change_apart(
    backend: Backend, client: Client, history: History, tmp_path: Path
) -> None:
    fork = tmp_path / "fork"
    backend.fork(history.path, fork)
    in_fork = client.commit(fork, {"README": "in the fork\n"}, branch="feature", hour=15)
    in_source = client.commit(history.path, {"README": "in the source\n"}, hour=16)
    assert backend.tip(fork).raw_id == in_fork
    assert backend.tip(history.path).raw_id == in_source
    assert client.problems(fork) + client.problems(history.path) == ""


def test_an_empty_repository_can_be_forked(
    backend: Backend, client: Client, tmp_path: Path
) -> None:
    backend.create(tmp_path / "empty")
    backend.fork(tmp_path / "empty", tmp_path / "fork")
    assert backend.tip(tmp_path / "fork") == EMPTY
    raw_id = client.commit(tmp_path / "fork", {"a": "a"})
    assert backend.resolve(tmp_path / "fork", None) == raw_id


def test_a_fork_can_be_forked(backend: Backend, history: History, tmp_path: Path) -> None:
    backend.fork(history.path, tmp_path / "fork")
    backend.fork(tmp_path / "fork", tmp_path / "again")
    shutil.rmtree(tmp_path / "fork")
    assert backend.tip(tmp_path / "again") == backend.tip(history.path)
    assert backend.verify(tmp_path / "again") == []


def test_nothing_is_forked_over_what_exists(
    backend: Backend, history: History, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(VcsError):
        backend.fork(history.path, tmp_path / "taken")
    assert list((tmp_path / "taken").iterdir()) == []


def test_a_repository_is_recognised_by_its_own_backend_only(
    backend: Backend, histories: dict[str, History]
) -> None:
    recognised = {alias: backend.is_repository(made.path) for alias, made in histories.items()}
    assert recognised == {alias: alias == backend.alias for alias in histories}
    assert Backends([backend]).detect(histories[backend.alias].path) == backend.alias


def test_other_folders_and_files_are_no_repositories(
    backend: Backend, history: History, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    (history.path / "inside").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    others = [tmp_path / name for name in ("file", "folder", "missing", "loop", "file/x")]
    assert not any(backend.is_repository(path) for path in [*others, history.path / "inside"])


def test_a_repository_of_an_unknown_format_is_not_recognised(
    backend: Backend, history: History
) -> None:
    if backend.alias == "hg":
        with (history.path / ".hg" / "requires").open("a") as file:
            file.write("from-the-future\n")
    else:
        (history.path / "config").write_text("[core]\n\trepositoryformatversion = 99\n")
    assert not backend.is_repository(history.path)


def test_the_description_is_the_repository_s_own(backend: Backend, history: History) -> None:
    if backend.alias == "hg":
        (history.path / ".hg" / "hgrc").write_text("[web]\ndescription = Něco (100 %)\n", "utf-8")
    else:
        (history.path / "description").write_text("Něco (100 %)\n", "utf-8")
    assert backend.description(history.path) == "Něco (100 %)"


def test_damage_is_found(backend: Backend, history: History) -> None:
    if backend.alias == "hg":
        damaged = history.path / ".hg" / "store" / "data" / "docs.txt.i"
    else:
        damaged = next((history.path / "objects").glob("??/*"), None) or next(
            (history.path / "objects" / "pack").glob("*.pack")
        )
    damaged.chmod(0o644)
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-30] + bytes(byte ^ 0x55 for byte in content[-30:]))
    findings = backend.verify(history.path)
    assert findings
    assert not any("\n" in line for line in findings)


def test_repairing_a_sound_repository_changes_nothing(backend: Backend, history: History) -> None:
    before = _contents(history.path)
    backend.repair(history.path)
    assert _contents(history.path) == before


def test_what_is_no_repository_fails_as_the_protocol_says(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing"):
        with pytest.raises(VcsError):
            backend.tip(path)
        with pytest.raises(VcsError):
            backend.resolve(path, "tip")
        with pytest.raises(VcsError):
            backend.nodes(path, "f" * 40, "")
        with pytest.raises(VcsError):
            backend.fork(path, tmp_path / "fork")


def test_hooks_and_configuration_of_a_repository_are_never_used(
    backend: Backend, history: History, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    _make_hostile(backend.alias, history.path, f"touch {marker}")
    backend.tip(history.path)
    backend.nodes(history.path, backend.resolve(history.path, "feature"), "docs")
    backend.fork(history.path, tmp_path / "fork")
    backend.verify(history.path)
    backend.repair(history.path)
    assert not marker.exists()
    copied = b"".join(_contents(tmp_path / "fork").values())
    assert str(marker).encode() not in copied


def test_readers_in_many_threads_all_see_the_same(backend: Backend, unchanged: History) -> None:
    def read(number: int) -> tuple[str, Nodes]:
        revision = ("tip", "feature", unchanged.third, None)[number % 4]
        raw_id = backend.resolve(unchanged.path, revision)
        return raw_id, backend.nodes(unchanged.path, raw_id, "docs")

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(read, range(64)))
    assert results == [read(0)] * 64


def test_nothing_is_printed(
    backend: Backend, history: History, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    backend.create(tmp_path / "new")
    backend.fork(history.path, tmp_path / "fork")
    backend.nodes(history.path, backend.resolve(history.path, 0), "")
    backend.tip(history.path)
    backend.verify(history.path)
    backend.repair(history.path)
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, "nope")
    with pytest.raises(VcsError):
        backend.tip(tmp_path)
    assert capfd.readouterr() == ("", "")


def _contents(path: Path) -> dict[str, bytes]:
    """Every file below ``path``."""
    files = (file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def _make_hostile(alias: str, path: Path, command: str) -> None:
    """Let the repository ask for ``command`` in every way that its format has."""
    if alias == "hg":
        events = "pretxnopen txnclose pretxnclose changegroup incoming outgoing preoutgoing"
        hooks = "".join(f"{event} = {command}\n" for event in events.split())
        (path / ".hg" / "hgrc").write_text(
            f"[hooks]\n{hooks}[extensions]\nevil = {path}/evil.py\n[ui]\nssh = {command}\n"
        )
        (path / "evil.py").write_text(f"import os\nos.system({command!r})\n")
        return
    settings = f"[core]\n\tfsmonitor = {command}\n\thooksPath = {path}/hooks\n"
    with (path / "config").open("a") as file:
        file.write(f"{settings}[uploadpack]\n\tpackObjectsHook = {command}\n")
    for event in ("post-checkout", "post-update", "pre-receive", "reference-transaction"):
        hook = path / "hooks" / event
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{command}\n")
        hook.chmod(0o755)
