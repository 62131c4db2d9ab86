import pytest
from sqlalchemy import select, update

from kallithea_host import Phase, schema
from kallithea_host.passwords import verify_password


@pytest.mark.usefixtures("bob")
def test_what_is_given_changes_and_is_answered(api):
    answer = api.update_user(
        userid="bob", username="rob", email="Rob@Example.com", firstname="Rob", lastname="R",
        active=False, admin=True, extern_type="crowd", extern_name="robert",
    )  # fmt: skip
    user = answer["user"]
    assert answer["msg"] == f"updated user ID:{user['user_id']} rob"
    stored = api.get_user(userid="rob")
    del stored["permissions"]
    assert user == stored
    assert (user["username"], user["email"], user["emails"]) == (
        "rob", "rob@example.com", ["rob@example.com"],
    )  # fmt: skip
    assert (user["firstname"], user["lastname"]) == ("Rob", "R")
    assert (user["active"], user["admin"]) == (False, True)
    assert (user["extern_type"], user["extern_name"]) == ("crowd", "robert")


def test_what_is_left_out_or_null_stays(api, rows, bob):
    api.update_user(userid="bob", password="geheim")
    before = rows.user("bob")
    nothing = dict.fromkeys(
        ("username", "email", "password", "firstname", "lastname", "active", "admin",
         "extern_type", "extern_name", "ldap_dn")
    )  # fmt: skip
    assert api.update_user(userid="bob")["user"] == bob
    assert api.update_user(userid="bob", **nothing)["user"] == bob
    assert rows.user("bob") == before


def test_a_user_is_found_by_id_and_by_id_as_text(api, bob):
    api.update_user(userid=bob["user_id"], firstname="One")
    assert api.update_user(userid=str(bob["user_id"]), lastname="Two")["user"]["firstname"] == "One"


@pytest.mark.usefixtures("bob")
def test_a_new_password_fits_and_the_old_one_no_longer(api, rows):
    api.update_user(userid="bob", password="old")
    api.update_user(userid="bob", password="new")
    stored = rows.user("bob").password_hash
    assert verify_password(stored, "new")
    assert not verify_password(stored, "old")


@pytest.mark.usefixtures("bob")
def test_the_empty_password_takes_the_password_away(api, rows):
    api.update_user(userid="bob", password="old")
    api.update_user(userid="bob", password="")
    assert rows.user("bob").password_hash is None


@pytest.mark.usefixtures("bob")
def test_too_long_a_password_changes_nothing(api, rows):
    before = rows.user("bob")
    text = api.error("update_user", userid="bob", password="x" * 1025, firstname="Other")
    assert text == "failed to update user `bob`"
    assert rows.user("bob") == before


@pytest.mark.usefixtures("bob")
def test_the_case_of_a_name_may_change(api):
    assert api.update_user(userid="bob", username="Bob")["user"]["username"] == "Bob"
    assert api.error("get_user", userid="bob") == "user `bob` does not exist"


@pytest.mark.parametrize(
    "username", ["admin", "ADMIN", "default", "new_user", "", "a b", "12", "zoë", "a\0b"]
)
@pytest.mark.usefixtures("bob")
def test_a_name_that_is_taken_or_cannot_be_one_changes_nothing(api, rows, username):
    before = rows.user("bob")
    text = api.error("update_user", userid="bob", username=username, firstname="Other")
    assert text == "failed to update user `bob`"
    assert rows.user("bob") == before


def test_an_imported_name_stays_as_it_is(api, rows, bob):
    found = schema.users.c.user_id == bob["user_id"]
    rows.execute(update(schema.users).where(found).values(username="zoë", username_key="zoë"))
    answer = api.update_user(userid="zoë", username="zoë", lastname="Żółw")
    assert answer["msg"] == f"updated user ID:{bob['user_id']} zoë"


@pytest.mark.usefixtures("bob")
def test_the_empty_address_is_none(api):
    user = api.update_user(userid="bob", email="")["user"]
    assert (user["email"], user["emails"]) == (None, [])


def test_additional_addresses_stay(api, rows, bob):
    rows.add_email(bob["user_id"], "second@example.com")
    user = api.update_user(userid="bob", email="new@example.com")["user"]
    assert user["emails"] == ["new@example.com", "second@example.com"]


def test_an_additional_address_of_his_own_is_promoted(api, rows, bob):
    rows.add_email(bob["user_id"], "second@example.com")
    user = api.update_user(userid="bob", email="Second@example.com")["user"]
    assert (user["email"], user["emails"]) == ("second@example.com", ["second@example.com"])


@pytest.mark.usefixtures("bob")
def test_the_own_address_may_be_sent_back(api):
    user = api.update_user(userid="bob", email="BOB@example.com")["user"]
    assert user["emails"] == ["bob@example.com"]


@pytest.mark.parametrize("email", ["eve@example.com", "EVE@example.com", "eve2@example.com"])
@pytest.mark.usefixtures("bob")
def test_an_address_of_somebody_else_changes_nothing(api, rows, email):
    eve = api.create_user(username="eve", email="eve@example.com")["user"]
    rows.add_email(eve["user_id"], "eve2@example.com")
    text = api.error("update_user", userid="bob", email=email, firstname="Other")
    assert text == "failed to update user `bob`"
    assert api.get_user(userid="bob")["firstname"] == "Bob"
    assert api.get_user(userid="bob")["email"] == "bob@example.com"


@pytest.mark.usefixtures("bob")
def test_ldap_dn_makes_an_ldap_user(api):
    user = api.update_user(userid="bob", ldap_dn="uid=bob")["user"]
    assert user["extern_type"] == "ldap"
    assert user["extern_name"] == user["ldap_dn"] == "uid=bob"


@pytest.mark.usefixtures("bob")
def test_two_ways_to_say_it_must_agree(api):
    text = api.error("update_user", userid="bob", ldap_dn="uid=bob", extern_type="crowd")
    assert text == "Conflicting values for `extern_type` and `ldap_dn` in JSON DATA"


@pytest.mark.usefixtures("bob")
def test_a_deactivated_user_is_out_with_his_next_call_and_back_when_he_is_active_again(api):
    as_bob = api.as_user("bob")
    api.update_user(userid="bob", active="false")
    assert as_bob.error("get_user") == "Invalid API key"
    api.update_user(userid="bob", active="true")
    assert as_bob.get_user()["username"] == "bob"


@pytest.mark.parametrize("userid", ["default", 1, "1"])
def test_the_default_user_is_not_edited(api, userid):
    text = api.error("update_user", userid=userid, firstname="x")
    assert text == "editing default user is forbidden"


@pytest.mark.parametrize(
    ("userid", "text"),
    [
        ("nobody", "user `nobody` does not exist"),
        ("default", "editing default user is forbidden"),
    ],
)
def test_who_is_meant_is_told_before_the_password_is_looked_at(api, userid, text):
    assert api.error("update_user", userid=userid, password="x" * 1025) == text


@pytest.mark.parametrize("change", [{"active": False}, {"admin": False}])
@pytest.mark.usefixtures("bob")
def test_nobody_takes_his_own_rights(api, change):
    api.update_user(userid="bob", admin=True)
    assert api.error("update_user", userid="admin", **change) == "failed to update user `admin`"
    assert api.get_user()["admin"] is True


@pytest.mark.usefixtures("bob")
def test_another_administrator_may_be_stripped(api):
    api.update_user(userid="bob", admin=True)
    assert api.as_user("bob").update_user(userid="admin", admin=False)["user"]["admin"] is False
    assert api.error("get_users") == "Access was denied to this resource."


def test_the_own_account_may_be_changed_otherwise(api):
    user = api.update_user(userid=2, firstname="Ada", active=True, admin=True)["user"]
    assert user["firstname"] == "Ada"


@pytest.mark.parametrize("userid", ["nobody", 99, None, True, [2]])
def test_an_unknown_user(api, userid):
    shown = {None: "None", True: "true"}.get(userid if not isinstance(userid, list) else 0, userid)
    assert api.error("update_user", userid=userid) == f"user `{shown}` does not exist"


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "Missing non optional `userid` arg in JSON DATA"),
        ({"userid": "bob", "nickname": "x"}, "Unknown `nickname` arg in JSON DATA"),
        (
            {"userid": "bob", "admin": "maybe"},
            "Invalid value for `admin` arg in JSON DATA: expected boolean",
        ),
    ],
)
@pytest.mark.usefixtures("bob")
def test_arguments_that_do_not_fit(api, args, text):
    assert api.error("update_user", **args) == text


@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_refused_even_for_himself(api):
    text = api.as_user("bob").error("update_user", userid="bob", admin=True)
    assert text == "Access was denied to this resource."
    assert api.get_user(userid="bob")["admin"] is False


@pytest.mark.usefixtures("bob")
def test_other_plugins_are_told_what_changed_but_not_to_which_password(api, listener):
    api.update_user(userid="bob", password="geheim", email="new@example.com", username="rob")
    (event,) = listener.told(Phase.AFTER)
    assert event.action == "user.updated"
    assert event.details == {"changed": ["email", "password", "username"]}
    assert (event.subject["username"], event.subject["email"]) == ("rob", "new@example.com")
    assert "geheim" not in repr(event)


@pytest.mark.usefixtures("bob")
def test_a_veto_leaves_everything_as_it_was(api, rows, listener):
    listener.refuses = "user.updated"
    before = rows.user("bob"), rows.all(select(schema.emails))
    text = api.error("update_user", userid="bob", firstname="x", email="x@example.com")
    assert text == "failed to update user `bob`"
    assert (rows.user("bob"), rows.all(select(schema.emails))) == before
