"""Diffs: what clients make of them, for every kind of change, with and without ``git``."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kallithea_host.files import FileStat
from kallithea_plugins.vcs_git.backend import GitBackend
from kallithea_plugins.vcs_hg.backend import HgBackend
from tests.vcs import trees
from tests.vcs.clients import Link, Script

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.vcs.clients import Client, Files

WAYS = {
    "hg": ("hg", HgBackend()),
    "git": ("git", GitBackend()),
    "dulwich": ("git", GitBackend(use_program=False)),
}
LINES = "".join(f"line {number}\n" for number in range(40))


@dataclass(frozen=True)
class Repo:
    """A repository with a first and a second changeset."""

    backend: Backend
    client: Client
    path: Path

    def commit(self, files: Files, **more: str) -> str:
        return self.client.commit(self.path, files, **more)

    def tree(self, raw_id: str) -> trees.Tree:
        return trees.exported(self.backend, self.path, raw_id)

    def diff(self, raw_id: str, **options: object) -> bytes:
        return b"".join(self.backend.diff(self.path, raw_id, **options))


# Mercurial leaves it to the interpreter to close files whose storage it has split.
_HG = pytest.param("hg", marks=pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"))


@pytest.fixture(params=[_HG, "git", "dulwich"])
def way(request):
    """Each way in which diffs are made."""
    return request.param


@pytest.fixture
def repo(way, clients, tmp_path):
    """An empty repository."""
    alias, backend = WAYS[way]
    client = clients[alias]
    client.init(tmp_path / "repo")
    return Repo(backend, client, tmp_path / "repo")


@dataclass(frozen=True)
class Changed:
    """A repository of two changesets, made once and never changed."""

    repo: Repo
    first: str
    second: str


@pytest.fixture(scope="session")
def made(clients, tmp_path_factory):
    """Repositories by type and change."""
    folder = tmp_path_factory.mktemp("changes")
    found = {}

    def make(way, change):
        alias, backend = WAYS[way]
        key = alias, change
        if key not in found:
            path, client = folder / f"{alias}-{len(found)}", clients[alias]
            client.init(path)
            found[key] = path, *(client.commit(path, files) for files in CHANGES[change])
        path, first, second = found[key]
        return Changed(Repo(backend, clients[alias], path), first, second)

    return make


CHANGES = {
    "a line in the middle": ({"a": LINES}, {"a": LINES.replace("line 20\n", "other\n")}),
    "lines at both ends": ({"a": LINES}, {"a": "first\n" + LINES + "last\n"}),
    "a file that comes": ({"a": "1\n"}, {"b": "2\n"}),
    "a file that goes": ({"a": "1\n", "b": "2\n"}, {"b": None}),
    "an empty file that comes": ({"a": "1\n"}, {"empty": ""}),
    "an empty file that goes": ({"a": "1\n", "empty": ""}, {"empty": None}),
    "a file that is emptied": ({"a": "1\n"}, {"a": ""}),
    "no line feed at the end": ({"a": "1\n2"}, {"a": "1\n3"}),
    "a line feed that comes": ({"a": "1\n2"}, {"a": "1\n2\n"}),
    "a line feed that goes": ({"a": "1\n2\n"}, {"a": "1\n2"}),
    "carriage returns": ({"a": "1\r\n2\r\n"}, {"a": "1\r\n3\r\n\r"}),
    "a binary file that comes": ({"a": "1\n"}, {"b": bytes(range(256)) * 9}),
    "a binary file that changes": ({"b": bytes(range(256))}, {"b": bytes(range(1, 256)) + b"\0"}),
    "a binary file that goes": ({"a": "1\n", "b": b"\0\1"}, {"b": None}),
    "text that becomes binary": ({"b": "text\n"}, {"b": b"\0" * 60}),
    "bytes that are no UTF-8": ({"a": b"\xff\n"}, {"a": b"\xfe\n"}),
    "a renamed file": ({"old": LINES, "x": "1\n"}, {"old": None, "sub/new": LINES}),
    "a renamed file that changes": ({"old": LINES}, {"old": None, "new": LINES + "more\n"}),
    "a file that becomes executable": ({"a": "1\n"}, {"a": Script("1\n")}),
    "an executable that changes": ({"a": Script("1\n")}, {"a": Script("2\n")}),
    "a link that comes": ({"a": "1\n"}, {"l": Link("a")}),
    "a link that points elsewhere": ({"l": Link("a")}, {"l": Link("b/c")}),
    "a link that becomes a file": ({"l": Link("a")}, {"l": "a\n"}),
    "a file that becomes a link": ({"l": "a\n"}, {"l": Link("a")}),
    "a folder in place of a file": ({"a": "1\n"}, {"a": None, "a/b": "2\n"}),
    "names with spaces": ({"a b": "1\n"}, {"a b": "2\n", "c  d": "2\n"}),
    "names with spaces at their ends": ({" c ": "1\n"}, {" c ": "2\n"}),
    "names in Czech": ({"Přehled": "1\n"}, {"Přehled": "2\n", "Závěr.txt": "3\n"}),
    "names with quotes and backslashes": ({'a"b': "1\n"}, {'a"b': "2\n", "c\\d": "3\n"}),
    "names with tabs": ({"a\tb": "1\n"}, {"a\tb": "2\n", "c\td": "3\n"}),
    "names that look like ids": ({"a b/a": "1\n"}, {"a b/a": "2\n"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_git_apply_makes_the_changeset_of_its_parent(way, made, change, tmp_path):
    changed = made(way, change)
    work = trees.write(tmp_path / "work", changed.repo.tree(changed.first))
    diff = changed.repo.diff(changed.second)
    trees.run("git", "apply", "--whitespace=nowarn", "-", cwd=work, stdin=diff)
    assert trees.read(work) == changed.repo.tree(changed.second)


@pytest.mark.parametrize("change", CHANGES)
def test_git_apply_makes_the_first_changeset_of_nothing(way, made, change, tmp_path):
    changed = made(way, change)
    work = trees.write(tmp_path / "work", {})
    diff = changed.repo.diff(changed.first)
    trees.run("git", "apply", "--whitespace=nowarn", "-", cwd=work, stdin=diff)
    assert trees.read(work) == changed.repo.tree(changed.first)


OF_GIT_ONLY = re.compile("binary|link|exec|empt|no UTF-8|folder in place|spaces at")
"""What GNU patch does not do, with Git's own diffs either."""
TEXT_CHANGES = [name for name in CHANGES if not OF_GIT_ONLY.search(name)]


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
@pytest.mark.parametrize("change", TEXT_CHANGES)
def test_patch_makes_the_changeset_of_its_parent(way, made, change, tmp_path):
    changed = made(way, change)
    work = trees.write(tmp_path / "work", changed.repo.tree(changed.first))
    command = ("patch", "--binary", "--no-backup-if-mismatch", "-p1")
    trees.run(*command, cwd=work, stdin=changed.repo.diff(changed.second))
    assert trees.read(work) == changed.repo.tree(changed.second)


names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12
).filter(lambda name: name not in {".", ".."} and not name.lower().startswith((".git", ".hg")))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=st.lists(names, min_size=1, max_size=4, unique_by=str.casefold))
def test_no_name_of_a_file_is_misread(clients, tmp_path_factory, found):
    folder = tmp_path_factory.mktemp("names")
    by_git, here = (Repo(WAYS[way][1], clients["git"], folder / "r") for way in ("git", "dulwich"))
    here.client.init(here.path)
    first = here.commit(dict.fromkeys(found, "1\n"))
    assert by_git.diff(first) == here.diff(first)
    work = trees.write(folder / "work", {})
    trees.run("git", "apply", "-", cwd=work, stdin=here.diff(first))
    assert trees.read(work) == here.tree(first)


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"a binary file that changes"}))
def test_git_diffs_are_the_same_with_and_without_the_program(made, change):
    changed = made("git", change)
    told_by_git_only = rb"similarity index \d+%\n|(?<= @@) [^\n]*"
    for raw_id in (changed.first, changed.second):
        by_git, here = (made(way, change).repo.diff(raw_id) for way in ("git", "dulwich"))
        assert re.sub(told_by_git_only, b"", by_git) == here


def test_hunks_of_hg_tell_both_counts_and_those_of_git_are_gits_own(repo):
    repo.commit({"a": "1\n"})
    second = repo.commit({"a": "1\n2\n"})
    hunk = b"@@ -1,1 +1,2 @@" if repo.client.alias == "hg" else b"@@ -1 +1,2 @@"
    assert hunk in repo.diff(second)


def test_as_many_lines_stand_around_a_change_as_are_asked_for(repo):
    repo.commit({"a": LINES})
    second = repo.commit({"a": LINES.replace("line 20\n", "other\n")})
    lines = repo.diff(second, context=1).splitlines()
    assert lines[-4:] == [b" line 19", b"-line 20", b"+other", b" line 21"]


def test_white_space_does_not_count_when_it_is_to_be_ignored(repo):
    repo.commit({"a": "one two\nthree\n", "b": "1\n"})
    second = repo.commit({"a": "one  two \nthree\n", "b": "2\n"})
    diff = repo.diff(second, ignore_whitespace=True)
    assert b"one" not in diff
    assert b"+2" in diff


def test_renamed_files_are_told(repo):
    if repo.client.alias == "hg":
        pytest.skip("hg knows of renames only where the client recorded them")
    repo.commit({"old": LINES})
    second = repo.commit({"old": None, "new": LINES + "more\n"})
    assert b"rename from old\nrename to new\n" in repo.diff(second)


def test_a_merge_is_compared_with_its_first_parent(clients, tmp_path):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    base = git.commit(path, {"a": "1\n"})
    ours = git.commit(path, {"b": "2\n"})
    theirs = git.commit(path, {"c": "3\n"}, branch="side", parent=base)
    tree = git.run("-C", str(path), "rev-parse", f"{theirs}^{{tree}}").strip()
    author = "A <a@example.org>"
    merge = git.run(
        *("-C", str(path), "-c", "user.name=A", "-c", "user.email=a@example.org"),
        *("commit-tree", "-p", ours, "-p", theirs, "-m", f"merge by {author}", tree),
    ).strip()
    for way in ("git", "dulwich"):
        diff = b"".join(WAYS[way][1].diff(path, merge))
        assert b"new file mode 100644\nindex" in diff
        assert b"+++ b/c" in diff
        assert b"--- a/b" in diff


def test_lines_are_counted_by_file(repo):
    repo.commit({"a": "1\n2\n3\n", "gone": "1\n", "b": b"\0"})
    second = repo.commit({"a": "1\n3\n4\n5\n", "gone": None, "b": b"\0\0", "Ž": "new\n"})
    assert repo.backend.stats(repo.path, second) == [
        FileStat("a", "M", 2, 1),
        FileStat("b", "M", 0, 0),
        FileStat("gone", "D", 0, 1),
        FileStat("Ž", "A", 1, 0),
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_counts_are_the_same_with_and_without_the_program(made, change):
    changed = made("git", change)
    for raw_id in (changed.first, changed.second):
        by_git, here = (
            made(way, change).repo.backend.stats(changed.repo.path, raw_id)
            for way in ("git", "dulwich")
        )
        assert by_git == here
