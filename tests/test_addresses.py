"""Which address a request comes from."""

import pytest

from kallithea_host.addresses import ClientAddresses

PROXIED = ClientAddresses(["10.0.0.0/24", "192.0.2.7", "2001:db8::/32"], "X-Forwarded-For")
DIRECT = ClientAddresses([], "X-Forwarded-For")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", [b"198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [b"198.51.100.1"], "198.51.100.1"),
        ("192.0.2.7", [b"198.51.100.1"], "198.51.100.1"),
        ("2001:db8::1", [b"198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [b"6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [b"6.6.6.6", b"198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", [b"2001:470::1"], "2001:470::1"),
        ("10.0.0.1", [b"rubbish"], "10.0.0.1"),
        ("10.0.0.1", [b"198.51.100.1, rubbish"], "10.0.0.1"),
        ("10.0.0.1", [b"\xff\xfe"], "10.0.0.1"),
        ("10.0.0.1", [b""], "10.0.0.1"),
        ("10.0.0.1", [b"198.51.100.1:1234"], "10.0.0.1"),
        ("10.0.0.1", [b"10.0.0.2"], "10.0.0.1"),
        ("::ffff:10.0.0.1", [b"::ffff:198.51.100.1"], "198.51.100.1"),
        ("", [b"198.51.100.1"], ""),
    ],
)
def test_behind_trusted_proxies_the_rightmost_stranger_is_the_client(peer, forwarded, client):
    assert PROXIED.client(peer, forwarded) == client


def test_without_trusted_proxies_no_header_is_asked_for():
    assert DIRECT.header is None
    assert DIRECT.client("203.0.113.9", [b"198.51.100.1"]) == "203.0.113.9"
    assert PROXIED.header == b"X-Forwarded-For"


def test_an_ipv4_address_that_ipv6_carries_is_told_as_what_it_is():
    assert DIRECT.client("::ffff:203.0.113.9") == "203.0.113.9"
    assert DIRECT.client("::FFFF:203.0.113.9") == "203.0.113.9"
    assert DIRECT.client("::ffff:nonsense") == "::ffff:nonsense"
    assert DIRECT.client("2001:db8::1") == "2001:db8::1"


@pytest.mark.parametrize(
    ("peer", "believed"),
    [("10.0.0.1", True), ("::ffff:10.0.0.1", True), ("10.0.1.1", False), ("", False)],
)
def test_only_trusted_proxies_are_believed(peer, believed):
    assert PROXIED.believes(peer) is believed
    assert not DIRECT.believes(peer)
