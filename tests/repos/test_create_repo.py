import pytest
from sqlalchemy import update

from kallithea_host import defaults, schema

EMPTY = {
    "short_id": "0" * 12,
    "raw_id": "0" * 40,
    "revision": -1,
    "message": "",
    "date": "1970-01-01T00:00:00",
    "author": "",
}


def test_the_reply_has_the_message_and_the_repository(api, alias):
    reply = api.create_repo(repo_name="new", repo_type=alias)
    repository = reply.pop("repo")
    assert reply == {"msg": "Created new repository `new`", "success": True, "task": None}
    created = repository.pop("created_on")
    assert len(created) in {19, 23}
    assert created[10] == "T"
    assert repository == {
        "repo_id": 1,
        "repo_name": "new",
        "repo_type": alias,
        "clone_uri": None,
        "private": False,
        "description": "new",
        "landing_rev": "tip",
        "owner": "admin",
        "fork_of": None,
        "enable_statistics": False,
        "enable_downloads": False,
        "enable_locking": False,
        "last_changeset": EMPTY,
        "locked_by": None,
        "locked_date": None,
    }


def test_the_repository_lies_on_disk_and_verifies(api, root, alias, client):
    api.create_repo(repo_name="a/b/c", repo_type=alias)
    assert client.problems(root / "a/b/c") == ""
    assert client.ids(root / "a/b/c") == set()
    assert list((root / ".tmp").iterdir()) == []


def test_what_is_given_is_stored(api, world):
    world.user("carol")
    given = {
        "repo_type": "git",
        "description": "Příliš žluťoučký",
        "private": True,
        "clone_uri": None,
        "landing_rev": "branch:stable",
        "enable_statistics": True,
        "enable_downloads": True,
        "enable_locking": True,
    }
    stored = api.create_repo(repo_name="new", owner="carol", **given)["repo"]
    assert stored["owner"] == "carol"
    assert {name: stored[name] for name in given} == given
    assert api.get_repo(repoid="new") | stored == api.get_repo(repoid="new")


def test_the_description_defaults_to_the_last_element(api):
    assert api.create_repo(repo_name="a/b", description="")["repo"]["description"] == "b"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "tip"),
        ("", "tip"),
        ("tip", "tip"),
        ("rev:tip", "tip"),
        ("rev:1.0", "1.0"),
        ("1.0", "1.0"),
        ("branch:default", "branch:default"),
        ("tag:v1", "tag:v1"),
        ("book:@", "book:@"),
        (7, "7"),
    ],
)
def test_landing_revisions(api, given, shown):
    repository = api.create_repo(repo_name="new", landing_rev=given)["repo"]
    assert repository["landing_rev"] == shown


@pytest.mark.parametrize("given", ["svn:1", "branch:", ":tip", "rev:a\nb"])
def test_a_landing_revision_that_is_none_is_refused(api, nothing_changes, given):
    with nothing_changes():
        text = api.error("create_repo", repo_name="new", landing_rev=given)
    assert text == "failed to create repository `new`"


@pytest.mark.parametrize("given", [True, "yes", "1", 1, " On ", "t"])
def test_flags_are_read_as_the_product_reads_booleans(api, given):
    assert api.create_repo(repo_name="new", private=given)["repo"]["private"] is True


def test_a_flag_that_is_no_boolean_is_refused(api, nothing_changes):
    with nothing_changes():
        text = api.error("create_repo", repo_name="new", private="perhaps")
    assert text == "Invalid value for `private` arg in JSON DATA: expected boolean"


def test_null_is_not_given(api):
    nothing = dict.fromkeys(
        ("owner", "repo_type", "description", "private", "clone_uri", "landing_rev",
         "enable_statistics", "enable_downloads", "enable_locking", "copy_permissions")
    )  # fmt: skip
    first = api.create_repo(repo_name="x", **nothing)["repo"]
    second = api.create_repo(repo_name="y")["repo"]
    own = ("repo_id", "repo_name", "description", "created_on")
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }


def test_the_name_is_required(api):
    text = "Missing non optional `repo_name` arg in JSON DATA"
    assert api.error("create_repo") == text
    assert api.error("create_repo", repo_name=None) == text


def test_an_unknown_argument_is_named(api, nothing_changes):
    with nothing_changes():
        text = api.error("create_repo", repo_name="new", colour="red")
    assert text == "Unknown `colour` arg in JSON DATA"


@pytest.mark.parametrize(
    ("setting", "value", "key"),
    [
        ("default_repo_type", "git", "repo_type"),
        ("default_repo_private", "true", "private"),
        ("default_repo_enable_statistics", "true", "enable_statistics"),
        ("default_repo_enable_downloads", "true", "enable_downloads"),
        ("default_repo_enable_locking", "true", "enable_locking"),
    ],
)
def test_what_is_left_open_is_what_the_settings_say(api, host, setting, value, key):
    with host.database.write() as db:
        defaults.put(db, setting, value)
    assert api.create_repo(repo_name="new")["repo"][key] in {True, value}


def test_a_given_flag_wins_over_the_setting(api, host):
    with host.database.write() as db:
        defaults.put(db, "default_repo_private", "true")
    assert api.create_repo(repo_name="new", private=False)["repo"]["private"] is False


@pytest.mark.parametrize("repo_type", ["svn", "", "HG", 1])
def test_a_type_that_no_plugin_serves_is_refused(api, nothing_changes, repo_type):
    with nothing_changes():
        text = api.error("create_repo", repo_name="a/new", repo_type=repo_type)
    assert text == "failed to create repository `a/new`"


def test_the_owner_is_found_by_id_and_by_name(api, bob):
    assert api.create_repo(repo_name="x", owner=bob)["repo"]["owner"] == "bob"
    assert api.create_repo(repo_name="y", owner=str(bob))["repo"]["owner"] == "bob"
    assert api.create_repo(repo_name="z", owner="bob")["repo"]["owner"] == "bob"


@pytest.mark.parametrize("owner", ["nobody", 99, "99", True, 2.5, [], {}, "Admin"])
def test_an_owner_who_does_not_exist_is_named(api, nothing_changes, owner):
    with nothing_changes():
        text = api.error("create_repo", repo_name="new", owner=owner)
    assert text.startswith("user `")
    assert text.endswith("` does not exist")


def test_only_administrators_name_an_owner(as_bob, nothing_changes):
    with nothing_changes():
        for owner in ("bob", "admin", "nobody", ""):
            text = as_bob.error("create_repo", repo_name="new", owner=owner)
            assert text == "Only Kallithea admin can specify `owner` param"


def test_null_as_owner_is_the_caller(as_bob):
    assert as_bob.create_repo(repo_name="new", owner=None)["repo"]["owner"] == "bob"


def test_a_taken_name_is_told(api, nothing_changes):
    api.create_repo(repo_name="taken")
    with nothing_changes():
        assert api.error("create_repo", repo_name="taken") == "repo `taken` already exist"


def test_who_may_not_name_an_owner_is_told_that_before_a_taken_name(api, as_bob):
    api.create_repo(repo_name="taken")
    text = as_bob.error("create_repo", repo_name="taken", owner="bob")
    assert text == "Only Kallithea admin can specify `owner` param"


def test_an_owner_who_does_not_exist_is_told_before_a_taken_name(api):
    api.create_repo(repo_name="taken")
    text = api.error("create_repo", repo_name="taken", owner="nobody")
    assert text == "user `nobody` does not exist"


@pytest.mark.parametrize(
    "args", [{"repo_type": "svn"}, {"landing_rev": "svn:1"}, {"clone_uri": "file:///etc"}], ids=str
)
def test_a_taken_name_is_told_before_what_cannot_be_used(api, args):
    api.create_repo(repo_name="taken")
    assert api.error("create_repo", repo_name="taken", **args) == "repo `taken` already exist"


def test_a_taken_name_that_could_not_be_given_any_more_is_told_as_taken(api, world):
    world.repository("two words")
    assert api.error("create_repo", repo_name="two words") == "repo `two words` already exist"


def test_the_owner_follows_and_is_no_member(api, bob):
    api.create_repo(repo_name="new", owner=bob)
    repository = api.get_repo(repoid="new")
    assert [user["username"] for user in repository["followers"]] == ["bob"]
    members = [(each["name"], each["permission"]) for each in repository["members"]]
    assert members == [("default", "repository.read")]


def test_everybody_gets_what_the_default_user_s_own_name_says(api, host):
    names = schema.user_permissions
    with host.database.write() as db:
        db.execute(
            update(names).where(names.c.name == "repository.read").values(name="repository.write")
        )
    api.create_repo(repo_name="new")
    (everybody,) = api.get_repo(repoid="new")["members"]
    assert everybody["permission"] == "repository.write"


def test_a_private_repository_keeps_the_default_row_masked(api, as_bob, world):
    repo_id = api.create_repo(repo_name="new", private=True)["repo"]["repo_id"]
    assert api.get_repo(repoid="new")["members"][0]["permission"] == "repository.none"
    assert as_bob.error("get_repo", repoid="new") == "repository `new` does not exist"
    assert world.grants("repository", repo_id) == ([(1, 1)], [])


def test_permissions_of_the_group_are_copied(api, world, bob):
    group = world.repository_group("team")
    users = world.user_group("devs")
    world.grant("group.none", group, user_id=1)
    world.grant("group.write", group, user_id=bob)
    world.grant("group.admin", group, users_group_id=users)
    api.create_repo(repo_name="team/new", copy_permissions=True)
    members = api.get_repo(repoid="team/new")["members"]
    assert [(each["type"], each["name"], each["permission"]) for each in members] == [
        ("user", "default", "repository.none"),
        ("user", "bob", "repository.write"),
        ("users_group", "devs", "repository.admin"),
    ]


def test_there_is_nothing_to_copy_at_the_top_level(api):
    api.create_repo(repo_name="new", copy_permissions=True)
    (everybody,) = api.get_repo(repoid="new")["members"]
    assert (everybody["name"], everybody["permission"]) == ("default", "repository.read")


def test_permissions_of_a_group_that_is_made_with_it_are_copied(as_bob, api):
    as_bob.create_repo(repo_name="team/new", copy_permissions=True)
    members = api.get_repo(repoid="team/new")["members"]
    assert [(each["name"], each["permission"]) for each in members] == [
        ("default", "repository.read"),
        ("bob", "repository.admin"),
    ]
