import subprocess

import pytest


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_a_created_repository_is_answered_and_lies_on_disk(api, host, alias):
    reply = api.create_repo(repo_name="a/b/c", repo_type=alias)
    assert reply["msg"] == "Created new repository `a/b/c`"
    assert reply["success"] is True
    assert reply["task"] is None
    assert reply["repo"]["repo_name"] == "a/b/c"
    assert host.backends.detect(host.settings.repositories / "a/b/c") == alias
    assert api.get_repo(repoid="a/b/c")["members"][0]["permission"] == "repository.read"


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_the_whole_story(api, host, alias):
    api.create_repo(repo_name="a/b", repo_type=alias)
    assert api.fork_repo(repoid="a/b", fork_name="f")["msg"] == "Created fork of `a/b` as `f`"
    assert api.get_repo(repoid="f")["fork_of"] == "a/b"
    assert api.error("delete_repo", repoid="a/b") == "Cannot delete `a/b` it still contains attached forks"
    assert api.update_repo(repoid="a/b", name="x", group="/")["msg"].endswith("`x`")
    assert [r["repo_name"] for r in api.get_repos()] == ["f", "x"]
    assert api.lock(repoid="x", locked=True)["locked"] is True
    assert api.lock(repoid="x")["msg"].startswith("Repo `x` locked by `admin` on `\"2")
    assert api.delete_repo(repoid="x", forks="detach")["success"] is True
    assert api.get_repo(repoid="f")["fork_of"] is None
    assert api.rescan_repos() == {"added": [], "removed": []}
