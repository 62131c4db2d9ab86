import json

import pytest


@pytest.mark.usefixtures("bob")
def test_an_additional_address_is_shown_after_the_primary_one(run, api):
    ran = run("email", "add", "bob", "Second@Example.com")
    assert (ran.code, ran.out) == (0, "added second@example.com\n")
    assert api.get_user(userid="bob")["emails"] == ["bob@example.com", "second@example.com"]


@pytest.mark.usefixtures("bob")
def test_the_list_has_the_primary_address_first(run):
    run("email", "add", "bob", "a@example.com")
    assert run("email", "list", "bob").rows == [["bob@example.com", "yes"], ["a@example.com", "no"]]
    listed = json.loads(run("email", "list", "bob", "--json").out)
    assert listed[1] == {"email": "a@example.com", "primary": False}
    assert run("email", "list", "admin").out == ""


@pytest.mark.parametrize("address", ["bob@example.com", "BOB@Example.com"])
@pytest.mark.parametrize("user", ["bob", "admin"])
@pytest.mark.usefixtures("bob")
def test_an_address_belongs_to_one_user_once(run, address, user):
    ran = run("email", "add", user, address)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"kallithea-host: email `{address}` already exist\n"


@pytest.mark.parametrize("address", ["", "  ", "a\nb@example.com", "x" * 256])
@pytest.mark.usefixtures("bob")
def test_what_cannot_be_an_address_is_refused(run, api, address):
    ran = run("email", "add", "bob", address)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert api.get_user(userid="bob")["emails"] == ["bob@example.com"]


@pytest.mark.usefixtures("bob")
def test_a_removed_address_is_free_again(run, api):
    run("email", "add", "bob", "second@example.com")
    assert run("email", "remove", "bob", "SECOND@example.com").code == 0
    assert api.get_user(userid="bob")["emails"] == ["bob@example.com"]
    assert api.create_user(username="eve", email="second@example.com")["user"]["user_id"]


@pytest.mark.usefixtures("bob")
def test_the_primary_address_is_not_removed(run, api):
    ran = run("email", "remove", "bob", "bob@example.com")
    assert (ran.code, ran.out) == (1, "")
    assert api.get_user(userid="bob")["email"] == "bob@example.com"


@pytest.mark.usefixtures("bob")
def test_an_address_of_somebody_else_is_not_removed(run, api):
    run("email", "add", "admin", "root@example.com")
    ran = run("email", "remove", "bob", "root@example.com")
    assert ran.err == "kallithea-host: the user has no e-mail address `root@example.com`\n"
    assert api.get_user()["emails"] == ["root@example.com"]


@pytest.mark.parametrize(
    "command", [["add", "nobody", "a@b"], ["list", "nobody"], ["remove", "x", "a@b"]]
)
def test_an_unknown_user_is_told_in_one_line(run, command):
    ran = run("email", *command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"kallithea-host: user `{command[1]}` does not exist\n"
