"""What a call in the reactor ends with when something is wrong."""

import socket
import subprocess

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import CancelledError

from kallithea_host.client import BadAddress, BadAnswer, CallError, Unreachable
from kallithea_host.client.deferred_connection import DeferredConnection
from tests.client_program.answering import Answering

KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def server():
    with Answering() as server:
        yield server


@pytest.fixture
def connect(server):
    made = []

    def connect(host="", **options):
        made.append(DeferredConnection(reactor, host or server.host, KEY, **options))
        return made[-1]

    yield connect
    for connection in made:
        pytest_twisted.blockon(connection.close())


async def error_of(connection, kind):
    with pytest.raises(kind) as caught:
        await connection.call("get_user")
    assert KEY not in str(caught.value)
    return str(caught.value)


@pytest_twisted.ensureDeferred
async def test_a_result_is_awaited(server, connect):
    server.answer = server.result({"name": "x"})
    found = await connect().call("get_repo", {"repoid": "x"})
    assert found == {"name": "x"}
    assert server.last.json["args"] == {"repoid": "x"}
    assert server.last.headers["User-Agent"] == "kallithea-host"


@pytest_twisted.ensureDeferred
async def test_the_text_of_an_error_is_the_server_s(server, connect):
    server.answer = server.result(error="no, “never”")
    assert await error_of(connect(), CallError) == "no, “never”"


@pytest_twisted.ensureDeferred
async def test_a_redirect_is_not_followed(server, connect):
    server.answer = lambda _: (302, {"Location": "http://elsewhere.example/"}, b"")
    assert "redirects to http://elsewhere.example/" in await error_of(connect(), BadAnswer)
    assert len(server.asked) == 1


@pytest_twisted.ensureDeferred
async def test_what_is_no_api_is_told(server, connect):
    server.answer = lambda _: (404, {"Content-Type": "text/html"}, b"<p>nothing</p>")
    assert "HTTP status 404, text/html" in await error_of(connect(), BadAnswer)


@pytest_twisted.ensureDeferred
async def test_a_server_that_is_not_there_is_told(connect):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = await error_of(connect(f"http://127.0.0.1:{port}"), Unreachable)
    assert told.startswith(f"no connection to 127.0.0.1:{port}: Connection was refused")


@pytest_twisted.ensureDeferred
async def test_an_answer_that_does_not_come_in_time_is_told(server, connect):
    def answer(_asked):
        server.released.wait(10)
        return b""

    server.answer = answer
    told = await error_of(connect(timeout=0.1), Unreachable)
    assert "within 0.1 s; it may still be at work" in told
    server.released.set()


@pytest_twisted.ensureDeferred
async def test_a_connection_that_breaks_is_told_and_the_call_not_made_again(server, connect):
    server.answer = lambda _: 1 / 0
    assert "no connection to" in await error_of(connect(), Unreachable)
    assert len(server.asked) == 1


@pytest_twisted.ensureDeferred
async def test_a_call_can_be_cancelled(server, connect):
    server.answer = lambda _: server.released.wait(10) and b""
    called = connect(timeout=None).call("get_user")
    reactor.callLater(0.1, called.cancel)
    with pytest.raises(CancelledError):
        await called
    server.released.set()


@pytest_twisted.ensureDeferred
async def test_a_call_can_be_cancelled_at_once_on_a_connection_that_was_kept(server, connect):
    server.answer = server.result({})
    connection = connect()
    await connection.call("get_user")
    called = connection.call("get_user")
    called.cancel()
    with pytest.raises(CancelledError):
        await called


def test_what_is_no_address_is_refused_at_once():
    with pytest.raises(BadAddress):
        DeferredConnection(reactor, "kallithea.example.com", KEY)


@pytest.fixture
def certificate(tmp_path):
    """The files of a certificate that nobody trusts, and of its key."""
    files = str(tmp_path / "certificate"), str(tmp_path / "key")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    out = ["-nodes", "-out", files[0], "-keyout", files[1]]
    subprocess.run([*make, *names, *out], capture_output=True, check=True)
    return files


@pytest_twisted.ensureDeferred
async def test_a_certificate_that_nobody_trusts_is_refused(certificate, connect):
    with Answering(tls=certificate) as server:
        told = await error_of(connect(server.host), Unreachable)
        assert "certificate verify failed" in told
        assert server.asked == []
