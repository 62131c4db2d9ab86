"""Output on its way from real child processes to a client that reads, waits, or leaves."""

import os
import signal
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, ensureDeferred
from twisted.internet.task import deferLater
from twisted.logger import formatEvent, globalLogPublisher

from kallithea_host.errors import Busy
from kallithea_host.replies import ClientLeft
from kallithea_host.streaming import ChildStreams, DirectStreams, Order
from kallithea_host.vcs import UnknownPath, UnknownRevision, VcsError

pytestmark = pytest.mark.timeout(60)

LARGE = 400
"""Pieces of 8,000 bytes."""


class Client:
    """A consumer as a request is one; it takes so much, and then waits until it is told."""

    def __init__(self, takes=1 << 40):
        self.takes = takes
        self.data = bytearray()
        self.producer = None

    def registerProducer(self, producer, streaming):  # noqa: N802 - Twisted's name
        assert streaming
        self.producer = producer

    def unregisterProducer(self):  # noqa: N802 - Twisted's name
        self.producer = None

    def write(self, data):
        self.data += data
        if len(self.data) >= self.takes and self.producer is not None:
            self.producer.pauseProducing()


@pytest_twisted.async_yield_fixture
async def make():
    made = []

    def make(**more):
        settings = {"at_once": 2, "waiting": 5, "stall_limit": 30.0, "time_limit": 60.0, **more}
        made.append(ChildStreams(reactor, ["made_vcs"], **settings))
        return made[-1]

    yield make
    for streams in made:
        streams.stop()
    await deferLater(reactor, 0.05)


@pytest.fixture
def log():
    lines = []

    def observe(event):
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


def order(repository, what, **more):
    return Order(
        operation="content",
        plugin="made_vcs",
        alias="made",
        root=str(repository.parent),
        name=repository.name,
        arguments=("a" * 40, what),
        **more,
    )


def opening(streams, repository, what, **more):
    return ensureDeferred(streams.open(order(repository, what, **more)))


async def until(condition):
    for _ in range(1_500):
        if condition():
            return
        await deferLater(reactor, 0.01)
    pytest.fail("it did not happen")


def lives(pid):
    try:
        state = Path("/proc", pid, "stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


async def started(repository):
    pid = repository / "pid"
    await until(lambda: pid.exists() and pid.read_text())
    return pid.read_text()


@pytest_twisted.ensureDeferred
async def test_small_output_comes_whole(make, repository):
    assert await opening(make(), repository, "whole:5") == b"xxxxx"


@pytest_twisted.ensureDeferred
async def test_output_of_nothing_comes_whole(make, repository):
    assert await opening(make(), repository, "whole:0") == b""


@pytest_twisted.ensureDeferred
async def test_large_output_is_delivered_byte_by_byte_as_it_was_made(make, repository):
    body, client = await opening(make(), repository, f"pieces:{LARGE}"), Client()
    assert not isinstance(body, bytes)
    assert body.start.startswith(b"00000000")
    await body.deliver(client)
    assert bytes(client.data) == b"".join(b"%08d" % number * 1000 for number in range(LARGE))
    assert client.producer is None


@pytest_twisted.ensureDeferred
async def test_one_large_piece_arrives_whole(make, repository):
    body, client = await opening(make(), repository, "whole:3000000"), Client()
    await body.deliver(client)
    assert bytes(client.data) == b"x" * 3_000_000


@pytest_twisted.ensureDeferred
async def test_the_first_bytes_leave_before_the_last_ones_are_made(make, repository):
    body = await opening(make(), repository, "pieces:100000")
    pid = await started(repository)
    body.discard()
    await until(lambda: not lives(pid))
    assert int((repository / "made").read_text() or 0) < 1_000


@pytest_twisted.ensureDeferred
async def test_a_client_that_waits_makes_the_child_wait(make, repository):
    body, client = await opening(make(), repository, "pieces:100000"), Client(takes=500_000)
    delivered = body.deliver(client)
    await until(lambda: len(client.data) >= 500_000)
    made = (repository / "made").read_text
    seen = [made()]
    while seen[-1:] != seen[-2:-1]:  # until nothing more is made
        await deferLater(reactor, 0.3)
        seen.append(made())
    assert int(made()) < 1_000
    assert len(client.data) < 1_000_000
    client.takes = 1 << 40
    client.producer.resumeProducing()
    await until(lambda: len(client.data) > 2_000_000)
    client.producer.stopProducing()
    with pytest.raises(ClientLeft):
        await delivered


@pytest_twisted.ensureDeferred
async def test_a_client_that_leaves_ends_the_child(make, repository, log):
    body, client = await opening(make(), repository, "pieces:1000000"), Client()
    delivered = body.deliver(client)
    pid = await started(repository)
    client.producer.stopProducing()
    with pytest.raises(ClientLeft):
        await delivered
    await until(lambda: not lives(pid))
    assert not any("Traceback" in line for line in log)


@pytest_twisted.ensureDeferred
async def test_a_body_that_nobody_wants_ends_the_child(make, repository):
    body = await opening(make(), repository, "pieces:1000000")
    pid = await started(repository)
    body.discard()
    await until(lambda: not lives(pid))
    with pytest.raises(ClientLeft):
        await body.deliver(Client())


@pytest_twisted.ensureDeferred
async def test_who_stops_waiting_for_the_beginning_ends_the_child_and_its_programs(
    make, repository
):
    waiting = opening(make(), repository, "sleep")
    await until((repository / "program").exists)
    pid, program = ((repository / name).read_text() for name in ("pid", "program"))
    waiting.cancel()
    with pytest.raises((CancelledError, ClientLeft)):
        await waiting
    await until(lambda: not lives(pid) and not lives(program))
    assert (repository / "unwound").exists()


@pytest_twisted.ensureDeferred
async def test_a_client_that_leaves_before_a_child_has_its_order_is_no_failure(
    make, repository, log
):
    streams = make()
    for _ in range(3):
        waiting = opening(streams, repository, "whole:5")
        waiting.cancel()
        with pytest.raises((CancelledError, ClientLeft)):
            await waiting
    assert await opening(streams, repository, "whole:5") == b"xxxxx"
    await deferLater(reactor, 0.3)
    assert not any("Traceback" in line for line in log)


@pytest_twisted.ensureDeferred
async def test_a_child_that_does_not_want_to_end_is_ended_with_its_programs(make, repository):
    waiting = opening(make(), repository, "stubborn")
    pid = await started(repository)
    waiting.cancel()
    with pytest.raises((CancelledError, ClientLeft)):
        await waiting
    await until(lambda: not lives(pid))


@pytest_twisted.ensureDeferred
async def test_a_client_that_takes_nothing_is_given_up(make, repository):
    body = await opening(make(stall_limit=0.2), repository, "pieces:1000000")
    client = Client(takes=300_000)
    with pytest.raises(ClientLeft, match="nothing"):
        await body.deliver(client)
    pid = await started(repository)
    await until(lambda: not lives(pid))


@pytest_twisted.ensureDeferred
async def test_a_body_that_is_neither_delivered_nor_discarded_is_given_up(make, repository):
    await opening(make(stall_limit=0.2), repository, "pieces:1000000")
    pid = await started(repository)
    await until(lambda: not lives(pid))


@pytest_twisted.ensureDeferred
async def test_work_that_takes_too_long_is_ended(make, repository):
    with pytest.raises(VcsError, match=r"longer than 0\.5 seconds"):
        await opening(make(time_limit=0.5), repository, "sleep")
    pid = await started(repository)
    await until(lambda: not lives(pid))


@pytest.mark.parametrize(
    ("what", "error"),
    [("fail:9", VcsError), ("absent", UnknownPath), ("unknown", UnknownRevision)],
)
@pytest_twisted.ensureDeferred
async def test_a_failure_before_anything_has_left_is_the_callers(make, repository, what, error):
    with pytest.raises(error):
        await opening(make(), repository, what)


@pytest_twisted.ensureDeferred
async def test_a_failure_afterwards_fails_the_delivery(make, repository):
    body = await opening(make(), repository, "fail:3000000")
    with pytest.raises(VcsError, match="damaged"):
        await body.deliver(Client())


@pytest.mark.parametrize("after", [0, 3_000_000])
@pytest_twisted.ensureDeferred
async def test_a_child_that_crashes_is_a_failure(make, repository, after):
    async def deliver():
        body = await opening(make(), repository, f"crash:{after}")
        await body.deliver(Client())

    with pytest.raises(VcsError, match="in the middle"):
        await deliver()


@pytest_twisted.ensureDeferred
async def test_a_bug_is_told_to_the_log_and_is_a_failure(make, repository, log):
    with pytest.raises(VcsError, match="RuntimeError"):
        await opening(make(), repository, "bug")
    await until(lambda: any("RuntimeError: a bug" in line for line in log))


@pytest_twisted.ensureDeferred
async def test_a_child_that_wants_too_much_memory_fails(make, repository):
    with pytest.raises(VcsError, match="stream_memory_limit"):
        await opening(make(), repository, "greedy", memory=1 << 30)


@pytest_twisted.ensureDeferred
async def test_a_repository_that_is_not_there_is_a_failure(make, repository):
    gone = repository.parent / "gone"
    with pytest.raises(VcsError, match="not on the disk"):
        await opening(make(), gone, "whole:1")


@pytest_twisted.ensureDeferred
async def test_one_too_many_is_told_to_come_back(make, repository):
    streams = make(at_once=1, waiting=1, patience=0.2)
    held = await opening(streams, repository, f"pieces:{LARGE}")
    second, third = (opening(streams, repository, "whole:1") for _ in range(2))
    with pytest.raises(Busy):
        await third
    with pytest.raises(Busy):
        await second
    held.discard()
    assert await opening(streams, repository, "whole:1") == b"x"


@pytest_twisted.ensureDeferred
async def test_who_waits_gets_the_place_of_one_that_is_done(make, repository):
    streams = make(at_once=1)
    held = await opening(streams, repository, f"pieces:{LARGE}")
    waiting = opening(streams, repository, "whole:1")
    await held.deliver(Client())
    assert await waiting == b"x"


@pytest_twisted.ensureDeferred
async def test_children_know_neither_the_environment_nor_the_files_of_the_server(
    make, repository, monkeypatch
):
    monkeypatch.setenv("KALLITHEA_SECRET", "geheim")
    held, theirs = os.pipe()
    told = (await opening(make(), repository, "secrets")).decode()
    os.close(held)
    os.close(theirs)
    assert "KALLITHEA_SECRET" not in told
    assert len(eval(told.partition("]")[2])) <= 6


@pytest_twisted.ensureDeferred
async def test_a_nursery_that_was_ended_is_replaced(make, repository, log):
    streams = make()
    await opening(streams, repository, "whole:1")
    os.kill(streams._nursery._process.pid, signal.SIGKILL)
    await until(lambda: not streams._nursery.alive)
    assert await opening(streams, repository, "whole:1") == b"x"
    assert any("nursery ended" in line for line in log)


@pytest_twisted.ensureDeferred
async def test_a_stop_ends_every_child_and_refuses_further_work(make, repository):
    streams = make()
    waiting = opening(streams, repository, "sleep")
    pid = await started(repository)
    nursery = str(streams._nursery._process.pid)
    streams.stop()
    with pytest.raises(VcsError, match="stopping"):
        await waiting
    with pytest.raises(VcsError, match="no child process"):
        await opening(streams, repository, "whole:1")
    await until(lambda: not lives(pid) and not lives(nursery))


@pytest_twisted.ensureDeferred
async def test_without_children_everything_comes_whole(repository):
    body = await opening(DirectStreams(), repository, f"pieces:{LARGE}")
    assert len(body) == LARGE * 8_000
