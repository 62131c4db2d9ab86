import pytest


def test_a_user_group_is_shown_with_its_members(api, world, team, bob):
    world.member(team, bob)
    group = api.get_user_group(usergroupid="team")
    assert {key: value for key, value in group.items() if key != "members"} == {
        "users_group_id": team,
        "group_name": "team",
        "group_description": "",
        "active": True,
        "owner": "admin",
    }
    assert group["members"] == [
        {key: value for key, value in api.get_user(userid=bob).items() if key != "permissions"}
    ]


@pytest.mark.parametrize("given", ["team", 1, "1"])
def test_a_user_group_is_found_by_name_and_by_id(api, team, given):
    assert api.get_user_group(usergroupid=given)["group_name"] == "team"


def test_the_documentations_other_name_of_the_argument_does(api, team):
    assert api.get_user_group(usersgroupid=team)["users_group_id"] == team


def test_both_names_of_the_argument_with_different_values_are_refused(api, team):
    assert (
        api.error("get_user_group", usergroupid="team", usersgroupid="other")
        == "Conflicting values for `usergroupid` and `usersgroupid` in JSON DATA"
    )


def test_both_names_of_the_argument_with_one_value_do(api, team):
    assert api.get_user_group(usergroupid=team, usersgroupid=team)["group_name"] == "team"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("nothing", "nothing"),
        ("TEAM", "TEAM"),
        (99, "99"),
        ("99", "99"),
        (0, "0"),
        (2**63, str(2**63)),
        (None, "None"),
        (True, "true"),
        (1.0, "1.0"),
        ([], "[]"),
        ({}, "{}"),
        ("te\0am", "te\0am"),
    ],
)
def test_what_names_no_user_group_does_not_exist(api, team, given, shown):
    error = api.error("get_user_group", usergroupid=given)
    assert error == f"user group `{shown}` does not exist"


def test_the_argument_is_required(api):
    assert api.error("get_user_group") == "Missing non optional `usergroupid` arg in JSON DATA"


def test_an_ordinary_user_reads_what_everybody_may_read(api, team, bob):
    assert api.as_user("bob").get_user_group(usergroupid="team")["group_name"] == "team"


def test_a_user_group_that_the_caller_may_not_read_does_not_exist(api, world, bob):
    hidden = world.user_group("hidden", bob)
    world.grant("usergroup.none", hidden, user_id=1)
    client = api.as_user("bob")
    for given in ("hidden", hidden):
        error = client.error("get_user_group", usergroupid=given)
        assert error == f"user group `{given}` does not exist"


def test_whether_it_is_hidden_or_missing_the_database_is_asked_the_same(
    api, world, bob, statements
):
    world.user_group("hidden")
    client = api.as_user("bob")
    client.get_user()  # the server knows the caller from here on
    asked = []
    for given in ("hidden", "absent"):
        statements.clear()
        client.error("get_user_group", usergroupid=given)
        asked.append(list(statements))
    assert asked[0] == asked[1]


def test_members_show_no_secrets_to_others(api, world, team, bob):
    world.member(team, bob)
    world.member(team, world.user("carol"))
    members = api.as_user("carol").get_user_group(usergroupid="team")["members"]
    secret = {"api_key", "ip_addresses", "last_login"}
    assert [(user["username"], secret & set(user)) for user in members] == [
        ("bob", set()),
        ("carol", secret),
    ]
