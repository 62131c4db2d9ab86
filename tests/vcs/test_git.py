"""What only Git has, in reading: kinds of refs and tags, abbreviations, order, odd trees."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import NULL_ID, Nodes, UnknownPath, UnknownRevision, VcsError
from kallithea_plugins.vcs_git import nodes
from kallithea_plugins.vcs_git.backend import GitBackend
from tests.vcs.clients import GitClient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vcs.conftest import History

git = GitClient()
backend = GitBackend()


@pytest.fixture
def alias() -> str:
    """Only this type."""
    return "git"


def run(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command in the repository prints."""
    return git.run("-C", str(path), *arguments, stdin=stdin).strip()


def write_object(path: Path, kind: str, content: bytes) -> str:
    """Store any bytes as an object, malformed ones too."""
    return run(path, "hash-object", "-t", kind, "-w", "--stdin", "--literally", stdin=content)


def commit_of_tree(path: Path, *lines: str, seconds: int = 1577876400) -> str:
    """A commit whose tree has these ``ls-tree`` lines, on the main branch."""
    tree = run(path, "mktree", "--missing", stdin="".join(f"{x}\n" for x in lines).encode())
    who = f"A <a@example.org> {seconds} +0000"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n"
    commit = write_object(path, "commit", text.encode())
    run(path, "update-ref", "refs/heads/main", commit)
    return commit


def tag(path: Path, name: str, target: str, kind: str = "commit") -> str:
    """Make an annotated tag."""
    who = "A <a@example.org> 1577876400 +0000"
    text = f"object {target}\ntype {kind}\ntag {name}\ntagger {who}\n\nx\n"
    made = run(path, "mktag", stdin=text.encode())
    run(path, "update-ref", f"refs/tags/{name}", made)
    return made


def test_an_annotated_tag_stands_for_its_commit(history: History) -> None:
    made = tag(history.path, "annotated", history.first)
    assert backend.resolve(history.path, "annotated") == history.first
    assert backend.resolve(history.path, made) == history.first
    assert backend.resolve(history.path, made[:10]) == history.first


def test_a_tag_of_a_tag_stands_for_the_commit(history: History) -> None:
    tag(history.path, "outer", tag(history.path, "inner", history.second), kind="tag")
    assert backend.resolve(history.path, "outer") == history.second


@pytest.mark.parametrize(("kind", "what"), [("blob", ":README"), ("tree", "^{tree}")])
def test_a_tag_of_something_else_is_no_revision(history: History, kind: str, what: str) -> None:
    tag(history.path, "odd", run(history.path, "rev-parse", history.first + what), kind=kind)
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, "odd")
    assert backend.tip(history.path).raw_id == history.third


@pytest.mark.parametrize("what", [":README", "^{tree}"])
def test_the_id_of_a_file_or_tree_is_no_revision(history: History, what: str) -> None:
    raw_id = run(history.path, "rev-parse", history.first + what)
    for text in (raw_id, raw_id[:12]):
        with pytest.raises(UnknownRevision):
            backend.resolve(history.path, text)
    with pytest.raises(UnknownRevision):
        backend.nodes(history.path, raw_id, "")


def test_packed_refs_are_read(history: History) -> None:
    tag(history.path, "annotated", history.first)
    run(history.path, "pack-refs", "--all")
    assert not (history.path / "refs" / "heads" / "feature").exists()
    assert backend.resolve(history.path, "feature") == history.third
    assert backend.resolve(history.path, "annotated") == history.first
    assert backend.tip(history.path).raw_id == history.third


def test_a_ref_in_a_file_goes_before_a_packed_one(history: History) -> None:
    run(history.path, "pack-refs", "--all")
    run(history.path, "update-ref", "refs/heads/feature", history.first)
    assert backend.resolve(history.path, "feature") == history.first


def test_a_symbolic_ref_is_followed(history: History) -> None:
    run(history.path, "symbolic-ref", "refs/heads/alias", "refs/heads/feature")
    assert backend.resolve(history.path, "alias") == history.third


def test_symbolic_refs_in_a_circle_are_no_revisions(history: History) -> None:
    run(history.path, "symbolic-ref", "refs/heads/a", "refs/heads/b")
    run(history.path, "symbolic-ref", "refs/heads/b", "refs/heads/a")
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, "a")


def test_full_ref_names_are_revisions(history: History) -> None:
    run(history.path, "update-ref", "refs/notes/commits", history.first)
    assert backend.resolve(history.path, "refs/heads/feature") == history.third
    assert backend.resolve(history.path, "refs/tags/v1") == history.first
    assert backend.resolve(history.path, "refs/notes/commits") == history.first


@pytest.mark.parametrize(
    "revision",
    [
        *("heads/main", "tags/v1", "refs/heads", "refs/heads/../heads/main", "refs//heads/main"),
        *("HEAD~1", "HEAD^", "main@{0}", "@", "@{u}", "main..feature", ":/first", "main:README"),
        *("--all", "-1", NULL_ID[1:] + "1", "packed-refs", "refs/heads/main\n", "FETCH_HEAD"),
    ],
)
def test_git_s_own_expressions_are_no_revisions(history: History, revision: str) -> None:
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, revision)


@pytest.mark.parametrize("revision", ["HEAD", "head", "", "tip", None, -1])
def test_the_newest_commit_has_these_names(history: History, revision: str | int | None) -> None:
    assert run(history.path, "rev-parse", "HEAD") == history.second
    assert backend.resolve(history.path, revision) == history.third


def test_a_branch_goes_before_a_tag_of_the_same_name(history: History) -> None:
    run(history.path, "update-ref", "refs/heads/v1", history.third)
    assert backend.resolve(history.path, "v1") == history.third


def test_a_full_id_goes_before_a_branch_of_that_name(history: History) -> None:
    run(history.path, "update-ref", f"refs/heads/{history.first}", history.third)
    assert backend.resolve(history.path, history.first) == history.first


def test_a_branch_goes_before_an_abbreviation(history: History) -> None:
    name = history.second[:7]
    assert backend.resolve(history.path, name) == history.second
    run(history.path, "update-ref", f"refs/heads/{name}", history.third)
    assert backend.resolve(history.path, name) == history.third


def test_abbreviations_have_four_digits_or_more(history: History) -> None:
    assert backend.resolve(history.path, history.second[:4].upper()) == history.second
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, history.second[:3])


def many_commits(path: Path, count: int) -> list[str]:
    """A line of commits, oldest first, by one fast-import."""
    git.init(path)
    stream = b"".join(
        b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata 1\nx\n" % when
        for when in range(1577876400, 1577876400 + count)
    )
    run(path, "fast-import", "--quiet", stdin=stream)
    return run(path, "rev-list", "--reverse", "--all").split()


def test_an_abbreviation_has_to_be_unambiguous(tmp_path: Path) -> None:
    by_prefix = defaultdict(list)
    for raw_id in many_commits(tmp_path / "r", 900):
        by_prefix[raw_id[:4]].append(raw_id)
    for prefix, same in by_prefix.items():
        if len(same) > 1 and not prefix.isdigit():
            with pytest.raises(UnknownRevision):
                backend.resolve(tmp_path / "r", prefix)
            assert backend.resolve(tmp_path / "r", same[0][:10]) == same[0]
            return
    pytest.fail("no two ids begin alike; make more commits")


def merged(path: Path) -> list[str]:
    """Branches and merges with dates that do not follow parents; Git's order, oldest first."""
    git.init(path)
    stream, marks = "", [(1, [], 100), (2, [1], 300), (3, [1], 200), (4, [2], 250), (5, [3], 400)]
    for mark, parents, seconds in [*marks, (6, [4, 5], 350), (7, [5], 500), (8, [6, 7], 600)]:
        stream += f"commit refs/heads/b{mark}\nmark :{mark}\n"
        stream += f"committer A <a@example.org> {1577876400 + seconds} +0000\ndata 1\nx\n"
        stream += "".join(
            f"{word} :{parent}\n" for word, parent in zip(("from", "merge"), parents, strict=False)
        )
    run(path, "fast-import", "--quiet", stdin=stream.encode())
    return run(path, "rev-list", "--all", "--date-order", "--reverse").split()


def test_numbers_count_commits_as_git_orders_them_by_date(tmp_path: Path) -> None:
    order = merged(tmp_path / "r")
    assert [backend.resolve(tmp_path / "r", n) for n in range(len(order))] == order
    assert [backend.resolve(tmp_path / "r", str(n)) for n in range(len(order))] == order
    assert backend.tip(tmp_path / "r").raw_id == order[-1]
    assert backend.tip(tmp_path / "r").revision == len(order) - 1


@pytest.mark.parametrize(
    "revision", [3, "3", -2, "-1", pytest.param(10**5000, id="huge"), True, 1.0, [], "1" * 12]
)
def test_other_numbers_are_no_revisions(history: History, revision: int) -> None:
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, revision)


@pytest.mark.parametrize("revision", ["0", "000", NULL_ID, pytest.param("0" * 5000, id="many")])
def test_zeros_are_the_oldest_commit(history: History, revision: str) -> None:
    assert backend.resolve(history.path, revision) == history.first


def test_a_branch_named_like_a_number_is_reached_by_its_full_name(history: History) -> None:
    run(history.path, "update-ref", "refs/heads/1", history.first)
    assert backend.resolve(history.path, "1") == history.second
    assert backend.resolve(history.path, "refs/heads/1") == history.first


def test_the_tip_is_a_commit_that_no_other_builds_upon(tmp_path: Path) -> None:
    git.init(tmp_path / "r")
    path = tmp_path / "r"
    first = git.commit(path, {"a": "1"}, branch="a-parent", hour=14)
    second = git.commit(path, {"a": "2"}, branch="b-child", parent=first, hour=13)
    assert backend.tip(path).raw_id == second
    assert backend.resolve(path, 1) == second


def test_the_tip_of_commits_of_one_second_is_the_last_of_the_line(tmp_path: Path) -> None:
    git.init(tmp_path / "r")
    path = tmp_path / "r"
    first = git.commit(path, {"a": "1"}, branch="a")
    second = git.commit(path, {"a": "2"}, branch="b", parent=first)
    third = git.commit(path, {"a": "3"}, branch="c", parent=second)
    assert backend.tip(path).raw_id == third


def test_a_detached_head_counts_as_a_ref(history: History) -> None:
    newest = git.commit(history.path, {"x": "x"}, branch="gone", hour=20)
    run(history.path, "update-ref", "-d", "refs/heads/gone")
    assert backend.tip(history.path).raw_id == history.third
    run(history.path, "update-ref", "--no-deref", "HEAD", newest)
    assert backend.tip(history.path).raw_id == newest


def test_an_empty_ref_file_after_a_crash_is_passed_over(history: History) -> None:
    (history.path / "refs" / "heads" / "crashed").write_bytes(b"")
    assert backend.tip(history.path).raw_id == history.third


@pytest.mark.parametrize(
    ("committer", "year"),
    [
        (b"A <a@example.org> 1577876400 +0000", 2020),
        (b"A <a@example.org> 99999999999999999999 +0000", 9999),
        (b"A <a@example.org> -1 +0000", 1969),
        (b"A <a@example.org> soon", 1970),
        (b"A", 1970),
        (b"A < <b>> 1577876400 +051800", 2020),
    ],
)
def test_a_commit_with_a_strange_date_can_be_read(
    history: History, committer: bytes, year: int
) -> None:
    tree = run(history.path, "rev-parse", "main^{tree}").encode()
    content = b"tree %s\nauthor X\ncommitter %s\n\n\xff\n" % (tree, committer)
    raw_id = write_object(history.path, "commit", content)
    for ref in run(history.path, "for-each-ref", "--format=%(refname)").split():
        run(history.path, "update-ref", "-d", ref)
    run(history.path, "update-ref", "refs/heads/main", raw_id)
    tip = backend.tip(history.path)
    assert (tip.raw_id, tip.author, tip.message) == (raw_id, "X", "\N{REPLACEMENT CHARACTER}\n")
    assert tip.date.year == year


def test_a_signed_merge_has_its_own_parents_and_message(history: History) -> None:
    tree = run(history.path, "rev-parse", "main^{tree}")
    text = (
        f"tree {tree}\nparent {history.second}\nparent {history.third}\n"
        "author A <a@example.org> 1577900000 +0000\ncommitter B <b@example.org> 1577900000 +0000\n"
        f"mergetag object {history.first}\n type commit\n parent {NULL_ID}\ngpgsig -----\n x\n"
        " -----\n\nmerge\n\nparent nobody\n"
    )
    raw_id = write_object(history.path, "commit", text.encode())
    run(history.path, "update-ref", "refs/heads/main", raw_id)
    tip = backend.tip(history.path)
    assert (tip.raw_id, tip.revision) == (raw_id, 3)
    assert (tip.author, tip.message) == ("A <a@example.org>", "merge\n\nparent nobody\n")


def test_submodules_are_left_out_and_links_and_programs_are_files(tmp_path: Path) -> None:
    git.init(tmp_path / "r")
    blob = write_object(tmp_path / "r", "blob", b"x")
    raw_id = commit_of_tree(
        tmp_path / "r",
        f"160000 commit {'1' * 40}\tmodule",
        f"120000 blob {blob}\tlink",
        f"100755 blob {blob}\tprogram",
        f"100664 blob {blob}\told-mode",
    )
    assert backend.nodes(tmp_path / "r", raw_id, "") == Nodes([], ["link", "old-mode", "program"])
    with pytest.raises(UnknownPath):
        backend.nodes(tmp_path / "r", raw_id, "module")


def test_an_empty_directory_is_listed(tmp_path: Path) -> None:
    git.init(tmp_path / "r")
    empty = run(tmp_path / "r", "mktree")
    raw_id = commit_of_tree(tmp_path / "r", f"040000 tree {empty}\tempty")
    assert backend.nodes(tmp_path / "r", raw_id, "") == Nodes(["empty"], [])
    assert backend.nodes(tmp_path / "r", raw_id, "empty") == Nodes([], [])


def test_names_are_ordered_by_code_point_and_not_as_git_orders_them(tmp_path: Path) -> None:
    git.init(tmp_path / "r")
    names = ["a/x", "a.b/x", "a0/x", "a-/x", "B", "é", "z", "\U0001f600"]
    raw_id = git.commit(tmp_path / "r", dict.fromkeys(names, ""))
    in_git = run(tmp_path / "r", "ls-tree", "-d", "--name-only", raw_id).split()
    assert in_git == ["a-", "a.b", "a", "a0"]
    found = backend.nodes(tmp_path / "r", raw_id, "")
    assert found.dirs == ["a", "a-", "a.b", "a0"]
    assert found.files[:4] == ["B", "z", "é", "\U0001f600"]


def test_trees_that_stand_for_endlessly_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "MAX_LISTING", 10_000)
    git.init(tmp_path / "r")
    inner = f"100644 blob {write_object(tmp_path / 'r', 'blob', b'x')}"
    for _ in range(9):
        lines = "".join(f"{inner}\t{name}\n" for name in range(10))
        inner = "040000 tree " + run(tmp_path / "r", "mktree", stdin=lines.encode())
    raw_id = commit_of_tree(tmp_path / "r", f"{inner}\ttop")
    with pytest.raises(VcsError, match="too many"):
        backend.nodes(tmp_path / "r", raw_id, "")


def test_a_malformed_tree_is_a_failure_and_no_crash(history: History) -> None:
    tree = write_object(history.path, "tree", b"100644 broken")
    who = "A <a@example.org> 1 +0000"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n"
    raw_id = write_object(history.path, "commit", text.encode())
    with pytest.raises(VcsError):
        backend.nodes(history.path, raw_id, "")
