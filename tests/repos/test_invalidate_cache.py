import shutil

import pytest


def test_what_was_committed_by_hand_is_seen(api, alias, client, root):
    api.create_repo(repo_name="team/repo", repo_type=alias)
    first = client.commit(root / "team/repo", {"a": "1"}, message="first")
    assert api.get_repo(repoid="team/repo")["last_changeset"]["revision"] == -1
    assert api.invalidate_cache(repoid="team/repo") == "Caches of repository `team/repo`"
    assert api.get_repo(repoid="team/repo")["last_changeset"]["raw_id"] == first
    second = client.commit(root / "team/repo", {"a": "2"}, message="second", hour=13)
    assert api.invalidate_cache(repoid=1) == "Caches of repository `team/repo`"
    changeset = api.get_repos()[0]["last_changeset"]
    assert (changeset["raw_id"], changeset["revision"]) == (second, 1)
    assert changeset["message"].rstrip("\n") == "second"


@pytest.mark.parametrize("level", ["write", "admin"])
def test_a_writer_may(api, as_bob, world, bob, level):
    api.create_repo(repo_name="repo", repo_type="git", private=True)
    world.grant(f"repository.{level}", 1, user_id=bob)
    assert as_bob.invalidate_cache(repoid="repo") == "Caches of repository `repo`"


@pytest.mark.parametrize("level", ["none", "read"])
def test_others_are_told_that_it_does_not_exist(as_bob, world, bob, level):
    world.grant(f"repository.{level}", world.repository("repo"), user_id=bob)
    for repoid in ("repo", "absent", 1):
        text = as_bob.error("invalidate_cache", repoid=repoid)
        assert text == f"repository `{repoid}` does not exist"


def test_one_that_is_missing_on_disk_cannot_be_read(api, root, nothing_changes):
    api.create_repo(repo_name="repo", repo_type="git")
    shutil.rmtree(root / "repo")
    with nothing_changes():
        text = api.error("invalidate_cache", repoid="repo")
    assert text == "Error occurred during cache invalidation action"


def test_a_link_out_of_the_root_is_not_followed(api, root, tmp_path, nothing_changes):
    api.create_repo(repo_name="repo", repo_type="git")
    (root / "repo").rename(tmp_path / "elsewhere")
    (root / "repo").symlink_to(tmp_path / "elsewhere")
    with nothing_changes():
        text = api.error("invalidate_cache", repoid="repo")
    assert text == "Error occurred during cache invalidation action"


def test_the_repository_is_required(api):
    assert api.error("invalidate_cache") == "Missing non optional `repoid` arg in JSON DATA"
