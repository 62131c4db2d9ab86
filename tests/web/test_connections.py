"""Connections, with a real port, real pools and real sockets."""

import gc
import json
import threading
from dataclasses import replace

import pytest
import pytest_twisted
from twisted.internet import reactor, task
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.logger import globalLogPublisher

from kallithea_host import DbJob, Methods, assembly, data_folder, hookimpl
from kallithea_host.jobs import ThreadedJobs
from kallithea_host.loading import Plugin
from kallithea_host.registry import Registry
from kallithea_host.resource import ApiResource
from kallithea_host.web import site as site_module
from kallithea_host.web.site import HostSite, site_root

methods = Methods("gates")
entered = threading.Semaphore(0)
gate = threading.Event()
passed = []


@methods.in_db(needs=None)
def wait(job: DbJob, number: int = 0) -> int:
    """Wait in a database thread until the gate is open."""
    entered.release()
    gate.wait(20)
    passed.append(number)
    return number


@methods.in_db(needs=None)
def quick(job: DbJob, number: int = 0) -> int:
    """Answer at once."""
    return number


@methods.in_db(needs=None)
def leave(job: DbJob) -> None:
    """End the thread, as nothing should."""
    raise SystemExit("leaving")


class Gates:
    @hookimpl
    def kallithea_methods(self):
        return methods


class Wire(Protocol):
    """A client that writes bytes and reads what comes."""

    def __init__(self):
        self.received = b""
        self.closed = False
        self._waiting = []

    def dataReceived(self, data):  # noqa: N802 - Twisted's name
        self.received += data
        self._wake()

    def connectionLost(self, reason):  # noqa: N802 - Twisted's name
        self.closed = True
        self._wake()

    def _wake(self):
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            deferred.callback(None)

    def write(self, data):
        self.transport.write(data)

    async def until(self, condition):
        deadline = reactor.seconds() + 10
        while not condition():
            left = deadline - reactor.seconds()
            assert left > 0, self.received
            changed = Deferred()
            self._waiting.append(changed)
            await changed.addTimeout(left, reactor).addErrback(lambda _: None)

    async def replies(self, count):
        """The JSON bodies of so many answers."""
        await self.until(lambda: self.received.count(b'"error":') >= count)
        pieces = self.received.split(b"\r\n\r\n")[1:]
        return [json.loads(piece[: piece.rindex(b"}") + 1]) for piece in pieces]


class Server:
    def __init__(self, port, site, api, host, key):
        self.port = port
        self.site = site
        self.api = api
        self.host = host
        self.key = key

    async def connect(self):
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", self.port.getHost().port)
        return await connectProtocol(endpoint, Wire())

    def call(self, method, version="1.1", **args):
        """The bytes of a call."""
        asked = {"id": 1, "api_key": self.key, "method": method, "args": args}
        return post(json.dumps(asked).encode(), version)

    async def idle(self):
        """Wait until nothing is worked on."""
        while self.api.in_flight:
            await task.deferLater(reactor, 0.01)


def post(body, version="1.1"):
    head = f"POST /_admin/api HTTP/{version}\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.fixture
def settings(settings):
    return replace(settings, database_threads=2, queue_limit=1, body_limit=10_000)


@pytest_twisted.async_yield_fixture
async def server(settings, host):
    host.database.close()
    registry = Registry([*host.registry.plugins, Plugin("gates", Gates(), "", "")], settings)
    jobs = ThreadedJobs(reactor, settings)
    threaded, _ = assembly.assemble(settings, registry, jobs, reactor)
    gate.clear()
    passed.clear()
    api = ApiResource(threaded, reactor)
    site = HostSite(site_root(api), reactor, body_limit=settings.body_limit, access_log=None)
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    key = data_folder.admin_key_file(settings).read_text().strip()
    server = Server(port, site, api, threaded, key)
    yield server
    gate.set()
    await server.idle()
    await port.stopListening()
    jobs.stop()
    threaded.database.close()


@pytest.fixture
def failures():
    events = []

    def note(event):
        if "log_failure" in event or event["log_level"].name in {"error", "critical"}:
            events.append(event)

    globalLogPublisher.addObserver(note)
    yield events
    globalLogPublisher.removeObserver(note)


async def taken(count=1):
    """Wait until so many calls stand before the gate."""
    for _ in range(count):
        while not entered.acquire(blocking=False):
            await task.deferLater(reactor, 0.005)


@pytest_twisted.ensureDeferred
async def test_a_connection_serves_one_call_after_another(server):
    wire = await server.connect()
    for number in range(3):
        wire.write(server.call("quick", number=number))
        assert (await wire.replies(number + 1))[-1]["result"] == number
    assert not wire.closed
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_calls_sent_ahead_are_answered_in_order(server):
    wire = await server.connect()
    wire.write(b"".join(server.call("quick", number=number) for number in range(20)))
    assert [reply["result"] for reply in await wire.replies(20)] == list(range(20))
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_http_1_0_is_answered_and_the_connection_closed(server):
    wire = await server.connect()
    wire.write(server.call("quick", version="1.0", number=5))
    await wire.until(lambda: wire.closed)
    assert (await wire.replies(1))[0]["result"] == 5


@pytest_twisted.ensureDeferred
async def test_a_slow_client_gets_its_answer(server):
    wire = await server.connect()
    sent = server.call("quick", number=5)
    for start in range(0, len(sent), 25):
        wire.write(sent[start : start + 25])
        await task.deferLater(reactor, 0.002)
    assert (await wire.replies(1))[0]["result"] == 5
    wire.transport.loseConnection()


@pytest.mark.parametrize("said", [b"", b"POST /_admin/api HTT", post(b"x" * 100)[:-1]])
@pytest_twisted.ensureDeferred
async def test_a_client_that_says_nothing_more_is_left(server, said):
    server.site.timeOut = 0.2
    wire = await server.connect()
    wire.write(said)
    await wire.until(lambda: wire.closed)
    assert wire.received == b""


@pytest_twisted.ensureDeferred
async def test_a_long_call_is_no_silence(server):
    server.site.timeOut = 0.2
    wire = await server.connect()
    wire.write(server.call("wait", number=5))
    await taken()
    await task.deferLater(reactor, 0.5)
    gate.set()
    assert (await wire.replies(1))[0]["result"] == 5
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_when_the_client_leaves_the_work_is_done_and_nothing_is_logged(server, failures):
    wire = await server.connect()
    wire.write(server.call("wait", number=7))
    await taken()
    wire.transport.abortConnection()
    await wire.until(lambda: wire.closed)
    await task.deferLater(reactor, 0.05)
    assert len(server.api.in_flight) == 1
    gate.set()
    await server.idle()
    gc.collect()
    assert passed == [7]
    assert failures == []


@pytest_twisted.ensureDeferred
async def test_a_waiting_call_holds_up_no_other(server):
    waiting, other = await server.connect(), await server.connect()
    waiting.write(server.call("wait", number=1))
    await taken()
    other.write(server.call("quick", number=2))
    assert (await other.replies(1))[0]["result"] == 2
    assert waiting.received == b""
    gate.set()
    assert (await waiting.replies(1))[0]["result"] == 1
    for wire in (waiting, other):
        wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_when_all_threads_and_places_are_taken_the_next_call_is_told(server):
    wires = [await server.connect() for _ in range(5)]
    for wire in wires[:2]:
        wire.write(server.call("wait"))
    await taken(2)
    wires[2].write(server.call("quick", number=3))
    await task.deferLater(reactor, 0.05)
    for wire in wires[3:]:
        wire.write(server.call("quick"))
        told = (await wire.replies(1))[0]["error"]
        assert told == "Server is busy, try again later"
    assert wires[2].received == b""
    gate.set()
    assert (await wires[2].replies(1))[0]["result"] == 3
    wires[3].write(server.call("quick", number=4))
    assert (await wires[3].replies(2))[1]["result"] == 4
    for wire in wires:
        wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_a_large_body_is_413_and_the_connection_stays(server):
    wire = await server.connect()
    wire.write(post(b" " * 200_000))
    await wire.until(lambda: b"too large" in wire.received)
    assert wire.received.startswith(b"HTTP/1.1 413 ")
    wire.received = b""
    wire.write(server.call("quick", number=5))
    assert (await wire.replies(1))[0]["result"] == 5
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_a_body_without_end_is_cut_off(server, monkeypatch):
    monkeypatch.setattr(site_module, "DRAINED", 50_000)
    wire = await server.connect()
    wire.write(post(b" " * 10_000_000))
    await wire.until(lambda: wire.closed)


@pytest_twisted.ensureDeferred
async def test_a_client_that_asks_first_may_send_its_body(server):
    wire = await server.connect()
    head, body = server.call("quick", number=5).split(b"\r\n\r\n")
    wire.write(head + b"\r\nExpect: 100-continue\r\n\r\n")
    await wire.until(lambda: b"100 Continue" in wire.received)
    wire.received = b""
    wire.write(body)
    assert (await wire.replies(1))[0]["result"] == 5
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_while_it_stops_every_client_is_asked_to_leave(server):
    wire = await server.connect()
    server.api.in_flight.closing = True
    wire.write(server.call("quick"))
    await wire.replies(1)
    assert b"Connection: close\r\n" in wire.received
    wire.transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_a_method_that_ends_its_thread_costs_only_its_own_connection(server, failures):
    wire = await server.connect()
    wire.write(server.call("leave"))
    await wire.until(lambda: wire.closed)
    (event,) = failures
    assert "leaving" in str(event["log_failure"])
    other = await server.connect()
    other.write(server.call("quick", number=5))
    assert (await other.replies(1))[0]["result"] == 5
    assert len(server.api.in_flight) == 0
    other.transport.loseConnection()
