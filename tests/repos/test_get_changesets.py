import pytest

from tests.vcs.clients import AUTHOR

DATE = "Invalid value for `{}` arg in JSON DATA: expected YYYY-MM-DDTHH:MM:SS"
LIMIT = "Invalid value for `max_revisions` arg in JSON DATA: expected integer, not negative"


@pytest.fixture
def ids(api, alias, client, root):
    """Four changesets, an hour apart from 11 o'clock on; the last is on the branch feature."""
    api.create_repo(repo_name="repo", repo_type=alias)
    path = root / "repo"
    made = [client.commit(path, {"a": "1", "b": "1"}, message="first")]
    made.append(client.commit(path, {"a": "2", "c": "1"}, message="second", hour=13))
    made.append(client.commit(path, {"b": None, "d": "1"}, message="third", hour=14))
    more = {"branch": "feature", "parent": made[1], "message": "fourth", "hour": 15}
    return [*made, client.commit(path, {"a": "4"}, **more)]


@pytest.fixture
def found(api, ids):
    """The places among ``ids`` of what a call gives."""

    def call(**arguments):
        changesets = api.get_changesets(repoid="repo", **arguments)
        return [ids.index(each["raw_id"]) for each in changesets]

    return call


def test_all_changesets_are_listed_the_oldest_first(api, ids):
    changesets = api.get_changesets(repoid="repo")
    assert [each["raw_id"] for each in changesets] == ids
    first = changesets[0]
    assert first["message"].rstrip() == "first"
    assert {key: first[key] for key in first if key != "message"} == {
        "short_id": ids[0][:12],
        "raw_id": ids[0],
        "revision": 0,
        "date": "2020-01-01T11:00:00",
        "author": AUTHOR,
    }


def test_the_last_is_what_the_repository_shows(api, ids):
    api.invalidate_cache(repoid="repo")
    changesets = api.get_changesets(repoid="repo")
    assert changesets[-1] == api.get_repo(repoid="repo")["last_changeset"]
    assert len(changesets) == len(ids)


def test_both_ends_are_in_the_range_by_any_name_of_a_revision(found, ids):
    assert found(start=ids[1], end=ids[2]) == [1, 2]
    assert found(start=ids[1][:10], end="2") == [1, 2]
    assert found(start=0, end=0) == [0]
    assert found(start="tip") == found(start=-1) == found(start="feature") == [3]
    assert found(end=1) == [0, 1]
    assert found(start=2, end=1) == []


def test_dates_are_inclusive(found):
    assert found(start_date="2020-01-01T12:00:00") == [1, 2, 3]
    assert found(end_date="2020-01-01T12:00:00") == [0, 1]
    assert found(start_date="2020-01-01T12:00:01", end_date="2020-01-01T13:59:59") == [2]
    assert found(start_date="2021-01-01T00:00:00") == []


def test_a_branch_has_its_changesets(found, client):
    assert found(branch_name=client.main) == [0, 1, 2]
    assert found(branch_name="feature")[-1] == 3
    assert 2 not in found(branch_name="feature")


def test_the_newest_come_first_when_asked_for(found):
    assert found(reverse=True) == [3, 2, 1, 0]
    assert found(reverse="True", end=2) == [2, 1, 0]


def test_a_maximum_keeps_the_first_ones_of_the_result(found):
    assert found(max_revisions=2) == found(max_revisions="2") == [0, 1]
    assert found(max_revisions=2, reverse=True) == [3, 2]
    assert found(max_revisions=1, start_date="2020-01-01T12:30:00") == [2]
    assert found(max_revisions=99) == found(max_revisions=0) == [0, 1, 2, 3]


def test_empty_text_and_null_narrow_nothing_down(found):
    names = ("start", "end", "start_date", "end_date", "branch_name")
    assert found(**dict.fromkeys(names, "")) == [0, 1, 2, 3]
    nulls = dict.fromkeys((*names, "reverse", "with_file_list", "max_revisions"))
    assert found(**nulls) == [0, 1, 2, 3]


def test_files_are_listed_when_asked_for(api, ids):
    changesets = api.get_changesets(repoid="repo", with_file_list=True, end=ids[2])
    kinds = ("added", "changed", "removed")
    assert [tuple(each[kind] for kind in kinds) for each in changesets] == [
        (["a", "b"], [], []),
        (["c"], ["a"], []),
        (["d"], [], ["b"]),
    ]
    assert "added" not in api.get_changesets(repoid="repo")[0]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("argument", ["start", "end"])
@pytest.mark.parametrize("revision", ["nope", "f" * 40, 99, "all()", "--all", "a\0b"])
def test_an_unknown_revision_does_not_exist(api, argument, revision):
    error = api.error("get_changesets", repoid="repo", **{argument: revision})
    assert error == f"revision `{revision}` does not exist"


@pytest.mark.parametrize("argument", ["start", "end"])
@pytest.mark.parametrize("value", [True, 1.5, [], {}])
def test_what_is_no_revision_is_told(api, world, argument, value):
    world.repository("repo")
    error = api.error("get_changesets", repoid="repo", **{argument: value})
    expected = f"Invalid value for `{argument}` arg in JSON DATA: expected text or integer"
    assert error == expected


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("branch", ["nope", "v1", "all()", "--all"])
def test_an_unknown_branch_does_not_exist(api, branch):
    error = api.error("get_changesets", repoid="repo", branch_name=branch)
    assert error == f"branch `{branch}` does not exist"


@pytest.mark.parametrize("argument", ["start_date", "end_date"])
@pytest.mark.parametrize("date", ["yesterday", "2020-01-01", "2020-13-01T00:00:00", 1577876400])
def test_what_is_no_date_is_told(api, world, argument, date):
    world.repository("repo")
    error = api.error("get_changesets", repoid="repo", **{argument: date})
    assert error == DATE.format(argument)


@pytest.mark.parametrize("number", [-1, "-1"])
def test_a_negative_maximum_is_told(api, world, number):
    world.repository("repo")
    assert api.error("get_changesets", repoid="repo", max_revisions=number) == LIMIT


@pytest.mark.parametrize("arguments", [{}, {"start": "tip"}, {"branch_name": "default"}])
def test_an_empty_repository_is_told(api, alias, arguments):
    api.create_repo(repo_name="empty", repo_type=alias)
    assert api.error("get_changesets", repoid="empty", **arguments) == "Repository is empty"


def test_a_repository_that_cannot_be_read_is_a_failure(api, world):
    world.repository("gone")
    assert api.error("get_changesets", repoid="gone") == "failed to get repo: `gone` changesets"


def test_to_whoever_cannot_read_it_the_repository_does_not_exist(api, as_bob, world, bob):
    repo_id = world.repository("repo")
    world.grant("repository.none", repo_id, user_id=bob)
    for repoid in ("repo", repo_id, "absent"):
        error = as_bob.error("get_changesets", repoid=repoid)
        assert error == f"repository `{repoid}` does not exist"
    assert api.error("get_changesets", repoid="absent") == "repository `absent` does not exist"


@pytest.mark.usefixtures("ids")
def test_whoever_reads_it_reads_its_history(as_bob):
    assert len(as_bob.get_changesets(repoid="repo")) == 4


def test_a_lost_commit_of_git_is_no_end_of_a_range(api, root, clients):
    api.create_repo(repo_name="repo", repo_type="git")
    git = clients["git"]
    first = git.commit(root / "repo", {"a": "1"})
    lost = git.commit(root / "repo", {"a": "2"}, branch="gone", parent=first)
    git.run("-C", str(root / "repo"), "update-ref", "-d", "refs/heads/gone")
    answer = "failed to get repo: `repo` changesets"
    assert api.error("get_changesets", repoid="repo", start=lost) == answer
