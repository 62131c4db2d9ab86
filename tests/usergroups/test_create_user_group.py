import pytest
from sqlalchemy import update

from kallithea_host import schema


def test_a_created_user_group_is_answered_under_both_keys(api):
    result = api.create_user_group(group_name="devs", description="They write", active=False)
    group = {
        "users_group_id": 1,
        "group_name": "devs",
        "group_description": "They write",
        "active": False,
        "owner": "admin",
        "members": [],
    }
    assert result == {
        "msg": "created new user group `devs`",
        "users_group": group,
        "user_group": group,
    }
    assert api.get_user_group(usergroupid="devs") == group


def test_a_user_group_is_active_and_without_a_description_unless_told_otherwise(api):
    group = api.create_user_group(group_name="devs", description=None, active=None)["user_group"]
    assert (group["active"], group["group_description"]) == (True, "")


@pytest.mark.parametrize(("given", "active"), [("false", False), ("True", True), (0, False)])
def test_text_and_numbers_pass_for_a_boolean(api, given, active):
    result = api.create_user_group(group_name="devs", active=given)
    assert result["user_group"]["active"] is active


def test_another_value_is_no_boolean(api):
    error = api.error("create_user_group", group_name="devs", active="perhaps")
    assert error == "Invalid value for `active` arg in JSON DATA: expected boolean"
    assert api.get_user_groups() == []


@pytest.mark.parametrize("given", ["bob", 3, "3"])
def test_the_owner_is_named_by_id_or_name(api, bob, given):
    assert api.create_user_group(group_name="devs", owner=given)["user_group"]["owner"] == "bob"


def test_an_unknown_owner_does_not_exist(api):
    error = api.error("create_user_group", group_name="devs", owner="nobody")
    assert error == "user `nobody` does not exist"
    assert api.get_user_groups() == []


def test_the_owner_and_everybody_get_rows(api, world, bob):
    group_id = api.create_user_group(group_name="devs", owner="bob")["user_group"]["users_group_id"]
    users, groups = world.grants("usergroup", group_id)
    assert sorted(users) == [(1, 1), (bob, 4)]
    assert groups == []


@pytest.mark.parametrize(("name", "level"), [("usergroup.none", 0), ("usergroup.write", 3)])
def test_everybodys_row_is_what_the_default_says(api, world, name, level):
    names = schema.user_permissions
    with world.door() as db:
        db.execute(update(names).where(names.c.name == "usergroup.read").values(name=name))
    group_id = api.create_user_group(group_name="devs")["user_group"]["users_group_id"]
    assert (1, level) in world.grants("usergroup", group_id)[0]


@pytest.mark.parametrize("name", ["devs", "DEVS", "Devs"])
def test_a_name_that_differs_only_in_case_is_taken(api, name):
    api.create_user_group(group_name="devs")
    error = api.error("create_user_group", group_name=name)
    assert error == f"user group `{name}` already exist"
    assert len(api.get_user_groups()) == 1


def test_names_are_the_same_under_unicodes_folding(api):
    api.create_user_group(group_name="Straße")
    error = api.error("create_user_group", group_name="STRASSE")
    assert error == "user group `STRASSE` already exist"


@pytest.mark.parametrize(
    "name",
    ["", " ", "43", "a\nb", "a\0b", "a\u202eb", " devs", "devs ", "x" * 256],
    ids=["empty", "blank", "digits", "newline", "nul", "direction", "left", "right", "long"],
)
def test_what_cannot_be_a_name_is_refused(api, name):
    error = api.error("create_user_group", group_name=name)
    assert error == f"failed to create group `{name}`"
    assert api.get_user_groups() == []


@pytest.mark.parametrize("name", ["team", "TEAM", "43", " team"])
def test_a_taken_name_is_told_before_an_owner_who_does_not_exist(api, world, name):
    world.user_group(name.lower())
    error = api.error("create_user_group", group_name=name, owner="nobody")
    assert error == f"user group `{name}` already exist"


def test_default_cannot_own_a_user_group(api):
    error = api.error("create_user_group", group_name="devs", owner="default")
    assert error == "failed to create group `devs`"


def test_the_name_is_required(api):
    missing = "Missing non optional `group_name` arg in JSON DATA"
    assert api.error("create_user_group") == missing
    assert api.error("create_user_group", group_name=None) == missing


def test_an_ordinary_user_may_not_create_one(api, bob):
    error = api.as_user("bob").error("create_user_group", group_name="devs")
    assert error == "Access was denied to this resource."
    assert api.get_user_groups() == []


def test_a_caller_without_permission_is_told_about_a_missing_argument(api, bob):
    error = api.as_user("bob").error("create_user_group")
    assert error == "Missing non optional `group_name` arg in JSON DATA"


def test_whoever_has_the_global_permission_creates_and_owns_one(api, world, bob):
    world.name("hg.usergroup.create.true", user_id=bob)
    client = api.as_user("bob")
    assert client.create_user_group(group_name="devs")["user_group"]["owner"] == "bob"
    assert client.add_user_user_group(usergroupid="devs", userid="admin")["success"] is True


def test_whoever_has_the_global_permission_names_any_owner(api, world, bob):
    world.name("hg.usergroup.create.true", user_id=bob)
    result = api.as_user("bob").create_user_group(group_name="devs", owner="admin")
    assert result["user_group"]["owner"] == "admin"


def test_other_plugins_are_told(api, listener):
    api.create_user_group(group_name="devs")
    (event,) = listener.heard
    assert (event.action, event.actor, event.address) == (
        "user_group.created",
        "admin",
        "127.0.0.1",
    )
    assert event.subject == {"users_group_id": 1, "group_name": "devs"}


def test_what_another_plugin_refuses_is_not_created(api, listener):
    listener.refuses = "user_group.created"
    assert api.error("create_user_group", group_name="devs") == "failed to create group `devs`"
    assert api.get_user_groups() == []
