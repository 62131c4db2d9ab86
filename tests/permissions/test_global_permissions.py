"""Global names: everybody's, a user's groups', and his own."""

import pytest
from sqlalchemy import delete

from kallithea_host import schema

FRESH = {
    "repository.read",
    "group.read",
    "usergroup.read",
    "hg.create.repository",
    "hg.create.write_on_repogroup.true",
    "hg.fork.repository",
    "hg.register.manual_activate",
    "hg.extern_activate.auto",
}
CREATE = "hg.usergroup.create.true"


def names(api, user="bob"):
    return set(api.get_user(userid=user)["permissions"]["global"])


def test_an_ordinary_user_has_what_everybody_has(api, bob):
    assert names(api) == FRESH


def test_names_are_listed_once_and_in_order(api, world, bob):
    world.name("hg.create.repository", user_id=bob)
    listed = api.get_user(userid="bob")["permissions"]["global"]
    assert listed == sorted(FRESH)


def test_an_administrator_has_the_two_names_of_one(api, world):
    world.user("boss", admin=True)
    assert names(api, "boss") == {"hg.admin", "hg.create.write_on_repogroup.true"}


def test_a_group_gives_its_names_to_its_members(api, world, bob):
    world.name(CREATE, users_group_id=world.user_group("makers", bob))
    assert names(api) == FRESH | {CREATE}
    assert api.as_user("bob").create_user_group(group_name="new")["user_group"]["owner"] == "bob"


def test_a_group_gives_nothing_to_others(api, world, bob):
    world.name(CREATE, users_group_id=world.user_group("makers", world.user("carol")))
    assert names(api) == FRESH


def test_an_inactive_group_gives_nothing(api, world, bob):
    world.name(CREATE, users_group_id=world.user_group("makers", bob, active=False))
    assert names(api) == FRESH
    error = api.as_user("bob").error("create_user_group", group_name="new")
    assert error == "Access was denied to this resource."


def test_of_a_pair_the_positive_name_decides(api, world, bob):
    world.name("hg.create.none", users_group_id=world.user_group("newcomers", bob))
    assert names(api) == FRESH


@pytest.mark.parametrize(
    ("own", "gone"),
    [
        ("hg.create.none", "hg.create.repository"),
        ("hg.fork.none", "hg.fork.repository"),
        ("hg.create.write_on_repogroup.false", "hg.create.write_on_repogroup.true"),
        ("hg.register.none", "hg.register.manual_activate"),
        ("hg.extern_activate.manual", "hg.extern_activate.auto"),
    ],
)
def test_an_own_row_replaces_the_pair(api, world, bob, own, gone):
    world.name(own, user_id=bob)
    assert names(api) == FRESH - {gone} | {own}


def test_an_own_row_replaces_what_groups_say(api, world, bob):
    world.name(CREATE, users_group_id=world.user_group("makers", bob))
    world.name("hg.usergroup.create.false", user_id=bob)
    assert names(api) == FRESH | {"hg.usergroup.create.false"}
    error = api.as_user("bob").error("create_user_group", group_name="new")
    assert error == "Access was denied to this resource."


def test_of_a_pair_of_own_rows_the_positive_name_decides(api, world, bob):
    world.name("hg.create.none", user_id=bob)
    world.name("hg.create.repository", user_id=bob)
    assert names(api) == FRESH


def test_an_own_row_leaves_other_pairs_alone(api, world, bob):
    world.name(CREATE, user_id=bob)
    assert names(api) == FRESH | {CREATE}


def test_a_row_makes_nobody_an_administrator(api, world, bob):
    world.name("hg.admin", user_id=bob)
    world.name("hg.admin", users_group_id=world.user_group("bosses", bob))
    assert names(api) == FRESH
    assert api.as_user("bob").error("get_users") == "Access was denied to this resource."


def test_without_any_row_there_is_no_name(api, world, bob):
    with world.door() as db:
        db.execute(delete(schema.user_permissions))
    assert names(api) == set()
