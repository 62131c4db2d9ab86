import json

import pytest


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("10.0.0.7", "10.0.0.7/32"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0/24"),
        ("::1", "::1/128"),
        ("2001:DB8::/64", "2001:db8::/64"),
        ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
    ],
)
@pytest.mark.usefixtures("bob")
def test_a_network_is_stored_as_one(run, api, given, stored):
    ran = run("ip", "add", "bob", given)
    assert (ran.code, ran.out) == (0, f"added {stored}\n")
    assert api.get_user(userid="bob")["ip_addresses"] == [stored]


@pytest.mark.parametrize(
    "network",
    ["", "x", "10.0.0.5/24", "10.0.0.0/33", "10.0.0", "fe80::1%eth0", "010.0.0.1", "0x7f.1"],
)
@pytest.mark.usefixtures("bob")
def test_what_is_no_network_is_wrong_usage(run, api, network):
    ran = run("ip", "add", "bob", network)
    assert (ran.code, ran.out) == (2, "")
    assert api.get_user(userid="bob")["ip_addresses"] == []


def test_the_server_that_runs_obeys_at_once(run, api, bob):
    as_bob = api.as_key(bob["api_key"])
    run("ip", "add", "bob", "10.9.9.0/24")
    assert as_bob.error("get_user").startswith("request from IP:")
    run("ip", "remove", "bob", "10.9.9.0/24")
    assert as_bob.get_user()["username"] == "bob"


def test_the_networks_of_default_hold_for_everybody(run, api):
    run("ip", "add", "default", "10.9.9.0/24")
    assert api.error("get_user").startswith("request from IP:")
    run("ip", "add", "admin", "127.0.0.1")
    assert api.get_user()["username"] == "admin"


@pytest.mark.usefixtures("bob")
def test_the_list_is_in_the_order_of_adding(run):
    for network in ("10.0.2.0/24", "10.0.1.0/24"):
        run("ip", "add", "bob", network)
    assert run("ip", "list", "bob").out == "10.0.2.0/24\n10.0.1.0/24\n"
    listed = json.loads(run("ip", "list", "bob", "--json").out)
    assert listed == [{"network": "10.0.2.0/24"}, {"network": "10.0.1.0/24"}]
    assert run("ip", "list", "admin").out == ""


@pytest.mark.usefixtures("bob")
def test_a_network_is_not_added_twice(run):
    run("ip", "add", "bob", "10.0.0.7")
    ran = run("ip", "add", "bob", "10.0.0.7/32")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-host: 10.0.0.7/32 is among the user's networks already\n"


@pytest.mark.usefixtures("bob")
def test_a_network_may_belong_to_several_users(run):
    assert run("ip", "add", "bob", "10.0.0.7").code == 0
    assert run("ip", "add", "admin", "10.0.0.7").code == 0


@pytest.mark.usefixtures("bob")
def test_only_an_own_network_is_removed(run):
    run("ip", "add", "admin", "10.0.0.0/8")
    ran = run("ip", "remove", "bob", "10.0.0.0/8")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-host: 10.0.0.0/8 is not among the user's networks\n"
    assert run("ip", "list", "admin").out == "10.0.0.0/8\n"


@pytest.mark.parametrize(
    "command", [["add", "nobody", "::1"], ["list", "nobody"], ["remove", "x", "::1"]]
)
def test_an_unknown_user_is_told_in_one_line(run, command):
    ran = run("ip", *command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"kallithea-host: user `{command[1]}` does not exist\n"
