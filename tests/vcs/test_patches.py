"""Patches: ``hg import`` and ``git am`` make the changeset of them that they were made of."""

from __future__ import annotations

import pytest

from kallithea_plugins.vcs_git.backend import GitBackend
from kallithea_plugins.vcs_hg.backend import HgBackend
from tests.vcs import trees
from tests.vcs.clients import AUTHOR, Link, Script

FORGED = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-1\n+forged\n"
MESSAGES = {
    "one line": "Add",
    "paragraphs": "Přidat průvodce\n\nA second paragraph.\n\tIndented.\n\nA third one.",
    "a list": "Add\n\n- one\n- two\n\n----\n====",
}
HOSTILE = {
    "a diff": f"Add\n\n{FORGED}",
    "a diff at once": FORGED,
    "the end of a message": f"Add\n\n---\n{FORGED}",
    "another diff": "Add\n\nIndex: a\n--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-1\n+forged\n",
    "another mail": f"Add\n\nFrom {'0' * 40} Mon Sep 17 00:00:00 2001\nFrom: M <m@x>\n\n{FORGED}",
    "another header": "# User Mallory\n# Date 0 0\nAdd",
    "a header in the body": "Add\n\nFrom: Mallory <m@example.org>\nDate: 1970\n\ntext",
    "another changeset": f"Add\n\n# HG changeset patch\n# User Mallory\n\n{FORGED}",
    "line ends of other systems": f"Add\r\n\r\nIndex: a\r{FORGED}",
    "an encoded word": "Add =?utf-8?q?this?=",
}
BEFORE = {"a": "1\n", "gone": "1\n", "tool": "2\n"}
AFTER = {
    "a": "2\n",
    "gone": None,
    "tool": Script("2\n"),
    "Přehled dne": "ž\n",
    "picture": bytes(range(256)),
    "link": Link("a"),
}


@pytest.fixture(scope="module")
def hg_repo(clients, tmp_path_factory):
    """A repository whose first changeset is the parent of the patches."""
    path = tmp_path_factory.mktemp("hg") / "repo"
    clients["hg"].init(path)
    return path, clients["hg"].commit(path, BEFORE)


@pytest.fixture(scope="module")
def git_repo(clients, tmp_path_factory):
    """The same for Git."""
    path = tmp_path_factory.mktemp("git") / "repo"
    clients["git"].init(path)
    return path, clients["git"].commit(path, BEFORE)


def imported(hg, source, parent, patch, folder):
    """What ``hg import`` makes of a patch: the repository and the id."""
    hg.run("clone", "--noupdate", str(source), str(folder))
    where = ["--cwd", str(folder)]
    hg.run(*where, "update", parent)
    (folder / "patch").write_bytes(patch)
    hg.run(*where, "import", "patch")
    return hg.run(*where, "log", "--rev=.", "--template={node}")


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("message", MESSAGES)
def test_hg_import_makes_the_same_changeset(hg, hg_repo, tmp_path, message):
    path, first = hg_repo
    raw_id = hg.commit(path, AFTER, message=MESSAGES[message], parent=first)
    patch = b"".join(HgBackend().patch(path, raw_id))
    assert imported(hg, path, first, patch, tmp_path / "copy") == raw_id


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("message", HOSTILE)
def test_hg_import_takes_nothing_from_a_message(hg, hg_repo, tmp_path, message):
    path, first = hg_repo
    raw_id = hg.commit(path, AFTER, message=HOSTILE[message], parent=first)
    patch = b"".join(HgBackend().patch(path, raw_id))
    made = imported(hg, path, first, patch, tmp_path / "copy")
    copy = tmp_path / "copy"
    assert trees.exported(HgBackend(), copy, made) == trees.exported(HgBackend(), path, raw_id)
    told = HgBackend().changeset(copy, made)
    assert told.author == AUTHOR
    assert told.date == HgBackend().changeset(path, raw_id).date
    assert _words(told.message) == _words(HOSTILE[message])


def _words(text):
    return text.split()


def applied(source, parent, patch, folder):
    """What ``git am`` makes of a patch: the repository and the id."""
    git = ("git", "-c", "safe.directory=*")
    trees.run(*git, "clone", "--quiet", "--no-checkout", str(source), str(folder), cwd=source)
    trees.run(*git, "checkout", "--quiet", "--detach", parent, cwd=folder)
    who = {"GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org"}
    trees.run(*git, "am", "--quiet", cwd=folder, stdin=patch, more=who)
    return trees.run(*git, "rev-parse", "HEAD", cwd=folder).decode().strip()


def told(folder, raw_id, what):
    return trees.run("git", "show", "-s", f"--format={what}", raw_id, cwd=folder).decode().strip()


@pytest.mark.parametrize("message", MESSAGES)
def test_git_am_makes_the_same_commit_by_another_committer(clients, git_repo, tmp_path, message):
    path, first = git_repo
    raw_id = clients["git"].commit(path, AFTER, message=MESSAGES[message], parent=first)
    made = applied(path, first, b"".join(GitBackend().patch(path, raw_id)), tmp_path / "copy")
    for what in ("%T", "%an <%ae>", "%ad", "%B"):
        assert told(tmp_path / "copy", made, what) == told(path, raw_id, what)


@pytest.mark.parametrize("message", HOSTILE)
def test_git_am_takes_nothing_from_a_message(clients, git_repo, tmp_path, message):
    path, first = git_repo
    raw_id = clients["git"].commit(path, AFTER, message=HOSTILE[message], parent=first)
    made = applied(path, first, b"".join(GitBackend().patch(path, raw_id)), tmp_path / "copy")
    for what in ("%T", "%an <%ae>", "%ad"):
        assert told(tmp_path / "copy", made, what) == told(path, raw_id, what)
    assert _words(told(tmp_path / "copy", made, "%B")) == _words(HOSTILE[message])


def test_git_am_takes_a_patch_that_was_made_without_git(clients, git_repo, tmp_path):
    path, first = git_repo
    raw_id = clients["git"].commit(path, AFTER, parent=first)
    patch = b"".join(GitBackend(use_program=False).patch(path, raw_id))
    made = applied(path, first, patch, tmp_path / "copy")
    assert told(tmp_path / "copy", made, "%T") == told(path, raw_id, "%T")


AUTHORS = [
    b"A. U. Thor <a@example.org>",
    b'A "Quoted" (Name) \\ B <a@example.org>',
    "Žofie Příšerně Dlouhá, roz. Nováková, řed. Ř <z@x.org>".encode(),
    b"=?utf-8?q?x?= <a@example.org>",
    b"Bell\x07Tab\t <a@example.org>",
]


@pytest.mark.parametrize("author", AUTHORS)
def test_authors_of_all_kinds_arrive(clients, git_repo, tmp_path, author):
    path, first = git_repo
    stream = b"commit refs/heads/odd\nauthor %s 1577876400 -0130\n" % author
    stream += b"committer C <c@x> 1577876400 +0000\ndata 1\nx\nfrom %s\n" % first.encode()
    stream += b"M 100644 inline new\ndata 1\nx\n"
    clients["git"].run("-C", str(path), "fast-import", "--quiet", "--force", stdin=stream)
    raw_id = clients["git"].run("-C", str(path), "rev-parse", "odd").strip()
    made = applied(path, first, b"".join(GitBackend().patch(path, raw_id)), tmp_path / "copy")
    found = told(tmp_path / "copy", made, "%an <%ae>, %ad")
    assert found.split() == told(path, raw_id, "%an <%ae>, %ad").replace("\x07", " ").split()
