"""``get_repo`` with the names of revisions, and with pull requests."""

import pytest

NAMES = {"tags", "branches", "bookmarks"}


@pytest.fixture
def ids(api, alias, client, root):
    """The ids of two changesets; the older is tagged v1, the newer is on the branch feature."""
    api.create_repo(repo_name="repo", repo_type=alias)
    first = client.commit(root / "repo", {"a": "1"})
    client.tag(root / "repo", "v1", first)
    return first, client.commit(
        root / "repo", {"new": "7"}, branch="feature", parent=first, hour=14
    )


def test_branches_tags_and_bookmarks_lead_to_changesets(api, client, ids):
    repository = api.get_repo(repoid="repo", with_revision_names=True)
    assert repository["tags"]["v1"] == ids[0]
    assert repository["branches"].keys() == {client.main, "feature"}
    assert repository["branches"]["feature"] == ids[1]
    assert repository["bookmarks"] == {}


@pytest.mark.usefixtures("ids")
def test_the_rest_of_the_repository_is_the_same_with_them_and_without(api):
    repository = api.get_repo(repoid="repo", with_revision_names=True)
    without = api.get_repo(repoid="repo")
    assert {key: value for key, value in repository.items() if key not in NAMES} == without
    assert api.get_repo(repoid="repo", with_revision_names=False, with_pullrequests=None) == without


def test_an_empty_repository_has_no_names(api, alias):
    api.create_repo(repo_name="empty", repo_type=alias)
    repository = api.get_repo(repoid="empty", with_revision_names="true")
    assert {key: repository[key] for key in NAMES} == {key: {} for key in NAMES}


def test_names_of_what_cannot_be_read_are_a_failure(api, world):
    world.repository("gone")
    answer = api.error("get_repo", repoid="gone", with_revision_names=True)
    assert answer == "failed to get repo: `gone` revision names"
    assert api.get_repo(repoid="gone")["repo_name"] == "gone"


def test_whoever_reads_it_gets_them_and_nobody_else(api, as_bob, world, bob):
    api.create_repo(repo_name="repo", repo_type="git", private=True)
    gone = "repository `repo` does not exist"
    assert as_bob.error("get_repo", repoid="repo", with_revision_names=True) == gone
    world.grant("repository.read", 1, user_id=bob)
    assert as_bob.get_repo(repoid="repo", with_revision_names=True)["branches"] == {}


def test_there_are_no_pull_requests(api, world):
    world.repository("repo")
    assert api.get_repo(repoid="repo", with_pullrequests=True)["pull_requests"] == []
    assert "pull_requests" not in api.get_repo(repoid="repo")
