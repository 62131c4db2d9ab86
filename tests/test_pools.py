"""Pools of threads: calls go out, results come back, nothing is lost or kept."""

import gc
import threading
import weakref

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults

from kallithea_host import Busy
from kallithea_host.pools import Pool


@pytest.fixture
def pool():
    pool = Pool(reactor, "test", threads=2, queue_limit=1)
    yield pool
    pool.stop()


@pytest_twisted.ensureDeferred
async def test_a_call_runs_in_a_thread_and_its_result_comes_back(pool):
    name = await pool.run(lambda: threading.current_thread().name)
    assert name.startswith("PoolThread-test")


@pytest_twisted.ensureDeferred
async def test_what_a_call_raises_is_raised(pool):
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 / 0)


@pytest_twisted.ensureDeferred
async def test_a_full_queue_refuses_but_not_what_is_urgent_and_empties_again(pool):
    gate = threading.Event()
    waiting = [pool.run(gate.wait, 10) for _ in range(3)]
    with pytest.raises(Busy) as caught:
        pool.run(int)
    assert str(caught.value) == "Server is busy, try again later"
    urgent = pool.run_urgently(int)
    gate.set()
    await gatherResults([*waiting, urgent])
    assert await pool.run(int) == 0


@pytest_twisted.ensureDeferred
async def test_failed_calls_give_their_places_back(pool):
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 / 0)
    assert await pool.run(int) == 0


@pytest_twisted.ensureDeferred
async def test_stopping_waits_for_no_call_that_runs_on(pool):
    gate = threading.Event()
    waiting = pool.run(gate.wait, 10)
    pool.stop()
    gate.set()
    assert await waiting


@pytest_twisted.ensureDeferred
async def test_no_thread_keeps_the_process_alive(pool):
    assert await pool.run(lambda: threading.current_thread().daemon)


@pytest_twisted.ensureDeferred
async def test_no_result_is_lost_or_given_to_another(pool):
    numbers = range(2000)
    assert await gatherResults([pool.run_urgently(abs, -n) for n in numbers]) == [*numbers]


@pytest_twisted.ensureDeferred
async def test_no_more_threads_work_than_are_allowed(pool):
    gate, names = threading.Event(), set()

    def work():
        names.add(threading.current_thread().name)
        gate.wait(0.001)

    await gatherResults([pool.run_urgently(work) for _ in range(50)])
    assert len(names) == 2


@pytest_twisted.ensureDeferred
async def test_what_would_end_a_thread_is_told_and_ends_none(pool):
    for error in (SystemExit, KeyboardInterrupt, GeneratorExit):
        for _ in range(3):
            with pytest.raises(error):
                await pool.run(_raise, error)
    assert await pool.run(int) == 0


def _raise(error):
    raise error


class Turns:
    """The reactor's thread, one turn at a time."""

    def __init__(self):
        self.calls = []

    def callFromThread(self, function):  # noqa: N802 - Twisted's name
        self.calls.append(function)

    def turn(self):
        calls, self.calls = self.calls, []
        for call in calls:
            call()


@pytest.fixture
def turns():
    return Turns()


@pytest.fixture
def one(turns):
    """A pool of one thread."""
    pool = Pool(turns, "test", threads=1, queue_limit=10)
    yield pool
    turns.turn()
    pool.stop()


def passed(pool):
    """Wait until the thread has made every call; what waits for the results is another matter."""
    gate = threading.Event()
    pool.run_urgently(gate.set)
    assert gate.wait(10)


def test_results_that_are_ready_together_come_back_together(one, turns):
    results = []
    for number in range(5):
        one.run(abs, -number).addCallback(results.append)
    passed(one)
    assert len(turns.calls) == 1
    assert results == []
    turns.turn()
    assert results == [0, 1, 2, 3, 4]


def test_what_a_result_asks_for_comes_back_in_another_turn(one, turns):
    results = []
    one.run(abs, -1).addCallback(lambda _: one.run(abs, -2).addCallback(results.append))
    passed(one)
    turns.turn()
    passed(one)
    assert results == []
    turns.turn()
    assert results == [2]


def test_neither_a_call_nor_its_result_is_kept(one, turns):
    argument = threading.Event()
    kept = weakref.ref(argument)
    one.run(lambda given: given, argument)
    del argument
    passed(one)
    turns.turn()
    turns.turn()
    gc.collect()
    assert kept() is None


def test_what_a_failed_call_was_given_is_let_go_of_at_once(one, turns):
    class Given:
        pass

    given = Given()
    kept = weakref.ref(given)
    failures = []
    one.run(lambda given: given.missing, given).addErrback(failures.append)
    del given
    passed(one)
    gc.disable()
    try:
        turns.turn()
        failures.clear()
        passed(one)
        turns.turn()
        assert kept() is None
    finally:
        gc.enable()


class TestASystemThatGivesNoThreads:
    @pytest.fixture
    def threads(self, monkeypatch):
        """How many threads the system still gives."""
        left, start = [], threading.Thread.start

        def refusing(thread):
            if not left:
                raise RuntimeError("can't start new thread")
            left.pop()
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refusing)
        return left

    def test_a_call_fails_and_takes_no_place(self, one, turns, threads):
        for _ in range(20):
            with pytest.raises(RuntimeError):
                one.run(int)
        threads.append("one")
        results = []
        one.run(abs, -1).addCallback(results.append)
        passed(one)
        turns.turn()
        assert results == [1]

    def test_fewer_threads_make_all_calls(self, turns, threads):
        threads.append("one")
        pool, results = Pool(turns, "test", threads=4, queue_limit=10), []
        for number in range(5):
            pool.run(abs, -number).addCallback(results.append)
        passed(pool)
        turns.turn()
        assert results == [0, 1, 2, 3, 4]
        turns.turn()
        pool.stop()


def test_stopping_ends_the_threads():
    turns = Turns()
    pool = Pool(turns, "to be stopped", threads=3, queue_limit=10)
    for _ in range(3):
        pool.run(int)
    passed(pool)
    while pool._taken:
        turns.turn()
    pool.stop()
    assert not [thread for thread in threading.enumerate() if "to be stopped" in thread.name]
