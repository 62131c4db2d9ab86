import pytest


def test_what_is_given_changes_and_the_rest_stays(api, team, bob, world):
    world.member(team, bob)
    before = api.get_user_group(usergroupid="team")
    changed = {
        "group_name": ("group_name", "crew"),
        "description": ("group_description", "They row"),
        "owner": ("owner", "bob"),
        "active": ("active", False),
    }
    expected = dict(before)
    for argument, (key, value) in changed.items():
        expected[key] = value
        result = api.update_user_group(usergroupid=team, **{argument: value})
        assert result == {"msg": f"updated user group ID:{team} crew", "user_group": expected}
    assert api.get_user_group(usergroupid="crew") == expected
    assert api.error("get_user_group", usergroupid="team") == "user group `team` does not exist"


def test_without_arguments_or_with_nulls_nothing_changes(api, team):
    before = api.get_user_group(usergroupid=team)
    nulls = dict.fromkeys(("group_name", "description", "owner", "active"))
    for arguments in ({}, nulls):
        result = api.update_user_group(usergroupid=team, **arguments)
        assert result == {"msg": f"updated user group ID:{team} team", "user_group": before}


def test_the_documentations_other_name_of_the_argument_does(api, team):
    result = api.update_user_group(usersgroupid=team, active="false")
    assert result["user_group"]["active"] is False


def test_an_empty_description_is_one(api, team):
    api.update_user_group(usergroupid=team, description="They row")
    api.update_user_group(usergroupid=team, description="")
    assert api.get_user_group(usergroupid=team)["group_description"] == ""


def test_a_name_may_change_only_its_case(api, team):
    api.update_user_group(usergroupid=team, group_name="Team")
    assert api.get_user_group(usergroupid="Team")["users_group_id"] == team


@pytest.mark.parametrize("name", ["crew", "CREW", "", " crew", "43", "a\nb", "a\0b", "x" * 256])
def test_what_cannot_be_its_name_is_refused(api, world, team, name):
    world.user_group("crew")
    before = api.get_user_groups()
    for given in ("team", team):
        error = api.error("update_user_group", usergroupid=given, group_name=name, active=False)
        assert error == f"failed to update user group `{given}`"
    assert api.get_user_groups() == before


def test_an_unknown_owner_does_not_exist(api, team):
    before = api.get_user_groups()
    error = api.error("update_user_group", usergroupid=team, owner="nobody", active=False)
    assert error == "user `nobody` does not exist"
    assert api.get_user_groups() == before


def test_an_unknown_owner_is_told_before_a_name_that_cannot_be_used(api, team):
    error = api.error("update_user_group", usergroupid=team, group_name="", owner="nobody")
    assert error == "user `nobody` does not exist"


def test_default_cannot_own_a_user_group(api, team):
    error = api.error("update_user_group", usergroupid="team", owner="default")
    assert error == "failed to update user group `team`"


def test_a_new_owner_leaves_the_rows_as_they_are_and_administers_it(api, world, bob):
    group_id = api.create_user_group(group_name="devs")["user_group"]["users_group_id"]
    before = world.grants("usergroup", group_id)
    api.update_user_group(usergroupid="devs", owner="bob")
    assert world.grants("usergroup", group_id) == before
    assert api.as_user("bob").update_user_group(usergroupid="devs", active=False)


@pytest.mark.parametrize("granted", ["none", "read", "write"])
def test_to_whoever_is_not_its_admin_it_does_not_exist(api, world, team, bob, granted):
    world.grant(f"usergroup.{granted}", team, user_id=bob)
    before = api.get_user_groups()
    for owner in ("bob", "nobody"):
        error = api.as_user("bob").error("update_user_group", usergroupid="team", owner=owner)
        assert error == "user group `team` does not exist"
    assert api.get_user_groups() == before


def test_its_admin_changes_it_the_owner_too(api, world, team, bob):
    world.grant("usergroup.admin", team, user_id=bob)
    result = api.as_user("bob").update_user_group(usergroupid="team", owner="bob")
    assert result["user_group"]["owner"] == "bob"


def test_the_user_group_is_required(api):
    error = api.error("update_user_group", group_name="devs")
    assert error == "Missing non optional `usergroupid` arg in JSON DATA"


def test_other_plugins_are_told(api, team, listener):
    api.update_user_group(usergroupid="team", group_name="crew", active=True)
    (event,) = listener.heard
    assert event.action == "user_group.updated"
    assert event.subject == {"users_group_id": team, "group_name": "crew"}
    assert event.details == {"old_name": "team", "changed": ["active", "group_name"]}


def test_what_another_plugin_refuses_changes_nothing(api, team, listener):
    listener.refuses = "user_group.updated"
    error = api.error("update_user_group", usergroupid=team, group_name="crew")
    assert error == f"failed to update user group `{team}`"
    assert api.get_user_group(usergroupid=team)["group_name"] == "team"
