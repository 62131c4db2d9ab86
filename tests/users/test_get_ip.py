import pytest


def test_the_address_of_the_call_under_both_names(api):
    answer = api.get_ip()
    assert answer == {
        "ip_addr_server": answer["server_ip_addr"],
        "server_ip_addr": answer["ip_addr_server"],
        "user_ips": [],
    }
    assert answer["server_ip_addr"] not in (None, "")


def test_show_ip_is_the_same(api):
    assert api.show_ip() == api.get_ip()


@pytest.mark.parametrize(
    ("network", "first", "last"),
    [
        ("10.0.0.0/24", "10.0.0.0", "10.0.0.255"),
        ("127.0.0.1/32", "127.0.0.1", "127.0.0.1"),
        ("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"),
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
        ("::1/128", "::1", "::1"),
    ],
)
def test_a_network_is_shown_with_its_first_and_last_address(api, rows, bob, network, first, last):
    rows.add_network(bob["user_id"], network)
    assert api.get_ip(userid="bob")["user_ips"] == [{"ip_addr": network, "ip_range": [first, last]}]


def test_only_the_own_networks_in_the_order_they_were_added(api, rows, bob):
    for network in ("10.0.2.0/24", "10.0.1.0/24"):
        rows.add_network(bob["user_id"], network)
    shown = [network["ip_addr"] for network in api.get_ip(userid=bob["user_id"])["user_ips"]]
    assert shown == ["10.0.2.0/24", "10.0.1.0/24"]
    assert api.get_ip(userid="admin")["user_ips"] == []


def test_networks_of_everybody_are_not_among_the_own_ones(api, rows, bob):
    rows.add_network(1, "127.0.0.0/8")
    assert api.get_ip(userid=bob["user_id"])["user_ips"] == api.get_ip()["user_ips"] == []
    (network,) = api.get_ip(userid="default")["user_ips"]
    assert network["ip_addr"] == "127.0.0.0/8"


def test_an_unknown_user(api):
    assert api.error("get_ip", userid="nobody") == "user `nobody` does not exist"


@pytest.mark.parametrize("args", [{}, {"userid": "bob"}, {"userid": "nobody"}])
@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_refused_whomever_he_names(api, args):
    assert api.as_user("bob").error("get_ip", **args) == "Access was denied to this resource."
