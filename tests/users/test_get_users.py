import pytest
from sqlalchemy import insert

from kallithea_host import schema
from kallithea_host.clock import now


def test_all_users_by_name_without_the_default_one(api):
    for name in ("zoe", "bob", "Ann"):
        api.create_user(username=name, email=f"{name}@example.com")
    assert [user["username"] for user in api.get_users()] == ["Ann", "admin", "bob", "zoe"]


def test_inactive_users_are_among_them(api):
    api.create_user(username="gone", email=None, active=False)
    assert {"username": "gone", "active": False}.items() <= api.get_users()[1].items()


@pytest.mark.usefixtures("bob")
def test_users_are_shown_as_get_user_shows_them_without_permissions(api):
    alone = api.get_user(userid="bob")
    del alone["permissions"]
    assert api.get_users()[1] == alone


@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_refused(api):
    assert api.as_user("bob").error("get_users") == "Access was denied to this resource."


def test_arguments_are_unknown(api):
    assert api.error("get_users", limit=3) == "Unknown `limit` arg in JSON DATA"


def test_a_hundred_users_cost_as_many_statements_as_one(api, rows, statements):
    api.get_users()
    for_one = len(statements)
    rows.execute(
        insert(schema.users).values(
            [
                {
                    "username": f"u{n}",
                    "username_key": f"u{n}",
                    "active": True,
                    "admin": False,
                    "created_on": now(),
                }
                for n in range(100)
            ]
        )
    )
    statements.clear()
    assert len(api.get_users()) == 101
    assert len(statements) == for_one
