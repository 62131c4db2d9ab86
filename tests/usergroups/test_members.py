import pytest

ADD, ALIAS, REMOVE = "add_user_user_group", "add_user_to_user_group", "remove_user_from_user_group"


def members(api, group="team"):
    return [user["username"] for user in api.get_user_group(usergroupid=group)["members"]]


@pytest.mark.parametrize("method", [ADD, ALIAS])
def test_a_user_is_added(api, team, bob, method):
    assert api.call(method, {"usersgroupid": "team", "userid": "bob"}) == {
        "success": True,
        "msg": "added member `bob` to a user group `team`",
    }
    assert members(api) == ["bob"]


def test_a_member_is_not_added_again(api, world, team, bob):
    world.member(team, bob)
    assert api.add_user_user_group(usergroupid="team", userid="bob") == {
        "success": False,
        "msg": "User is already in that group",
    }
    assert members(api) == ["bob"]


def test_a_member_is_removed(api, world, team, bob):
    world.member(team, bob)
    assert api.remove_user_from_user_group(usersgroupid="team", userid="bob") == {
        "success": True,
        "msg": "removed member bob from user group team",
    }
    assert members(api) == []


def test_who_is_no_member_is_not_removed(api, team, bob):
    assert api.remove_user_from_user_group(usergroupid="team", userid="bob") == {
        "success": False,
        "msg": "User wasn't in group",
    }


def test_only_the_named_membership_ends(api, world, team, bob):
    world.user_group("other", bob)
    world.member(team, bob)
    world.member(team, world.user("carol"))
    api.remove_user_from_user_group(usergroupid="team", userid="bob")
    assert (members(api), members(api, "other")) == (["carol"], ["bob"])


@pytest.mark.parametrize("method", [ADD, ALIAS, REMOVE])
def test_ids_do_as_well_as_names(api, world, team, bob, method):
    if method == REMOVE:
        world.member(team, bob)
    assert api.call(method, {"usergroupid": team, "userid": str(bob)})["success"] is True


@pytest.mark.parametrize("method", [ADD, ALIAS, REMOVE])
def test_an_unknown_user_does_not_exist(api, team, method):
    error = api.error(method, usergroupid="team", userid="nobody")
    assert error == "user `nobody` does not exist"


@pytest.mark.parametrize("method", [ADD, ALIAS, REMOVE])
def test_an_unknown_user_group_does_not_exist_whatever_the_user(api, method):
    error = api.error(method, usergroupid="nothing", userid="nobody")
    assert error == "user group `nothing` does not exist"


@pytest.mark.parametrize("method", [ADD, ALIAS, REMOVE])
def test_both_arguments_are_required_the_user_group_first(api, method):
    assert api.error(method) == "Missing non optional `usergroupid` arg in JSON DATA"
    error = api.error(method, usersgroupid="team")
    assert error == "Missing non optional `userid` arg in JSON DATA"


@pytest.mark.parametrize("method", [ADD, ALIAS, REMOVE])
@pytest.mark.parametrize("granted", ["none", "read", "write"])
def test_to_whoever_is_not_its_admin_the_user_group_does_not_exist(
    api, world, team, bob, method, granted
):
    world.member(team, bob)
    world.grant(f"usergroup.{granted}", team, user_id=bob)
    for userid in ("bob", "nobody"):
        error = api.as_user("bob").error(method, usergroupid="team", userid=userid)
        assert error == "user group `team` does not exist"
    assert members(api) == ["bob"]


def test_an_admin_of_the_user_group_adds_and_removes(api, world, team, bob):
    world.user("carol")
    world.grant("usergroup.admin", team, user_id=bob)
    client = api.as_user("bob")
    assert client.add_user_user_group(usergroupid="team", userid="carol")["success"] is True
    assert client.remove_user_from_user_group(usergroupid="team", userid="carol")["success"] is True


def test_other_plugins_are_told_of_changes_only(api, team, bob, listener):
    for method in (ADD, ADD, REMOVE, REMOVE):
        api.call(method, {"usergroupid": team, "userid": bob})
    assert [event.action for event in listener.heard] == [
        "user_group.member_added",
        "user_group.member_removed",
    ]
    event = listener.heard[0]
    assert event.subject == {"users_group_id": team, "group_name": "team"}
    assert event.details == {"user_id": bob, "username": "bob"}


REFUSED = {
    ADD: ("user_group.member_added", "failed to add member to user group `team`"),
    REMOVE: ("user_group.member_removed", "failed to remove member from user group `team`"),
}


@pytest.mark.parametrize("method", REFUSED)
def test_what_another_plugin_refuses_changes_nothing(api, world, team, bob, listener, method):
    listener.refuses, failure = REFUSED[method]
    if method == REMOVE:
        world.member(team, bob)
    before = members(api)
    assert api.error(method, usergroupid="team", userid="bob") == failure
    assert members(api) == before
