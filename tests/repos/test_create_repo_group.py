import pytest

from tests.repos.test_names import BAD


def test_a_group_is_made_with_its_directory(api, root):
    assert api.create_repo_group(group_name="alpha") == {
        "msg": "created new repo group `alpha`",
        "repo_group": {
            "group_id": 1,
            "group_name": "alpha",
            "group_description": "alpha",
            "parent_group": None,
            "repositories": [],
            "owner": "admin",
        },
    }
    assert (root / "alpha").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("parent", ["alpha", 1, "1"])
def test_a_group_is_made_in_another(api, root, parent):
    api.create_repo_group(group_name="alpha")
    made = api.create_repo_group(group_name="kid", parent=parent, description="the kid")
    assert made["msg"] == "created new repo group `kid`"
    assert made["repo_group"] == {
        "group_id": 2,
        "group_name": "alpha/kid",
        "group_description": "the kid",
        "parent_group": "alpha",
        "repositories": [],
        "owner": "admin",
    }
    assert (root / "alpha/kid").is_dir()


@pytest.mark.parametrize("parent", [None, "", "/"])
def test_the_top_level_goes_by_several_names(api, parent):
    group = api.create_repo_group(group_name="alpha", parent=parent, owner=None)["repo_group"]
    assert (group["group_name"], group["parent_group"], group["owner"]) == ("alpha", None, "admin")


def test_the_description_defaults_to_the_name_as_given(api):
    api.create_repo_group(group_name="alpha")
    group = api.create_repo_group(group_name="kid", parent="alpha")["repo_group"]
    assert group["group_description"] == "kid"


def test_the_directories_of_its_parents_are_made_again(api, root):
    api.create_repo_group(group_name="alpha")
    (root / "alpha").rmdir()
    api.create_repo_group(group_name="kid", parent="alpha")
    assert (root / "alpha/kid").is_dir()


def test_repositories_are_made_in_it(api):
    api.create_repo_group(group_name="alpha")
    api.create_repo(repo_name="alpha/new", repo_type="git")
    assert api.get_repo_group(repogroupid="alpha")["repositories"] == ["alpha/new"]


def test_it_begins_with_the_default_row(api, world):
    api.create_repo_group(group_name="alpha")
    assert world.grants("group", 1) == ([(1, 1)], [])


def test_an_owner_who_is_no_administrator_gets_a_row(api, world, bob):
    group = api.create_repo_group(group_name="alpha", owner="bob")["repo_group"]
    assert group["owner"] == "bob"
    assert world.grants("group", 1) == ([(1, 1), (bob, 4)], [])


def test_permissions_are_copied_from_the_parent(api, world, bob):
    parent, carol = world.repository_group("alpha"), world.user("carol")
    team = world.user_group("team")
    for user_id, word in ((1, "none"), (bob, "read"), (carol, "write")):
        world.grant(f"group.{word}", parent, user_id=user_id)
    world.grant("group.write", parent, users_group_id=team)
    group = api.create_repo_group(
        group_name="kid", parent="alpha", owner="bob", copy_permissions=True
    )["repo_group"]
    rows = ([(1, 0), (carol, 3), (bob, 4)], [(team, 3)])
    assert world.grants("group", group["group_id"]) == rows


def test_without_a_parent_there_is_nothing_to_copy(api, world):
    api.create_repo_group(group_name="alpha", copy_permissions=True)
    assert world.grants("group", 1) == ([(1, 1)], [])


@pytest.mark.parametrize("name", ["alpha", "ALPHA"])
def test_a_group_of_the_name_exists_already(api, nothing_changes, name):
    api.create_repo_group(group_name="alpha")
    with nothing_changes():
        text = api.error("create_repo_group", group_name=name)
        assert text == f"repo group `{name}` already exist"


@pytest.mark.parametrize("owner", [None, "nobody", "default"])
def test_a_taken_name_is_told_whatever_it_is_and_whoever_is_to_own_it(api, world, owner):
    world.repository_group("Two Words")
    text = api.error("create_repo_group", group_name="two words", owner=owner)
    assert text == "repo group `two words` already exist"


def test_names_are_told_apart_in_each_parent(api, nothing_changes):
    api.create_repo_group(group_name="kid")
    api.create_repo_group(group_name="alpha")
    api.create_repo_group(group_name="kid", parent="alpha")
    with nothing_changes():
        text = api.error("create_repo_group", group_name="Kid", parent="alpha")
        assert text == "repo group `Kid` already exist"


@pytest.mark.parametrize("name", ["taken", "TAKEN"])
def test_a_repository_has_the_name(api, nothing_changes, name):
    api.create_repo(repo_name="taken", repo_type="git")
    with nothing_changes():
        text = api.error("create_repo_group", group_name=name)
        assert text == f"failed to create repo group `{name}`"


def test_a_name_that_no_repository_gets_is_no_groups_either(api, nothing_changes):
    with nothing_changes():
        answers = {what: api.error("create_repo_group", group_name=BAD[what]) for what in BAD}
    assert answers == {what: f"failed to create repo group `{BAD[what]}`" for what in BAD}


@pytest.mark.parametrize("parent", [None, "alpha"])
def test_a_group_is_named_by_its_last_element(api, nothing_changes, parent):
    api.create_repo_group(group_name="alpha")
    with nothing_changes():
        text = api.error("create_repo_group", group_name="alpha/kid", parent=parent)
        assert text == "failed to create repo group `alpha/kid`"


@pytest.mark.parametrize("parent", ["nothing", 99, "child", True, ["alpha"]])
def test_an_unknown_parent(api, nothing_changes, parent):
    api.create_repo_group(group_name="alpha")
    api.create_repo_group(group_name="child", parent="alpha")
    with nothing_changes():
        text = api.error("create_repo_group", group_name="orphan", parent=parent)
    assert text.startswith("repository group `")
    assert text.endswith("` does not exist")


@pytest.mark.parametrize("owner", ["nobody", 99, "default"])
def test_somebody_who_cannot_own_it(api, nothing_changes, owner):
    with nothing_changes():
        text = api.error("create_repo_group", group_name="alpha", owner=owner)
        assert text == "failed to create repo group `alpha`"


@pytest.mark.parametrize("what", ["directory", "file", "link"])
def test_something_else_lies_there(api, root, nothing_changes, what):
    path = root / "alpha"
    {"directory": path.mkdir, "file": path.touch, "link": lambda: path.symlink_to("x")}[what]()
    with nothing_changes():
        text = api.error("create_repo_group", group_name="alpha")
        assert text == "failed to create repo group `alpha`"


def test_a_parent_that_leads_out_of_the_root(api, root, tmp_path, nothing_changes):
    api.create_repo_group(group_name="alpha")
    (root / "alpha").rmdir()
    (root / "alpha").symlink_to(tmp_path)
    with nothing_changes():
        text = api.error("create_repo_group", group_name="kid", parent="alpha")
        assert text == "failed to create repo group `kid`"


def test_the_name_is_required(api):
    text = api.error("create_repo_group")
    assert text == "Missing non optional `group_name` arg in JSON DATA"


def test_only_administrators_make_groups(as_bob, nothing_changes):
    with nothing_changes():
        text = as_bob.error("create_repo_group", group_name="alpha")
        assert text == "Access was denied to this resource."


def test_other_plugins_are_told(api, listener, bob):
    api.create_repo_group(group_name="alpha", owner="bob")
    assert [(event.action, event.subject) for event in listener.heard] == [
        (
            "repository_group.created",
            {"repo_group_id": 1, "repo_group_name": "alpha", "owner_id": bob},
        )
    ]


def test_what_another_plugin_refuses_changes_nothing(api, listener, nothing_changes):
    listener.refuses = "repository_group.created"
    with nothing_changes():
        text = api.error("create_repo_group", group_name="alpha")
        assert text == "failed to create repo group `alpha`"
