import pytest

DENIED = "Access was denied to this resource."


@pytest.fixture(autouse=True)
def alpha(api):
    """A group that holds nothing."""
    api.create_repo_group(group_name="alpha")


FAILED = "failed to delete repo group ID:1 alpha"


@pytest.mark.parametrize("given", ["alpha", 1, "1"])
def test_a_group_is_deleted_with_its_directory(api, root, world, given):
    result = api.delete_repo_group(repogroupid=given)
    assert result == {"msg": "deleted repo group ID:1 alpha", "repo_group": None}
    assert api.get_repo_groups() == []
    assert not (root / "alpha").exists()
    assert world.grants("group", 1) == ([], [])


def test_its_name_is_free_again(api):
    api.delete_repo_group(repogroupid="alpha")
    assert api.create_repo_group(group_name="alpha")["repo_group"]["group_id"] == 2
    api.delete_repo_group(repogroupid="alpha")
    api.create_repo(repo_name="alpha", repo_type="git")


def test_a_group_without_a_directory_is_deleted_too(api, root):
    (root / "alpha").rmdir()
    assert api.delete_repo_group(repogroupid="alpha")["repo_group"] is None
    assert api.get_repo_groups() == []


def test_a_group_in_another_is_deleted_alone(api, root):
    api.create_repo_group(group_name="kid", parent="alpha")
    msg = api.delete_repo_group(repogroupid="alpha/kid")["msg"]
    assert msg == "deleted repo group ID:2 alpha/kid"
    assert (root / "alpha").is_dir()


def test_a_group_with_a_repository_stays(api, nothing_changes):
    api.create_repo(repo_name="alpha/new", repo_type="git")
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED


def test_a_group_with_a_repository_that_is_being_made_stays(api, world, nothing_changes):
    world.repository("alpha/new", group_id=1, pending=True)
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED


def test_a_group_with_a_group_stays(api, nothing_changes):
    api.create_repo_group(group_name="kid", parent="alpha")
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED


def test_a_group_whose_repository_lies_in_the_trash_is_deleted(api):
    api.create_repo(repo_name="alpha/new", repo_type="git")
    api.delete_repo(repoid="alpha/new")
    assert api.delete_repo_group(repogroupid="alpha")["repo_group"] is None


@pytest.mark.parametrize("what", ["a file", "a directory", "a hidden file"])
def test_a_group_with_something_unknown_in_its_directory_stays(api, root, nothing_changes, what):
    path = root / "alpha" / ("." * what.count("hidden") + "mine")
    path.mkdir() if what == "a directory" else path.write_text("precious")
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED
    assert api.get_repo_group(repogroupid="alpha")["group_id"] == 1


@pytest.mark.parametrize("inside", [True, False])
def test_a_symbolic_link_is_left_alone(api, root, tmp_path, nothing_changes, inside):
    target = root / "target" if inside else tmp_path / "target"
    target.mkdir()
    (root / "alpha").rmdir()
    (root / "alpha").symlink_to(target)
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED


@pytest.mark.parametrize("given", ["nothing", "Alpha", 99, None])
def test_a_group_that_does_not_exist(api, nothing_changes, given):
    with nothing_changes():
        text = api.error("delete_repo_group", repogroupid=given)
        assert text == f"repository group `{given}` does not exist"


def test_the_group_is_required(api):
    text = api.error("delete_repo_group")
    assert text == "Missing non optional `repogroupid` arg in JSON DATA"


def test_only_administrators_delete_groups(as_bob, world, bob, nothing_changes):
    world.grant("group.admin", 1, user_id=bob)
    with nothing_changes():
        assert as_bob.error("delete_repo_group", repogroupid="alpha") == DENIED


def test_other_plugins_are_told(api, listener):
    api.delete_repo_group(repogroupid="alpha")
    assert [(event.action, event.subject) for event in listener.heard] == [
        (
            "repository_group.deleted",
            {"repo_group_id": 1, "repo_group_name": "alpha", "owner_id": 2},
        )
    ]


def test_what_another_plugin_refuses_changes_nothing(api, listener, nothing_changes):
    listener.refuses = "repository_group.deleted"
    with nothing_changes():
        assert api.error("delete_repo_group", repogroupid="alpha") == FAILED
