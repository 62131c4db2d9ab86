"""How long whoever tries keys has to wait."""

import pytest
from twisted.internet.task import Clock

from kallithea_host import throttle
from kallithea_host.throttle import BURST, LONGEST_DELAY, Throttle


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttled(clock):
    return Throttle(clock.seconds)


def test_a_few_failures_cost_nothing(throttled):
    assert [throttled.failed("a") for _ in range(BURST)] == [0.0] * BURST


def test_many_failures_wait_longer_and_longer_up_to_a_limit(throttled):
    delays = [throttled.failed("a") for _ in range(BURST + 100)]
    assert delays[BURST] == 0.5
    assert delays[BURST + 1] == 1.0
    assert delays[-1] == LONGEST_DELAY


def test_one_address_does_not_slow_down_another(throttled):
    for _ in range(BURST + 10):
        throttled.failed("a")
    assert throttled.failed("b") == 0.0


def test_failures_are_forgotten_with_time(throttled, clock):
    for _ in range(BURST + 10):
        throttled.failed("a")
    clock.advance(20)
    assert throttled.failed("a") == 0.0


def test_a_clock_that_is_set_back_punishes_nobody(clock):
    clock.advance(1_000_000)
    throttled = Throttle(clock.seconds)
    throttled.failed("a")
    clock.rightNow = 0.0
    assert throttled.failed("a") == 0.0


def test_no_more_addresses_are_remembered_than_fit(throttled, monkeypatch):
    monkeypatch.setattr(throttle, "ADDRESSES", 3)
    for _ in range(BURST + 10):
        throttled.failed("first")
    for address in "abc":
        throttled.failed(address)
    assert throttled.failed("first") == 0.0


@pytest.fixture
def strict(clock):
    """Two tries, and another one after eight seconds."""
    return Throttle(clock.seconds, burst=2, per_second=0.125)


def test_what_failed_too_often_has_to_wait_before_it_is_looked_at(strict, clock):
    assert strict.wait("a") == 0.0
    strict.failed("a")
    strict.failed("a")
    assert strict.wait("a") == 8.0
    clock.advance(4)
    assert strict.wait("a") == 4.0
    clock.advance(4)
    assert strict.wait("a") == 0.0


def test_what_did_not_fail_after_all_is_taken_back(strict):
    for _ in range(10):
        strict.failed("a")
        strict.forgive("a")
    assert strict.wait("a") == 0.0


def test_nobody_is_forgiven_beforehand(strict):
    strict.forgive("a")
    strict.failed("a")
    strict.failed("a")
    assert strict.wait("a") == 8.0
