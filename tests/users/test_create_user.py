import pytest
from sqlalchemy import func, select

from kallithea_host import Phase, schema
from kallithea_host.passwords import verify_password


def count(rows):
    return rows.one(select(func.count()).select_from(schema.users))[0]


def test_a_new_user_is_answered_as_stored(api):
    answer = api.create_user(
        username="bob", email="Bob@Example.com", firstname="Bob", lastname="B.", password="secret"
    )
    assert answer["msg"] == "created new user `bob`"
    user = answer["user"]
    stored = api.get_user(userid="bob")
    del stored["permissions"]
    assert user == stored
    assert user["email"] == "bob@example.com"
    assert (user["active"], user["admin"]) == (True, False)


def test_what_is_left_out_or_null_has_its_default(api):
    short = api.create_user(username="a", email=None)["user"]
    full = api.create_user(
        username="b", email=None, password=None, firstname=None, lastname=None, active=None,
        admin=None, extern_type=None, extern_name=None, ldap_dn=None,
    )["user"]  # fmt: skip
    for user in (short, full):
        assert (user["firstname"], user["lastname"]) == ("", "")
        assert (user["active"], user["admin"]) == (True, False)
        assert (user["extern_type"], user["extern_name"]) == ("internal", "internal")
        assert user["ldap_dn"] is None


def test_the_new_key_works_at_once(api):
    user = api.create_user(username="bob", email=None)["user"]
    assert api.as_key(user["api_key"]).get_user()["user_id"] == user["user_id"]


def test_a_new_administrator_is_one(api):
    user = api.create_user(username="root", email=None, admin=True)["user"]
    assert user["admin"] is True
    assert len(api.as_user("root").get_users()) == 2


def test_an_inactive_user_cannot_call(api):
    user = api.create_user(username="bob", email=None, active="no")["user"]
    assert api.as_key(user["api_key"]).error("get_user") == "Invalid API key"


@pytest.mark.parametrize("email", [None, "", "  "])
def test_no_address_is_null_and_an_empty_list(api, email):
    user = api.create_user(username="bob", email=email)["user"]
    assert (user["email"], user["emails"]) == (None, [])


def test_several_users_may_have_no_address(api):
    api.create_user(username="a", email="")
    assert api.create_user(username="b", email="")["user"]["email"] is None


def test_the_password_given_is_the_one_kept(api, rows):
    api.create_user(username="bob", email=None, password="geheim 🔑")
    assert verify_password(rows.user("bob").password_hash, "geheim 🔑")


@pytest.mark.parametrize("password", ["", None])
def test_without_a_password_none_fits(api, rows, password):
    api.create_user(username="bob", email=None, password=password)
    assert rows.user("bob").password_hash is None


def test_a_password_of_1024_bytes_is_taken(api, rows):
    api.create_user(username="bob", email=None, password="ä" * 512)
    assert verify_password(rows.user("bob").password_hash, "ä" * 512)


def test_a_longer_password_is_refused_unhashed(api, rows):
    text = api.error("create_user", username="bob", email=None, password="ä" * 512 + "x")
    assert text == "failed to create user `bob`"
    assert count(rows) == 2


@pytest.mark.parametrize("password", ["geheim", "x" * 1025])
@pytest.mark.usefixtures("bob")
def test_what_is_taken_is_told_before_the_password_is_looked_at(api, password):
    given = {"username": "bob", "email": None, "password": password}
    assert api.error("create_user", **given) == "user `bob` already exist"
    given |= {"username": "eve", "email": "bob@example.com"}
    assert api.error("create_user", **given) == "email `bob@example.com` already exist"


def test_a_new_user_has_no_global_permission_of_his_own(api, rows):
    before = rows.all(select(schema.user_permissions))
    api.create_user(username="bob", email=None)
    assert rows.all(select(schema.user_permissions)) == before


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"extern_type": "crowd", "extern_name": "B"}, ("crowd", "B", None)),
        ({"extern_type": "crowd"}, ("crowd", "", None)),
        ({"extern_name": ""}, ("internal", "", None)),
        ({"ldap_dn": "uid=b"}, ("ldap", "uid=b", "uid=b")),
        ({"ldap_dn": "uid=b", "extern_type": "ldap"}, ("ldap", "uid=b", "uid=b")),
        ({"ldap_dn": "uid=b", "extern_name": "uid=b"}, ("ldap", "uid=b", "uid=b")),
        ({"extern_type": "ldap", "extern_name": "uid=b"}, ("ldap", "uid=b", "uid=b")),
        ({"ldap_dn": ""}, ("internal", "internal", None)),
    ],
)
def test_where_outside_the_user_is_known(api, given, stored):
    user = api.create_user(username="bob", email=None, **given)["user"]
    assert (user["extern_type"], user["extern_name"], user["ldap_dn"]) == stored


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"ldap_dn": "uid=b", "extern_type": "crowd"}, "extern_type"),
        ({"ldap_dn": "uid=b", "extern_name": "uid=c"}, "extern_name"),
        ({"ldap_dn": "uid=b", "extern_name": ""}, "extern_name"),
    ],
)
def test_two_ways_to_say_it_must_agree(api, given, name):
    text = api.error("create_user", username="bob", email=None, **given)
    assert text == f"Conflicting values for `{name}` and `ldap_dn` in JSON DATA"


@pytest.mark.parametrize("username", ["bob", "BOB", "admin", "Admin", "default", "DEFAULT"])
@pytest.mark.usefixtures("bob")
def test_a_name_is_taken_in_whatever_case(api, rows, username):
    before = rows.all(select(schema.users))
    text = api.error("create_user", username=username, email="new@example.com")
    assert text == f"user `{username}` already exist"
    assert rows.all(select(schema.users)) == before


@pytest.mark.parametrize("username", ["b_b", "___"])
def test_names_are_no_patterns(api, bob, username):
    user = api.create_user(username=username, email="b_b@example.com")["user"]
    assert user["user_id"] != bob["user_id"]
    assert api.get_user(userid="bob")["user_id"] == bob["user_id"]


@pytest.mark.parametrize(
    "username",
    [
        "", " ", "a b", "a/b", ".a", "-a", "a\n", "\nroot", "a\0", "zoë", "a`b", "../x", "<b>",
        "a@b", "new_user", "New_User", "12", "007", "x" * 256, "\u212a", "a\u202eb",
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_refused(api, rows, username):
    text = api.error("create_user", username=username, email=None)
    assert text == f"failed to create user `{username}`"
    assert count(rows) == 2


def test_a_number_is_a_name_of_digits_only(api):
    assert api.error("create_user", username=123, email=None) == "failed to create user `123`"


@pytest.mark.parametrize("username", ["a", "_a", "a.b-c_d", "0x", "A1", "x" * 255])
def test_a_name_by_the_rule_is_taken(api, username):
    assert api.create_user(username=username, email=None)["user"]["username"] == username


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@example.com", " bob@example.com "])
@pytest.mark.usefixtures("bob")
def test_a_primary_address_is_taken_in_whatever_case(api, email):
    text = api.error("create_user", username="eve", email=email)
    assert text == f"email `{email}` already exist"


def test_an_additional_address_is_taken_too(api, rows, bob):
    rows.add_email(bob["user_id"], "second@example.com")
    text = api.error("create_user", username="eve", email="Second@example.com")
    assert text == "email `Second@example.com` already exist"


@pytest.mark.usefixtures("bob")
def test_of_name_and_address_the_name_is_told_about(api):
    text = api.error("create_user", username="bob", email="bob@example.com")
    assert text == "user `bob` already exist"


@pytest.mark.parametrize("email", ["a\nb@example.com", "a\u202eb@example.com", "x" * 256])
def test_an_address_that_cannot_be_shown_is_refused(api, rows, email):
    assert api.error("create_user", username="bob", email=email) == "failed to create user `bob`"
    assert count(rows) == 2


def test_the_form_of_an_address_is_not_judged(api):
    user = api.create_user(username="bob", email="not an address")["user"]
    assert user["email"] == "not an address"


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "Missing non optional `username` arg in JSON DATA"),
        ({"email": "a@b"}, "Missing non optional `username` arg in JSON DATA"),
        ({"username": "bob"}, "Missing non optional `email` arg in JSON DATA"),
        ({"username": None, "email": "a@b"}, "Missing non optional `username` arg in JSON DATA"),
        ({"username": "bob", "email": "a@b", "nick": 1}, "Unknown `nick` arg in JSON DATA"),
        (
            {"username": "bob", "email": "a@b", "active": "maybe"},
            "Invalid value for `active` arg in JSON DATA: expected boolean",
        ),
        (
            {"username": ["bob"], "email": "a@b"},
            "Invalid value for `username` arg in JSON DATA: expected text",
        ),
    ],
)
def test_arguments_that_do_not_fit(api, args, text):
    assert api.error("create_user", **args) == text


@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_refused(api, rows):
    text = api.as_user("bob").error("create_user", username="eve", email=None)
    assert text == "Access was denied to this resource."
    assert count(rows) == 3


@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_told_about_a_missing_argument_first(api):
    text = api.as_user("bob").error("create_user", username="eve")
    assert text == "Missing non optional `email` arg in JSON DATA"


def test_other_plugins_are_told_without_password_or_key(api, listener):
    user = api.create_user(username="bob", email="b@example.com", password="geheim")["user"]
    for phase in Phase:
        (event,) = listener.told(phase)
        assert (event.action, event.actor) == ("user.created", "admin")
        assert event.subject == {
            "user_id": user["user_id"], "username": "bob", "firstname": "", "lastname": "",
            "email": "b@example.com", "active": True, "admin": False,
            "extern_type": "internal", "extern_name": "internal",
        }  # fmt: skip
        assert "geheim" not in repr(event)
        assert user["api_key"] not in repr(event)


def test_a_veto_leaves_nothing_behind(api, rows, listener):
    listener.refuses = "user.created"
    text = api.error("create_user", username="bob", email="b@example.com")
    assert text == "failed to create user `bob`"
    assert count(rows) == 2
    assert rows.all(select(schema.emails)) == []
    assert listener.told(Phase.AFTER) == []
