"""What every backend promises of history: the log, single changesets, changes and names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import (
    NULL_ID,
    Changes,
    Refs,
    Selection,
    UnknownBranch,
    UnknownRevision,
    VcsError,
)
from tests.vcs.clients import AUTHOR, Link

if TYPE_CHECKING:
    from pathlib import Path

    from kallithea_host.vcs import Backend
    from tests.vcs.clients import Client, Files
    from tests.vcs.conftest import History

NO_IDS = ["f" * 40, NULL_ID, "tip", "0", "", "g" * 40, "f" * 39, "\u017f" * 40]


def ids(backend: Backend, path: Path, selection: Selection) -> list[str]:
    return [changeset.raw_id for changeset in backend.log(path, selection)]


def names(history: History, found: list[str]) -> list[str]:
    """The changesets of the history by their names in it; the tag's own is left out."""
    known = {history.first: "first", history.second: "second", history.third: "third"}
    return [known[raw_id] for raw_id in found if raw_id in known]


@pytest.fixture
def empty(backend: Backend, tmp_path: Path) -> Path:
    """A repository without changesets."""
    backend.create(tmp_path / "empty")
    return tmp_path / "empty"


def test_the_log_has_every_changeset_the_oldest_first(
    backend: Backend, client: Client, unchanged: History
) -> None:
    log = backend.log(unchanged.path, Selection())
    assert {changeset.raw_id for changeset in log} == client.ids(unchanged.path)
    assert [changeset.revision for changeset in log] == list(range(len(log)))
    assert names(unchanged, [each.raw_id for each in log]) == ["first", "second", "third"]


def test_the_log_tells_of_a_changeset_what_the_tip_does(
    backend: Backend, unchanged: History
) -> None:
    *_, last = backend.log(unchanged.path, Selection())
    assert last == backend.tip(unchanged.path) == backend.changeset(unchanged.path, last.raw_id)


def test_the_log_of_an_empty_repository_is_empty(backend: Backend, empty: Path) -> None:
    assert backend.log(empty, Selection()) == []
    assert backend.log(empty, Selection(newest_first=True, limit=3)) == []


def test_both_ends_of_a_range_are_in_it(backend: Backend, unchanged: History) -> None:
    first, second, third = unchanged.first, unchanged.second, unchanged.third
    for start, end, expected in (
        (None, first, ["first"]),
        (None, second, ["first", "second"]),
        (second, None, ["second", "third"]),
        (first, third, ["first", "second", "third"]),
        (second, second, ["second"]),
        (third, first, []),
    ):
        found = ids(backend, unchanged.path, Selection(start=start, end=end))
        assert names(unchanged, found) == expected


def test_a_turned_log_has_the_same_changesets(backend: Backend, unchanged: History) -> None:
    for start, end in ((None, None), (unchanged.second, None), (None, unchanged.second)):
        forth = ids(backend, unchanged.path, Selection(start=start, end=end))
        back = ids(backend, unchanged.path, Selection(start=start, end=end, newest_first=True))
        assert back == forth[::-1]


@pytest.mark.parametrize(("limit", "expected"), [(0, 0), (1, 1), (2, 2), (99, 3)])
def test_a_limit_keeps_the_first_ones_in_the_order_asked_for(
    backend: Backend, unchanged: History, limit: int, expected: int
) -> None:
    end = backend.resolve(unchanged.path, 2)
    for turned in (False, True):
        whole = ids(backend, unchanged.path, Selection(end=end, newest_first=turned))
        part = Selection(end=end, newest_first=turned, limit=limit)
        assert ids(backend, unchanged.path, part) == whole[:expected]


def test_dates_are_inclusive(backend: Backend, unchanged: History) -> None:
    eleven, twelve, one = (datetime(2020, 1, 1, hour, tzinfo=UTC) for hour in (11, 12, 13))
    for since, until, expected in (
        (eleven, None, ["first", "second", "third"]),
        (twelve, None, ["second", "third"]),
        (None, twelve, ["first", "second"]),
        (twelve, twelve, ["second"]),
        (one, twelve, []),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC), ["first", "second"]),
    ):
        found = ids(backend, unchanged.path, Selection(since=since, until=until, limit=None))
        assert names(unchanged, found)[: len(expected)] == expected
        assert bool(found) == bool(expected)


def test_a_limit_counts_what_the_dates_leave(backend: Backend, unchanged: History) -> None:
    noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert ids(backend, unchanged.path, Selection(since=noon, limit=1)) == [unchanged.second]


def test_a_branch_selects_its_own(backend: Backend, client: Client, history: History) -> None:
    main = client.commit(history.path, {"m": "m"}, hour=15)
    found = ids(backend, history.path, Selection(branch="feature"))
    assert history.third in found
    assert main not in found
    found = ids(backend, history.path, Selection(branch=client.main))
    assert {history.first, history.second, main} <= set(found)
    assert history.third not in found


@pytest.mark.parametrize("branch", ["nope", "v1", "", "all()", "a\0b", "\udcff", "-x", "../x"])
def test_an_unknown_branch_is_refused(backend: Backend, unchanged: History, branch: str) -> None:
    with pytest.raises(UnknownBranch):
        backend.log(unchanged.path, Selection(branch=branch))


@pytest.mark.parametrize("raw_id", NO_IDS)
def test_what_is_no_full_id_of_a_changeset_is_refused(
    backend: Backend, unchanged: History, raw_id: str
) -> None:
    path = unchanged.path
    with pytest.raises(UnknownRevision):
        backend.log(path, Selection(start=raw_id))
    with pytest.raises(UnknownRevision):
        backend.log(path, Selection(end=raw_id))
    with pytest.raises(UnknownRevision):
        backend.changeset(path, raw_id)
    with pytest.raises(VcsError):
        backend.changes(path, raw_id)


def test_a_changeset_is_found_by_its_id(backend: Backend, unchanged: History) -> None:
    found = backend.changeset(unchanged.path, unchanged.second)
    assert (found.raw_id, found.revision, found.author) == (unchanged.second, 1, AUTHOR)
    assert found.message.rstrip("\n") == "second"
    assert found.date == datetime(2020, 1, 1, 12, tzinfo=UTC)


def test_the_first_changeset_added_all_its_files(backend: Backend, unchanged: History) -> None:
    files = [".ignore", "README", "docs.txt"]
    deeper = ["docs/Zeta.txt", "docs/api/index.txt", "docs/guide.txt", "latest"]
    assert backend.changes(unchanged.path, unchanged.first) == Changes([*files, *deeper], [], [])


def test_changes_are_against_the_parent(backend: Backend, unchanged: History) -> None:
    assert backend.changes(unchanged.path, unchanged.second) == Changes([], ["README"], [])
    expected = Changes(["docs/api/v2/x/deep.txt"], ["README"], [])
    assert backend.changes(unchanged.path, unchanged.third) == expected


def test_a_moved_file_was_added_and_removed(
    backend: Backend, client: Client, history: History
) -> None:
    files: Files = {"docs/guide.txt": None, "guide.txt": "a\n"}
    moved = client.commit(history.path, files, parent=history.second, hour=15)
    assert backend.changes(history.path, moved) == Changes(["guide.txt"], [], ["docs/guide.txt"])


def test_a_folder_in_the_place_of_a_file_is_told_by_its_files(
    backend: Backend, client: Client, history: History
) -> None:
    files: Files = {"docs.txt": None, "docs.txt/a": "", "docs.txt/b/c": ""}
    turned = client.commit(history.path, files, parent=history.second, hour=15)
    expected = Changes(["docs.txt/a", "docs.txt/b/c"], [], ["docs.txt"])
    assert backend.changes(history.path, turned) == expected
    files = {"docs.txt/a": None, "docs.txt/b/c": None, "docs.txt": ""}
    back = client.commit(history.path, files, parent=turned, hour=16)
    expected = Changes(["docs.txt"], [], ["docs.txt/a", "docs.txt/b/c"])
    assert backend.changes(history.path, back) == expected


def test_a_file_that_becomes_a_link_was_changed(
    backend: Backend, client: Client, history: History
) -> None:
    files: Files = {"latest": "docs/guide.txt", "README": Link("docs.txt")}
    turned = client.commit(history.path, files, parent=history.second, hour=15)
    assert backend.changes(history.path, turned) == Changes([], ["README", "latest"], [])


def test_changed_files_with_odd_names_are_told_in_the_order_of_their_names(
    backend: Backend, client: Client, history: History
) -> None:
    files: Files = {b"latin-\xe9": "", "ž/ǅ": "", "a b": "", "Z": "", "z-": "", "z/y": ""}
    odd = client.commit(history.path, files, parent=history.second, hour=15)
    expected = ["Z", "a b", "latin-\N{REPLACEMENT CHARACTER}", "z-", "z/y", "ž/ǅ"]
    assert backend.changes(history.path, odd) == Changes(expected, [], [])


def test_names_lead_to_changesets(backend: Backend, client: Client, unchanged: History) -> None:
    refs = backend.refs(unchanged.path)
    assert refs.branches.keys() == {client.main, "feature"}
    assert refs.branches["feature"] == unchanged.third
    assert refs.tags["v1"] == unchanged.first
    assert refs.bookmarks == {}
    every = (*refs.branches.items(), *refs.tags.items())
    assert {backend.resolve(unchanged.path, name) == raw_id for name, raw_id in every} == {True}


def test_an_empty_repository_has_no_names(backend: Backend, empty: Path) -> None:
    assert backend.refs(empty) == Refs({}, {}, {})
