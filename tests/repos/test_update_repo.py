import pytest
from sqlalchemy import select

from kallithea_host import schema


@pytest.fixture
def repo(api):
    """A repository with values of its own."""
    given = {
        "repo_type": "git",
        "description": "as it was",
        "landing_rev": "branch:old",
        "enable_statistics": True,
        "enable_downloads": True,
        "enable_locking": True,
    }
    return api.create_repo(repo_name="repo", **given)["repo"]


def test_the_reply_has_the_message_and_the_repository(api, repo):
    reply = api.update_repo(repoid="repo", description="new")
    assert reply == {
        "msg": f"updated repo ID:{repo['repo_id']} `repo`",
        "repository": repo | {"description": "new"},
    }


def test_what_is_left_out_null_or_empty_stays(api, repo, nothing_changes):
    nothing = dict.fromkeys(
        ("name", "owner", "group", "description", "private", "clone_uri", "landing_rev",
         "enable_statistics", "enable_downloads", "enable_locking")
    )  # fmt: skip
    with nothing_changes():
        assert api.update_repo(repoid="repo")["repository"] == repo
        assert api.update_repo(repoid="repo", **nothing)["repository"] == repo
        assert api.update_repo(repoid="repo", name="", group="")["repository"] == repo


@pytest.mark.parametrize(
    ("argument", "given", "shown"),
    [
        ("description", "", ""),
        ("description", 5, "5"),
        ("description", "Ünï\ncode", "Ünï\ncode"),
        ("private", True, True),
        ("private", "yes", True),
        ("landing_rev", "tip", "tip"),
        ("landing_rev", "branch:new", "branch:new"),
        ("landing_rev", "", "tip"),
        ("enable_statistics", False, False),
        ("enable_downloads", "false", False),
        ("enable_locking", 0, False),
        ("clone_uri", "https://example.org/x", "https://example.org/x"),
    ],
)
def test_one_thing_changes_and_the_rest_stays(api, repo, argument, given, shown):
    changed = api.update_repo(repoid="repo", **{argument: given})["repository"]
    assert changed == repo | {argument: shown}
    stored = api.get_repo(repoid="repo")
    assert {name: stored[name] for name in changed} == changed


@pytest.mark.usefixtures("repo")
def test_the_owner_is_named_by_id_or_name(api, bob):
    assert api.update_repo(repoid="repo", owner="bob")["repository"]["owner"] == "bob"
    assert api.update_repo(repoid="repo", owner=2)["repository"]["owner"] == "admin"
    assert api.update_repo(repoid="repo", owner=str(bob))["repository"]["owner"] == "bob"


@pytest.mark.usefixtures("repo")
def test_a_new_owner_gets_no_row_and_follows_nothing(api, bob):
    api.update_repo(repoid="repo", owner=bob)
    repository = api.get_repo(repoid="repo")
    assert [member["name"] for member in repository["members"]] == ["default"]
    assert [follower["username"] for follower in repository["followers"]] == ["admin"]


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize(
    "args",
    [
        {"owner": "nobody"},
        {"owner": 99},
        {"landing_rev": "svn:1"},
        {"landing_rev": "branch:"},
        {"clone_uri": "ftp://example.org/x"},
        {"name": "other/repo"},
        {"name": "/repo"},
        {"name": "a/b"},
        {"name": "taken"},
        {"group": "/", "name": "x/y"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused_whole(api, nothing_changes, args):
    api.create_repo(repo_name="taken", repo_type="git")
    with nothing_changes():
        text = api.error("update_repo", repoid="repo", description="lost", **args)
    assert text == "failed to update repo `repo`"


@pytest.mark.usefixtures("repo")
def test_the_failure_shows_the_argument_as_it_was_given(api):
    assert api.error("update_repo", repoid=1, name="..") == "failed to update repo `1`"


@pytest.mark.usefixtures("repo")
def test_a_value_of_a_wrong_type_is_refused(api, nothing_changes):
    with nothing_changes():
        text = api.error("update_repo", repoid="repo", private="perhaps")
    assert text == "Invalid value for `private` arg in JSON DATA: expected boolean"


def test_a_new_name_moves_the_directory(api, alias, root, client):
    api.create_repo(repo_name="team/old", repo_type=alias)
    raw_id = client.commit(root / "team/old", {"a": "1"})
    reply = api.update_repo(repoid="team/old", name="new")
    assert reply["msg"] == "updated repo ID:1 `team/new`"
    assert not (root / "team/old").exists()
    assert client.ids(root / "team/new") == {raw_id}
    assert api.error("get_repo", repoid="team/old") == "repository `team/old` does not exist"


def test_the_old_name_is_free_again(api):
    api.create_repo(repo_name="old")
    api.update_repo(repoid="old", name="new")
    assert api.create_repo(repo_name="old")["success"] is True


@pytest.mark.parametrize("form", ["id", "digits", "name"])
def test_a_group_moves_the_directory(api, world, root, form):
    group = world.repository_group("team")
    api.create_repo(repo_name="repo")
    given = {"id": group, "digits": str(group), "name": "team"}[form]
    moved = api.update_repo(repoid="repo", group=given)["repository"]
    assert moved["repo_name"] == "team/repo"
    assert (root / "team/repo").is_dir()
    assert world.rows(select(schema.repositories.c.group_id)) == [(group,)]


def test_a_slash_is_the_top_level(api, world, root):
    api.create_repo(repo_name="a/b/repo")
    assert api.update_repo(repoid="a/b/repo", group="/")["repository"]["repo_name"] == "repo"
    assert (root / "repo").is_dir()
    assert world.rows(select(schema.repositories.c.group_id)) == [(None,)]


def test_name_and_group_together(api, world):
    world.repository_group("to")
    api.create_repo(repo_name="from/old")
    moved = api.update_repo(repoid="from/old", name="new", group="to")["repository"]
    assert moved["repo_name"] == "to/new"


@pytest.mark.parametrize("name", ["from/new", "to/new"])
def test_a_full_name_may_repeat_the_present_or_the_given_group(api, world, name):
    world.repository_group("to")
    api.create_repo(repo_name="from/old")
    moved = api.update_repo(repoid="from/old", name=name, group="to")["repository"]
    assert moved["repo_name"] == "to/new"


def test_a_full_name_of_the_present_group_renames(api):
    api.create_repo(repo_name="a/b/old")
    assert api.update_repo(repoid="a/b/old", name="a/b/new")["repository"]["repo_name"] == "a/b/new"


def test_the_present_name_changes_nothing(api, world, nothing_changes):
    api.create_repo(repo_name="a/repo")
    (group,) = world.rows(select(schema.repository_groups.c.group_id))
    with nothing_changes():
        api.update_repo(repoid="a/repo", name="repo")
        api.update_repo(repoid="a/repo", name="a/repo", group=group[0])


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("group", ["absent", 99, "99", True, [], "//"])
def test_a_group_that_does_not_exist_is_told(api, nothing_changes, group):
    with nothing_changes():
        text = api.error("update_repo", repoid="repo", group=group)
    assert text.startswith("repository group `")
    assert text.endswith("` does not exist")


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("args", [{"owner": "nobody"}, {"landing_rev": "svn:1"}], ids=str)
def test_a_group_that_does_not_exist_is_told_before_what_cannot_be_used(api, args):
    text = api.error("update_repo", repoid="repo", group="absent", **args)
    assert text == "repository group `absent` does not exist"


def test_a_place_that_is_closed_is_told_before_what_cannot_be_used(api, as_bob, world, bob):
    api.create_repo(repo_name="repo", repo_type="git", owner=bob)
    world.name("hg.create.none", user_id=bob)
    text = as_bob.error("update_repo", repoid="repo", name="new", landing_rev="svn:1")
    assert text == "no permission to create (or move) repositories"


def test_forks_know_their_parent_by_its_new_name(api):
    api.create_repo(repo_name="parent", repo_type="git")
    api.fork_repo(repoid="parent", fork_name="fork")
    api.update_repo(repoid="parent", name="renamed")
    assert api.get_repo(repoid="fork")["fork_of"] == "renamed"


def test_members_followers_and_lock_stay_with_a_moved_repository(api, world, bob):
    api.create_repo(repo_name="repo")
    world.grant("repository.write", 1, user_id=bob)
    api.lock(repoid="repo", locked=True, userid="bob")
    before = api.get_repo(repoid="repo")
    api.update_repo(repoid="repo", name="moved")
    assert api.get_repo(repoid="moved") == before | {"repo_name": "moved"}


def test_private_masks_the_default_row_and_gives_it_back(api, as_bob, world):
    api.create_repo(repo_name="repo")
    api.update_repo(repoid="repo", private=True)
    assert as_bob.error("get_repo", repoid="repo") == "repository `repo` does not exist"
    api.update_repo(repoid="repo", private=False)
    assert as_bob.get_repo(repoid="repo")["members"][0]["permission"] == "repository.read"
    assert world.grants("repository", 1) == ([(1, 1)], [])


def test_a_repository_admin_may_change_it(as_bob, world, bob, api):
    api.create_repo(repo_name="repo")
    world.grant("repository.admin", 1, user_id=bob)
    assert as_bob.update_repo(repoid="repo", description="x", private=True)["repository"]["private"]


@pytest.mark.parametrize("level", ["none", "read", "write"])
def test_others_are_told_that_it_does_not_exist(api, as_bob, world, bob, level, nothing_changes):
    api.create_repo(repo_name="repo")
    world.grant(f"repository.{level}", 1, user_id=bob)
    with nothing_changes():
        text = as_bob.error("update_repo", repoid="repo", owner="nobody", group="absent", name="..")
    assert text == "repository `repo` does not exist"


def test_only_administrators_name_an_owner(as_bob, nothing_changes):
    as_bob.create_repo(repo_name="repo")
    with nothing_changes():
        for owner in ("bob", "nobody", 1):
            text = as_bob.error("update_repo", repoid="repo", owner=owner, group="absent")
            assert text == "Only Kallithea admin can specify `owner` param"


def test_a_repository_that_is_missing_on_disk_keeps_its_name(api, world, nothing_changes):
    world.repository("gone")
    with nothing_changes():
        text = api.error("update_repo", repoid="gone", name="new", description="lost")
    assert text == "failed to update repo `gone`"
    assert api.update_repo(repoid="gone", description="x")["repository"]["description"] == "x"
