def test_there_are_none_at_first(api):
    assert api.get_user_groups() == []


def test_user_groups_are_listed_by_id_with_their_members(api, world, bob):
    carol = world.user("carol")
    zoo, ant = world.user_group("zoo", carol, bob), world.user_group("ant", bob, active=False)
    world.user_group("nobody")
    listed = api.get_user_groups()
    assert [(group["users_group_id"], group["group_name"]) for group in listed[:2]] == [
        (zoo, "zoo"),
        (ant, "ant"),
    ]
    members = [[user["username"] for user in group["members"]] for group in listed]
    assert members == [["bob", "carol"], ["bob"], []]
    assert [group["active"] for group in listed] == [True, False, True]


def test_each_is_as_get_user_group_shows_it(api, world, team, bob):
    world.member(team, bob)
    assert api.get_user_groups() == [api.get_user_group(usergroupid="team")]


def test_an_ordinary_user_is_shown_what_he_may_read(api, world, team, bob):
    hidden = world.user_group("hidden", bob)
    world.grant("usergroup.none", hidden, user_id=1)
    world.user_group("his own", owner_id=bob)
    named = [group["group_name"] for group in api.as_user("bob").get_user_groups()]
    assert named == ["team", "his own"]


def test_members_of_hidden_groups_are_not_shown(api, world, team, bob):
    world.user_group("hidden", world.user("carol"))
    (group,) = api.as_user("bob").get_user_groups()
    assert group["members"] == []


def test_the_list_costs_as_many_statements_whatever_its_length(api, world, team, bob, statements):
    client = api.as_user("bob")
    statements.clear()
    client.get_user_groups()
    few = len(statements)
    for number in range(20):
        group_id = world.user_group(f"group-{number}", bob, world.user(f"user-{number}"))
        world.grant("usergroup.read", group_id, user_id=1)
    statements.clear()
    assert len(client.get_user_groups()) == 21
    assert len(statements) == few <= 6
