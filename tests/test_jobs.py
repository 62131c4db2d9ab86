"""Which pools there are, and what jobs may do."""

import threading
from types import SimpleNamespace

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.logger import globalLogPublisher

from kallithea_host.config import Settings
from kallithea_host.jobs import DbJob, DirectJobs, ThreadedJobs


def test_no_thread_is_started_before_the_first_call():
    before = threading.active_count()
    jobs = ThreadedJobs(reactor, Settings())
    assert threading.active_count() == before
    jobs.stop()


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
