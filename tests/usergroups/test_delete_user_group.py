import pytest
from sqlalchemy import func, select

from kallithea_host import schema


@pytest.mark.parametrize("form", [int, str, lambda _: "team"], ids=["id", "digits", "name"])
def test_a_deleted_user_group_is_gone_and_its_name_is_free(api, team, form):
    result = api.delete_user_group(usergroupid=form(team))
    assert result == {"msg": f"deleted user group ID:{team} team", "user_group": None}
    assert api.get_user_groups() == []
    assert api.create_user_group(group_name="team")["user_group"]["users_group_id"] != team


def test_the_documentations_other_name_of_the_argument_does(api, team):
    assert api.delete_user_group(usersgroupid=team)["user_group"] is None


def test_its_members_and_all_its_other_rows_go_with_it(api, world, team, bob):
    world.member(team, bob)
    world.name("hg.fork.none", users_group_id=team)
    group = world.repository_group("group")
    world.grant("group.read", group, users_group_id=team)
    other = world.user_group("other")
    world.grant("usergroup.read", other, users_group_id=team)
    world.grant("usergroup.read", team, users_group_id=other)
    api.delete_user_group(usergroupid="team")
    tables = (
        schema.user_group_members,
        schema.user_group_permissions,
        schema.grants["group"].user_groups,
        schema.grants["usergroup"].user_groups,
    )
    left = [world.rows(select(func.count()).select_from(table)) for table in tables]
    assert left == [[(0,)]] * 4
    assert api.get_user(userid="bob")["username"] == "bob"


def test_it_is_not_deleted_while_repositories_have_rows_of_it(api, world, team):
    for name in ("b", "a/x", "c"):
        repo_id = world.repository(name)
        if name != "c":
            world.grant("repository.none", repo_id, users_group_id=team)
    error = api.error("delete_user_group", usergroupid="team")
    assert error == "User Group assigned to a/x, b"
    assert len(api.get_user_groups()) == 1


def test_repositories_that_the_caller_cannot_see_are_not_named(api, world, team, bob):
    world.grant("usergroup.admin", team, user_id=bob)
    for name in ("hidden", "secret"):
        world.grant("repository.read", world.repository(name), users_group_id=team)
    client = api.as_user("bob")
    error = client.error("delete_user_group", usergroupid="team")
    assert error == "User Group assigned to hidden repositories"
    shown = world.repository("shown", owner_id=bob)
    world.grant("repository.read", shown, users_group_id=team)
    error = client.error("delete_user_group", usergroupid="team")
    assert error == "User Group assigned to shown, hidden repositories"


@pytest.mark.parametrize("granted", ["none", "read", "write"])
def test_to_whoever_is_not_its_admin_it_does_not_exist(api, world, team, bob, granted):
    world.grant(f"usergroup.{granted}", team, user_id=bob)
    world.grant("repository.read", world.repository("repo"), users_group_id=team)
    error = api.as_user("bob").error("delete_user_group", usergroupid="team")
    assert error == "user group `team` does not exist"
    assert len(api.get_user_groups()) == 1


@pytest.mark.parametrize("how", ["granted", "owned"])
def test_its_admin_and_its_owner_delete_it(api, world, bob, how):
    team = world.user_group("team", owner_id=bob if how == "owned" else 2)
    if how == "granted":
        world.grant("usergroup.admin", team, user_id=bob)
    assert api.as_user("bob").delete_user_group(usergroupid=team)
    assert api.get_user_groups() == []


def test_what_is_not_there_cannot_be_deleted(api):
    error = api.error("delete_user_group", usergroupid="team")
    assert error == "user group `team` does not exist"
    error = api.error("delete_user_group")
    assert error == "Missing non optional `usergroupid` arg in JSON DATA"


def test_other_plugins_are_told(api, team, listener):
    api.delete_user_group(usergroupid="team")
    (event,) = listener.heard
    assert event.action == "user_group.deleted"
    assert event.subject == {"users_group_id": team, "group_name": "team"}


def test_what_another_plugin_refuses_is_not_deleted(api, team, listener):
    listener.refuses = "user_group.deleted"
    error = api.error("delete_user_group", usergroupid=team)
    assert error == f"failed to delete user group ID:{team} team"
    assert len(api.get_user_groups()) == 1
