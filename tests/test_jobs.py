"""The pools, and what jobs may do."""

import threading
from types import SimpleNamespace

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.logger import globalLogPublisher

from kallithea_host import Busy
from kallithea_host.config import Settings
from kallithea_host.jobs import DbJob, DirectJobs, Pool, ThreadedJobs


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


def test_no_thread_is_started_before_the_first_call():
    before = threading.active_count()
    jobs = ThreadedJobs(reactor, Settings())
    assert threading.active_count() == before
    jobs.stop()


@pytest_twisted.ensureDeferred
async def test_no_thread_keeps_the_process_alive(pool):
    assert await pool.run(lambda: threading.current_thread().daemon)


@pytest_twisted.ensureDeferred
async def test_there_is_one_writer():
    jobs = ThreadedJobs(reactor, Settings())
    running, most = [], []

    def write():
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.005)
        running.pop()

    await gatherResults([jobs.write(write) for _ in range(10)])
    assert max(most) == 1
    jobs.stop()


def test_direct_jobs_run_at_once():
    thread = []
    DirectJobs().write(lambda: thread.append(threading.current_thread()))
    assert thread == [threading.current_thread()]


@pytest.fixture
def job():
    return DbJob(db=None, caller=None, host=SimpleNamespace(), target=None)


def test_effects_happen_in_their_order_when_asked_for(job):
    happened = []
    job.after_commit(happened.append, 1)
    job.after_commit(happened.append, 2)
    assert happened == []
    job.run_effects()
    assert happened == [1, 2]


def test_an_effect_that_fails_is_logged_and_stops_no_other(job):
    happened, events = [], []
    job.after_commit(lambda: 1 / 0)
    job.after_commit(happened.append, 2)
    globalLogPublisher.addObserver(events.append)
    job.run_effects()
    globalLogPublisher.removeObserver(events.append)
    assert happened == [2]
    (event,) = events
    assert event["log_failure"].check(ZeroDivisionError)
