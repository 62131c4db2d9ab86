"""History as only Mercurial has it: closed branches, bookmarks, merges, secret changesets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import Changes, Selection, UnknownBranch, UnknownRevision
from tests.vcs.clients import AUTHOR

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.vcs.clients import HgClient
    from tests.vcs.conftest import History

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture
def alias() -> str:
    return "hg"


def run(hg: HgClient, path: Path, *arguments: str) -> str:
    return hg.run("--cwd", str(path), *arguments)


def test_a_closed_branch_is_no_name_any_more_but_has_its_log(
    backend: Backend, hg: HgClient, history: History
) -> None:
    closing = hg.close_branch(history.path, "feature")
    assert backend.refs(history.path).branches.keys() == {"default"}
    log = backend.log(history.path, Selection(branch="feature"))
    assert [each.raw_id for each in log] == [history.third, closing]


def test_a_branch_has_what_was_committed_on_it_and_not_what_it_builds_upon(
    backend: Backend, unchanged: History
) -> None:
    log = backend.log(unchanged.path, Selection(branch="feature"))
    assert [each.raw_id for each in log] == [unchanged.third]


def test_bookmarks_and_the_tip_are_names(backend: Backend, hg: HgClient, history: History) -> None:
    run(hg, history.path, "bookmark", "--rev", history.second, "stable")
    refs = backend.refs(history.path)
    assert refs.bookmarks == {"stable": history.second}
    assert refs.tags == {"v1": history.first, "tip": history.third}


def test_secret_changesets_are_nowhere(backend: Backend, hg: HgClient, history: History) -> None:
    run(hg, history.path, "phase", "--force", "--secret", history.third)
    run(hg, history.path, "bookmark", "--rev", history.third, "hidden")
    log = backend.log(history.path, Selection())
    assert history.third not in {each.raw_id for each in log}
    assert len(log) == 3
    refs = backend.refs(history.path)
    assert refs.bookmarks == {}
    assert refs.tags["tip"] == log[-1].raw_id
    with pytest.raises(UnknownBranch):
        backend.log(history.path, Selection(branch="feature"))
    with pytest.raises(UnknownRevision):
        backend.changeset(history.path, history.third)


def test_a_merge_is_compared_with_its_first_parent(
    backend: Backend, hg: HgClient, history: History
) -> None:
    side = hg.commit(history.path, {"side": "s"}, parent=history.second, hour=15)
    run(hg, history.path, "update", history.third)
    run(hg, history.path, "merge", "--tool=:local", side)
    run(hg, history.path, "commit", "--message=merged", f"--user={AUTHOR}")
    merge = run(hg, history.path, "log", "--rev=tip", "--template={node}")
    assert backend.changes(history.path, merge) == Changes(["side"], [], [])


def test_there_is_no_program_of_its_own(backend: Backend) -> None:
    assert backend.program() is None
