import pytest

PUBLIC = {
    "user_id", "username", "firstname", "lastname", "email", "emails", "active", "admin",
    "extern_type", "extern_name", "ldap_dn",
}  # fmt: skip
PRIVATE = {"last_login", "ip_addresses", "api_key"}


def test_the_administrator_reads_himself(api):
    user = api.get_user()
    assert user["username"] == "admin"
    assert user["permissions"]["global"] == ["hg.admin", "hg.create.write_on_repogroup.true"]


def test_a_user_is_shown_with_everything_that_is_documented(api, bob):
    user = api.get_user(userid="bob")
    assert set(user) == PUBLIC | PRIVATE | {"permissions"}
    assert set(user["permissions"]) == {
        "global", "repositories", "repositories_groups", "user_groups",
    }  # fmt: skip
    assert user["user_id"] == bob["user_id"]
    assert (user["firstname"], user["lastname"]) == ("Bob", "Builder")
    assert (user["active"], user["admin"]) == (True, False)
    assert (user["email"], user["emails"]) == ("bob@example.com", ["bob@example.com"])
    assert (user["last_login"], user["ip_addresses"]) == (None, [])


@pytest.mark.usefixtures("bob")
def test_the_permissions_are_those_of_the_user_asked_for_and_not_of_the_caller(api):
    of_bob = api.get_user(userid="bob")["permissions"]["global"]
    assert "hg.create.repository" in of_bob
    assert "hg.admin" not in of_bob


def test_additional_addresses_follow_the_primary_one(api, rows, bob):
    rows.add_email(bob["user_id"], "a@example.com")
    rows.add_email(bob["user_id"], "z@example.com")
    user = api.get_user(userid="bob")
    assert user["email"] == "bob@example.com"
    assert user["emails"] == ["bob@example.com", "a@example.com", "z@example.com"]


def test_an_additional_address_is_no_primary_one(api, rows, bob):
    api.update_user(userid="bob", email="")
    rows.add_email(bob["user_id"], "a@example.com")
    user = api.get_user(userid="bob")
    assert (user["email"], user["emails"]) == (None, ["a@example.com"])


def test_networks_are_shown_as_stored(api, rows, bob):
    rows.add_network(bob["user_id"], "10.0.0.0/24")
    rows.add_network(bob["user_id"], "2001:db8::/64")
    assert api.get_user(userid="bob")["ip_addresses"] == ["10.0.0.0/24", "2001:db8::/64"]


@pytest.mark.parametrize("own", ["id", "id as text", "name"])
def test_an_ordinary_user_may_name_himself(api, bob, own):
    userid = {"id": bob["user_id"], "id as text": str(bob["user_id"]), "name": "bob"}[own]
    assert api.as_user("bob").get_user(userid=userid)["username"] == "bob"


def test_zeros_before_an_id_as_text_change_nothing(api):
    assert api.get_user(userid="002")["username"] == "admin"


def test_an_ordinary_user_reads_himself_with_his_key(api, bob):
    assert api.as_user("bob").get_user()["api_key"] == bob["api_key"]


def test_null_is_the_caller_himself(api):
    assert api.get_user(userid=None)["username"] == "admin"


@pytest.mark.parametrize(
    "userid", [2, "2", "admin", 99, "nobody", "Bob", "", True, 3.5, [3], "b\0b"]
)
@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_learns_nothing_of_others_not_even_who_exists(api, userid):
    text = api.as_user("bob").error("get_user", userid=userid)
    assert text == "userid is not the same as your user"


@pytest.mark.parametrize(
    ("userid", "shown"),
    [
        (99, "99"),
        ("nobody", "nobody"),
        ("ADMIN", "ADMIN"),
        ("", ""),
        (0, "0"),
        (-1, "-1"),
        (2**70, str(2**70)),
        (True, "true"),
        (2.0, "2.0"),
        ([2], "[2]"),
        ({"a": 2}, '{"a":2}'),
        ("adm%", "adm%"),
        ("o'x`y", "o'x`y"),
        ("bob@example.com", "bob@example.com"),
    ],
)
@pytest.mark.usefixtures("bob")
def test_who_is_not_there_is_told_as_given(api, userid, shown):
    assert api.error("get_user", userid=userid) == f"user `{shown}` does not exist"


def test_the_administrator_reads_the_default_user_and_inactive_ones(api):
    api.create_user(username="gone", email="gone@example.com", active=False)
    assert api.get_user(userid="default")["user_id"] == 1
    assert api.get_user(userid="gone")["active"] is False


def test_ldap_dn_is_the_outside_name_of_an_ldap_user_only(api, bob):
    assert bob["ldap_dn"] is None
    api.create_user(username="lu", email=None, ldap_dn="uid=lu,dc=example")
    assert api.get_user(userid="lu")["ldap_dn"] == "uid=lu,dc=example"


def test_an_administrator_costs_seven_statements_at_most(api, statements):
    api.get_user()
    assert len(statements) <= 7, statements
