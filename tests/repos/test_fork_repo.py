import pytest

from kallithea_host import defaults

DENIED = "Access was denied to this resource."


@pytest.fixture
def source(api):
    """A repository that everybody may read, with values of its own."""
    given = {
        "repo_type": "git",
        "description": "the source",
        "landing_rev": "branch:old",
        "enable_statistics": True,
        "enable_downloads": True,
        "enable_locking": True,
    }
    return api.create_repo(repo_name="team/source", **given)["repo"]


@pytest.mark.usefixtures("source")
def test_the_reply_has_the_message(api):
    assert api.fork_repo(repoid="team/source", fork_name="a/fork") == {
        "msg": "Created fork of `team/source` as `a/fork`",
        "success": True,
        "task": None,
    }


def test_the_message_names_the_source_when_it_was_given_by_id(api, source):
    reply = api.fork_repo(repoid=str(source["repo_id"]), fork_name="fork")
    assert reply["msg"] == "Created fork of `team/source` as `fork`"


def test_the_fork_is_a_full_copy_that_lives_by_itself(api, alias, client, root):
    api.create_repo(repo_name="source", repo_type=alias)
    raw_id = client.commit(root / "source", {"a": "1"}, message="first")
    api.fork_repo(repoid="source", fork_name="a/fork")
    assert client.ids(root / "a/fork") == {raw_id}
    assert client.problems(root / "a/fork") == ""
    fork = api.get_repo(repoid="a/fork")
    assert (fork["repo_type"], fork["fork_of"]) == (alias, "source")
    assert fork["last_changeset"]["raw_id"] == raw_id
    api.delete_repo(repoid="source", forks="detach")
    assert client.problems(root / "a/fork") == ""
    nodes = api.get_repo_nodes(repoid="a/fork", revision="tip", root_path="")
    assert [node["name"] for node in nodes] == ["a"]


@pytest.mark.usefixtures("source")
def test_what_is_left_open_is_the_default_and_not_the_source_s(api):
    api.fork_repo(repoid="team/source", fork_name="a/fork")
    fork = api.get_repo(repoid="a/fork")
    assert {k: fork[k] for k in fork if k in CHOSEN} == CHOSEN | {"description": "fork"}
    assert fork["owner"] == "admin"
    assert [user["username"] for user in fork["followers"]] == ["admin"]
    assert [(m["name"], m["permission"]) for m in fork["members"]] == [
        ("default", "repository.read")
    ]


@pytest.mark.usefixtures("source")
def test_settings_for_new_repositories_are_not_for_forks(api, host):
    with host.database.write() as db:
        for flag in ("private", "enable_statistics", "enable_downloads", "enable_locking"):
            defaults.put(db, f"default_repo_{flag}", "true")
    api.fork_repo(repoid="team/source", fork_name="fork")
    fork = api.get_repo(repoid="fork")
    assert {k: fork[k] for k in fork if k in CHOSEN} == CHOSEN | {"description": "fork"}


CHOSEN = {
    "description": "",
    "private": False,
    "landing_rev": "tip",
    "enable_statistics": False,
    "enable_downloads": False,
    "enable_locking": False,
    "clone_uri": None,
    "locked_by": None,
}


@pytest.mark.usefixtures("source", "bob")
def test_what_is_given_is_stored(api):
    api.fork_repo(
        repoid="team/source", fork_name="fork", owner="bob", description="mine", private="yes",
        landing_rev="tag:v1",
    )  # fmt: skip
    fork = api.get_repo(repoid="fork")
    assert [fork[k] for k in ("owner", "description", "private", "landing_rev")] == [
        "bob", "mine", True, "tag:v1",
    ]  # fmt: skip
    assert [user["username"] for user in fork["followers"]] == ["bob"]


@pytest.mark.usefixtures("source")
def test_null_is_not_given(api):
    nothing = dict.fromkeys(("owner", "description", "copy_permissions", "private", "landing_rev"))
    api.fork_repo(repoid="team/source", fork_name="fork", **nothing)
    fork = api.get_repo(repoid="fork")
    assert (fork["owner"], fork["description"], fork["private"]) == ("admin", "fork", False)


@pytest.mark.parametrize(("given", "private"), [({}, True), ({"private": False}, False)])
def test_the_fork_of_a_private_repository_is_private_unless_told_otherwise(api, given, private):
    api.create_repo(repo_name="source", repo_type="git", private=True)
    api.fork_repo(repoid="source", fork_name="fork", **given)
    assert api.get_repo(repoid="fork")["private"] is private


def test_permissions_of_the_source_are_copied_when_asked(api, world, bob, source):
    repo_id, devs = source["repo_id"], world.user_group("devs")
    world.grant("repository.write", repo_id, user_id=bob)
    world.grant("repository.admin", repo_id, users_group_id=devs)
    api.fork_repo(repoid="team/source", fork_name="fork", copy_permissions=True)
    assert [(m["name"], m["permission"]) for m in api.get_repo(repoid="fork")["members"]] == [
        ("default", "repository.read"),
        ("bob", "repository.write"),
        ("devs", "repository.admin"),
    ]


@pytest.mark.usefixtures("source")
def test_a_fork_of_a_fork_is_linked_to_the_fork(api):
    api.fork_repo(repoid="team/source", fork_name="one")
    api.fork_repo(repoid="one", fork_name="two")
    assert api.get_repo(repoid="two")["fork_of"] == "one"


def test_a_lock_is_not_copied(api, source):
    api.lock(repoid=source["repo_id"], locked=True)
    api.fork_repo(repoid=source["repo_id"], fork_name="fork")
    assert api.get_repo(repoid="fork")["locked_by"] is None


@pytest.mark.usefixtures("source")
def test_a_taken_name_is_told_with_what_has_it(api, nothing_changes):
    api.fork_repo(repoid="team/source", fork_name="fork")
    with nothing_changes():
        text = api.error("fork_repo", repoid="team/source", fork_name="fork")
        assert text == "fork `fork` already exist"
        text = api.error("fork_repo", repoid="team/source", fork_name="team/source")
        assert text == "repo `team/source` already exist"


@pytest.mark.usefixtures("source")
def test_a_taken_name_is_told_before_everything_else(api, as_bob, world, bob):
    world.name("hg.create.none", user_id=bob)
    text = as_bob.error("fork_repo", repoid="team/source", fork_name="team/source", owner="x")
    assert text == "repo `team/source` already exist"


def test_the_failed_text_names_the_source(api, source):
    text = api.error("fork_repo", repoid=source["repo_id"], fork_name="..")
    assert text == "failed to fork repository `team/source` as `..`"


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("landing_rev", ["svn:1", "branch:"])
def test_a_landing_revision_that_is_none_is_refused(api, nothing_changes, landing_rev):
    with nothing_changes():
        text = api.error(
            "fork_repo", repoid="team/source", fork_name="a/fork", landing_rev=landing_rev
        )
    assert text == "failed to fork repository `team/source` as `a/fork`"


@pytest.mark.usefixtures("source")
def test_an_owner_who_does_not_exist_is_named(api, nothing_changes):
    with nothing_changes():
        text = api.error("fork_repo", repoid="team/source", fork_name="fork", owner="nobody")
    assert text == "user `nobody` does not exist"


@pytest.mark.usefixtures("source")
def test_an_owner_who_does_not_exist_is_named_before_what_cannot_be_used(api):
    text = api.error(
        "fork_repo", repoid="team/source", fork_name="x", owner="nobody", landing_rev="svn:1"
    )
    assert text == "user `nobody` does not exist"


@pytest.mark.usefixtures("source")
def test_only_administrators_name_an_owner(as_bob, nothing_changes):
    with nothing_changes():
        text = as_bob.error(
            "fork_repo", repoid="team/source", fork_name="fork", owner="bob", landing_rev="x:y"
        )
    assert text == "Only Kallithea admin can specify `owner` param"


@pytest.mark.usefixtures("source")
def test_a_reader_with_both_global_permissions_may_fork(as_bob, api):
    as_bob.fork_repo(repoid="team/source", fork_name="fork")
    assert api.get_repo(repoid="fork")["owner"] == "bob"


@pytest.mark.usefixtures("source")
def test_without_the_permission_to_fork_nothing_is_looked_up(as_bob, world, bob, nothing_changes):
    world.name("hg.fork.none", user_id=bob)
    with nothing_changes():
        for repoid in ("team/source", "absent"):
            assert as_bob.error("fork_repo", repoid=repoid, fork_name="fork") == DENIED


def test_a_source_that_may_not_be_read_does_not_exist(api, as_bob, source, nothing_changes):
    api.update_repo(repoid="team/source", private=True)
    with nothing_changes():
        for repoid in ("team/source", source["repo_id"], "absent"):
            text = as_bob.error("fork_repo", repoid=repoid, fork_name="team/source", owner="x")
            assert text == f"repository `{repoid}` does not exist"


@pytest.mark.parametrize("argument", ["repoid", "fork_name"])
def test_two_arguments_are_required(api, argument):
    args = {"repoid": "a", "fork_name": "b"}
    del args[argument]
    text = api.error("fork_repo", **args)
    assert text == f"Missing non optional `{argument}` arg in JSON DATA"


def test_a_source_that_is_missing_on_disk_is_refused(api, world, nothing_changes):
    world.repository("gone")
    with nothing_changes():
        text = api.error("fork_repo", repoid="gone", fork_name="a/fork")
    assert text == "failed to fork repository `gone` as `a/fork`"


def test_a_source_that_a_link_leads_out_of_the_root_is_refused(
    api, root, tmp_path, nothing_changes
):
    api.create_repo(repo_name="source", repo_type="git")
    (root / "source").rename(tmp_path / "elsewhere")
    (root / "source").symlink_to(tmp_path / "elsewhere")
    with nothing_changes():
        text = api.error("fork_repo", repoid="source", fork_name="a/fork")
    assert text == "failed to fork repository `source` as `a/fork`"
