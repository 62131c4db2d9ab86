import pytest


@pytest.fixture
def groups(api, world, bob):
    """Two groups in one another and one beside them, with a repository each."""
    alpha = world.repository_group("alpha", owner_id=bob, group_description="first")
    kid = world.repository_group("alpha/kid", parent_id=alpha)
    world.repository("alpha/two", group_id=alpha)
    world.repository("alpha/one", group_id=alpha)
    world.repository("alpha/making", group_id=alpha, pending=True)
    world.repository("alpha/kid/deep", group_id=kid)
    world.repository("outside")
    return alpha, kid


ALPHA = {
    "group_id": 1,
    "group_name": "alpha",
    "group_description": "first",
    "parent_group": None,
    "repositories": ["alpha/one", "alpha/two"],
    "owner": "bob",
}
KID = {
    "group_id": 2,
    "group_name": "alpha/kid",
    "group_description": "",
    "parent_group": "alpha",
    "repositories": ["alpha/kid/deep"],
    "owner": "admin",
}


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("given", ["alpha/kid", 2, "2"])
def test_a_group_goes_by_name_and_by_id(api, given):
    assert api.get_repo_group(repogroupid=given) == KID | {"members": []}


def test_its_members_are_shown_as_those_of_a_repository(api, world, groups, bob):
    alpha, _ = groups
    team = world.user_group("team")
    world.grant("group.write", alpha, user_id=bob)
    world.grant("group.admin", alpha, users_group_id=team)
    world.grant("group.none", alpha, user_id=1)
    found = api.get_repo_group(repogroupid="alpha")
    members = found.pop("members")
    assert found == ALPHA
    default, user = (api.get_user(userid=name) for name in ("default", "bob"))
    for each in (default, user):
        del each["permissions"]
    assert members == [
        {"name": "default", "type": "user", **default, "permission": "group.none"},
        {"name": "bob", "type": "user", **user, "permission": "group.write"},
        {
            "name": "team",
            "type": "users_group",
            "id": team,
            "active": True,
            "permission": "group.admin",
        },
    ]


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("given", ["kid", "Alpha", "alpha/", "", 99, True, None, 1.5, ["alpha"]])
def test_a_group_that_does_not_exist(api, given):
    text = api.error("get_repo_group", repogroupid=given)
    assert text.startswith("repository group `")
    assert text.endswith("` does not exist")


def test_the_group_is_required(api):
    text = api.error("get_repo_group")
    assert text == "Missing non optional `repogroupid` arg in JSON DATA"


@pytest.mark.usefixtures("groups")
def test_all_groups_are_listed_by_name(api, world):
    world.repository_group("Beta")
    beta = KID | {"group_id": 3, "group_name": "Beta", "parent_group": None, "repositories": []}
    assert api.get_repo_groups() == [beta, ALPHA, KID]


def test_there_may_be_no_groups(api):
    assert api.get_repo_groups() == []


def test_a_list_takes_as_many_statements_however_long_it_is(api, world, groups, statements):
    api.get_repo_groups()
    few = len(statements)
    for number in range(20):
        group = world.repository_group(f"group-{number}")
        world.repository(f"group-{number}/new", group_id=group)
    statements.clear()
    assert len(api.get_repo_groups()) == 22
    assert len(statements) == few


def test_only_administrators_read_groups(api, world, groups, as_bob, bob):
    alpha, _ = groups
    world.grant("group.admin", alpha, user_id=bob)
    for method, args in (("get_repo_group", {"repogroupid": "alpha"}), ("get_repo_groups", {})):
        assert as_bob.error(method, **args) == "Access was denied to this resource."
