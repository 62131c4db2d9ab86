"""What the daemon says of its ports; starting and stopping is in acceptance/test_daemon.py."""

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from kallithea_host.service import url_of


@pytest.mark.parametrize(
    ("description", "address", "url"),
    [
        ("tcp:0", IPv4Address("TCP", "127.0.0.1", 5), "http://127.0.0.1:5/_admin/api"),
        ("tcp:0", IPv4Address("TCP", "0.0.0.0", 5), "http://127.0.0.1:5/_admin/api"),
        ("tcp6:0", IPv6Address("TCP", "::", 5), "http://[::1]:5/_admin/api"),
        ("tcp6:0", IPv6Address("TCP", "2001:db8::1", 5), "http://[2001:db8::1]:5/_admin/api"),
        ("ssl:0", IPv4Address("TCP", "192.0.2.1", 5), "https://192.0.2.1:5/_admin/api"),
        ("unix:/run/k", UNIXAddress(b"/run/k"), "unix:/run/k (path /_admin/api)"),
    ],
)
def test_an_endpoint_is_told_as_clients_on_this_machine_call_it(description, address, url):
    assert url_of(description, address) == url
