"""What the daemon says of its ports, and what it leaves alone; the rest is in acceptance/."""

import os
import sys
import threading

import pytest
import pytest_twisted
from sqlalchemy import text
from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from kallithea_host.config import Settings
from kallithea_host.service import HostService, url_of


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


@pytest.fixture
def service(tmp_path):
    """A service that has started in this process, which afterwards is as it was."""
    interval, mask = sys.getswitchinterval(), os.umask(0o077)
    settings = Settings(data_dir=tmp_path / "data", listen=("tcp:0:interface=127.0.0.1",))
    service = HostService(settings, reactor)
    service.privilegedStartService()
    service.startService()
    yield service
    sys.setswitchinterval(interval)
    os.umask(mask)


@pytest_twisted.ensureDeferred
async def test_a_stop_closes_no_connection_that_a_thread_works_with(service):
    working, stopped = threading.Event(), threading.Event()

    def work():
        with host.database.read() as db:
            working.set()
            assert stopped.wait(10)
            return db.scalar(text("SELECT 1"))

    host = service._host
    result = host.jobs.vcs(work)
    assert working.wait(10)
    await service.stopService()
    stopped.set()
    assert await result == 1
