import pytest
from sqlalchemy import select

from kallithea_host import schema


def names(api):
    return [repository["repo_name"] for repository in api.get_repos()]


@pytest.fixture
def family(api):
    """A repository, two forks of it, and a fork of one of them."""
    api.create_repo(repo_name="parent", repo_type="git")
    api.fork_repo(repoid="parent", fork_name="one")
    api.fork_repo(repoid="parent", fork_name="a/two")
    api.fork_repo(repoid="one", fork_name="three")


def test_a_deleted_repository_is_gone_and_lies_in_the_trash(api, alias, client, root):
    api.create_repo(repo_name="a/repo", repo_type=alias)
    raw_id = client.commit(root / "a/repo", {"a": "1"})
    reply = api.delete_repo(repoid="a/repo")
    assert reply == {"msg": "Deleted repository `a/repo`", "success": True}
    assert api.error("get_repo", repoid="a/repo") == "repository `a/repo` does not exist"
    assert not (root / "a/repo").exists()
    (kept,) = (root / ".trash").iterdir()
    assert client.ids(kept) == {raw_id}


def test_its_name_is_free_again(api):
    api.create_repo(repo_name="repo", repo_type="git")
    for _ in range(3):
        api.delete_repo(repoid="repo")
        api.create_repo(repo_name="repo", repo_type="git")
    assert names(api) == ["repo"]


def test_rows_that_hang_on_it_go_and_the_journal_keeps_its_name(api, world, bob, journal):
    api.create_repo(repo_name="repo")
    world.grant("repository.read", 1, user_id=bob)
    before = journal()
    api.delete_repo(repoid="repo")
    assert journal() == before
    assert world.rows(select(schema.journal.c.repo_id)) == [(None,)] * len(before)
    assert world.grants("repository", 1) == ([], [])
    assert world.rows(select(schema.followers)) == []


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("forks", [None, "", "neither", "Detach"])
def test_a_repository_with_forks_is_kept_unless_they_are_spoken_of(api, nothing_changes, forks):
    with nothing_changes():
        text = api.error("delete_repo", repoid="parent", forks=forks)
    assert text == "Cannot delete `parent` it still contains attached forks"


@pytest.mark.usefixtures("family")
def test_detached_forks_stay_and_forget_their_parent(api, root):
    reply = api.delete_repo(repoid="parent", forks="detach")
    assert reply["msg"] == "Deleted repository `parent`"
    assert {r["repo_name"]: r["fork_of"] for r in api.get_repos()} == {
        "a/two": None, "one": None, "three": "one",
    }  # fmt: skip
    assert (root / "one").is_dir()


@pytest.mark.usefixtures("family")
def test_deleted_forks_go_with_their_own(api, root):
    reply = api.delete_repo(repoid="parent", forks="delete")
    assert reply["msg"] == "Deleted repository `parent`"
    assert names(api) == []
    assert len(list((root / ".trash").iterdir())) == 4


@pytest.mark.usefixtures("family")
def test_deleting_in_the_middle_leaves_the_rest(api):
    api.delete_repo(repoid="one", forks="delete")
    assert {r["repo_name"]: r["fork_of"] for r in api.get_repos()} == {
        "a/two": "parent", "parent": None,
    }  # fmt: skip


@pytest.mark.parametrize("forks", ["detach", "delete", "anything", None])
def test_without_forks_every_mode_will_do(api, forks):
    api.create_repo(repo_name="repo", repo_type="git")
    assert api.delete_repo(repoid="repo", forks=forks)["msg"] == "Deleted repository `repo`"


def test_mode_is_text(api, world):
    world.repository("repo")
    text = api.error("delete_repo", repoid="repo", forks=True)
    assert text == "Invalid value for `forks` arg in JSON DATA: expected text"


def test_it_is_found_by_id(api):
    repo_id = api.create_repo(repo_name="repo", repo_type="git")["repo"]["repo_id"]
    assert api.delete_repo(repoid=str(repo_id))["msg"] == "Deleted repository `repo`"


def test_a_repository_admin_and_the_owner_may_delete(api, as_bob, world, bob):
    api.create_repo(repo_name="administered", repo_type="git")
    world.grant("repository.admin", 1, user_id=bob)
    as_bob.create_repo(repo_name="owned", repo_type="git")
    as_bob.delete_repo(repoid="administered")
    as_bob.delete_repo(repoid="owned")
    assert names(api) == []


@pytest.mark.parametrize("level", ["none", "read", "write"])
def test_others_are_told_that_it_does_not_exist(api, as_bob, world, bob, level, nothing_changes):
    api.create_repo(repo_name="repo", repo_type="git")
    world.grant(f"repository.{level}", 1, user_id=bob)
    with nothing_changes():
        assert as_bob.error("delete_repo", repoid="repo") == "repository `repo` does not exist"


def test_one_that_is_missing_on_disk_can_be_deleted(api, world):
    world.repository("gone")
    assert api.delete_repo(repoid="gone")["success"] is True
    assert names(api) == []


def test_a_trash_that_cannot_be_written_is_a_failure(api, root, nothing_changes):
    api.create_repo(repo_name="repo", repo_type="git")
    (root / ".trash").write_text("no folder")
    with nothing_changes():
        text = api.error("delete_repo", repoid="repo")
    assert text == "failed to delete repository `repo`"


def test_groups_stay(api, world):
    api.create_repo(repo_name="a/b/repo", repo_type="git")
    api.delete_repo(repoid="a/b/repo")
    groups = world.rows(select(schema.repository_groups.c.group_name))
    assert sorted(groups) == [("a",), ("a/b",)]
