"""History as only Git has it: merges, kinds of tags, lost commits, submodules, bombs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import Changes, Selection, UnknownBranch, UnknownRevision, VcsError
from kallithea_plugins.vcs_git import changes
from kallithea_plugins.vcs_git.backend import GitBackend
from tests.vcs.clients import GitClient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vcs.conftest import History

git = GitClient()
backend = GitBackend()

WHO = "A <a@example.org> 1577890000 +0000"


@pytest.fixture
def alias() -> str:
    """Only this type."""
    return "git"


def run(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command in the repository prints."""
    return git.run("-C", str(path), *arguments, stdin=stdin).strip()


def commit(path: Path, tree: str, *parents: str, ref: str = "refs/heads/main") -> str:
    """A commit of a tree."""
    lines = [f"tree {tree}", *(f"parent {each}" for each in parents)]
    text = "\n".join([*lines, f"author {WHO}", f"committer {WHO}", "", "x\n"])
    made = run(path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    run(path, "update-ref", ref, made)
    return made


def test_a_branch_has_all_that_it_builds_upon(unchanged: History) -> None:
    log = backend.log(unchanged.path, Selection(branch="feature"))
    expected = [unchanged.first, unchanged.second, unchanged.third]
    assert [each.raw_id for each in log] == expected


def test_the_number_of_a_commit_is_its_place_whatever_else_narrows_the_log(
    history: History,
) -> None:
    other = git.commit(history.path, {"x": "x"}, parent=history.first, branch="other", hour=15)
    log = backend.log(history.path, Selection(branch="other"))
    assert [(each.raw_id, each.revision) for each in log] == [(history.first, 0), (other, 3)]
    assert backend.changeset(history.path, other).revision == 3


def test_a_branch_is_found_by_its_short_name_only(unchanged: History) -> None:
    for name in ("refs/heads/main", "heads/main", "HEAD", "main/", unchanged.first):
        with pytest.raises(UnknownBranch):
            backend.log(unchanged.path, Selection(branch=name))


def test_a_commit_that_no_ref_leads_to_is_none(history: History) -> None:
    lost = git.commit(history.path, {"x": "x"}, branch="gone", parent=history.first)
    run(history.path, "update-ref", "-d", "refs/heads/gone")
    assert backend.resolve(history.path, lost) == lost
    with pytest.raises(UnknownRevision):
        backend.changeset(history.path, lost)
    with pytest.raises(UnknownRevision):
        backend.log(history.path, Selection(start=lost))


def test_a_merge_is_compared_with_its_first_parent(history: History) -> None:
    side = git.commit(history.path, {"side": "s"}, parent=history.second, branch="side", hour=15)
    tree = run(history.path, "rev-parse", f"{side}^{{tree}}")
    merge = commit(history.path, tree, history.second, history.third)
    assert backend.changes(history.path, merge) == Changes(["side"], [], [])
    turned = commit(history.path, tree, history.third, history.second)
    expected = Changes(["side"], ["README"], ["docs/api/v2/x/deep.txt"])
    assert backend.changes(history.path, turned) == expected


def test_changes_agree_with_git(history: History) -> None:
    for raw_id in (history.second, history.third):
        told = run(history.path, "diff-tree", "-r", "--no-renames", "--name-status", raw_id)
        lines = [line.split("\t") for line in told.splitlines()[1:]]
        found = backend.changes(history.path, raw_id)
        by_letter = {"A": found.added, "M": found.changed, "D": found.removed}
        assert {letter: [n for t, n in lines if t == letter] for letter in "AMD"} == by_letter


def test_a_file_whose_mode_differs_and_a_submodule_were_changed(history: History) -> None:
    blob = run(history.path, "rev-parse", f"{history.first}:README")
    lines = f"100644 blob {blob}\ta\n160000 commit {'1' * 40}\tsub\n"
    before = commit(history.path, run(history.path, "mktree", stdin=lines.encode()))
    lines = f"100755 blob {blob}\ta\n160000 commit {'2' * 40}\tsub\n"
    after = commit(history.path, run(history.path, "mktree", stdin=lines.encode()), before)
    assert backend.changes(history.path, before) == Changes(["a", "sub"], [], [])
    assert backend.changes(history.path, after) == Changes([], ["a", "sub"], [])


def test_trees_that_stand_for_too_many_paths_are_refused(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MAX_LISTING", 100_000)
    tree = run(history.path, "mktree", stdin=b"")
    for _level in range(30):
        lines = "".join(f"040000 tree {tree}\t{name}\n" for name in "ab")
        tree = run(history.path, "mktree", stdin=lines.encode())
    bomb = commit(history.path, tree)
    with pytest.raises(VcsError, match="too many"):
        backend.changes(history.path, bomb)


def test_annotated_tags_are_told_with_their_commits_and_tags_of_files_are_not(
    history: History,
) -> None:
    made = f"object {history.second}\ntype commit\ntag v2\ntagger {WHO}\n\nx\n"
    run(history.path, "update-ref", "refs/tags/v2", run(history.path, "mktag", stdin=made.encode()))
    run(history.path, "update-ref", "refs/tags/a/file", f"{history.first}:README")
    run(history.path, "update-ref", "refs/remotes/origin/main", history.first)
    refs = backend.refs(history.path)
    assert refs.tags == {"v1": history.first, "v2": history.second}
    assert refs.branches == {"feature": history.third, "main": history.second}


def test_the_program_is_told_with_its_version() -> None:
    program = backend.program()
    assert program is not None
    assert program.path == shutil.which("git")
    assert git.run("--version").strip() == f"git version {program.version}"


@pytest.mark.parametrize("script", [None, "exit 1", "echo hello", "kill $$"])
def test_no_program_or_one_that_tells_no_version_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if script is not None:
        (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "git").chmod(0o700)
    assert backend.program() is None
