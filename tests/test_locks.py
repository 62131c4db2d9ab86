"""Locks of repositories: who waits, and that nothing is left of them."""

import pytest
from twisted.internet.defer import Deferred, ensureDeferred

from kallithea_host.locks import RepositoryLocks


@pytest.fixture
def locks():
    return RepositoryLocks()


@pytest.fixture
def order():
    """What has happened."""
    return []


def working(locks, order, name, *ids, end=None):
    """Work that holds locks until its end; at once when there is none."""

    async def work():
        async with locks.holding(*ids):
            order.append(name)
            if end is not None:
                await end

    return ensureDeferred(work())


def test_who_comes_second_waits_and_goes_on_at_once(locks, order):
    end = Deferred()
    first = working(locks, order, "first", 1, end=end)
    second = working(locks, order, "second", 1)
    assert order == ["first"]
    end.callback(None)
    assert order == ["first", "second"]
    assert (first.result, second.result) == (None, None)


def test_several_wait_in_turn(locks, order):
    end = Deferred()
    names = ["one", "two", "three"]
    all_work = [working(locks, order, "first", 1, end=end)]
    all_work += [working(locks, order, name, 1, 2) for name in names]
    end.callback(None)
    assert order == ["first", *names]
    assert [each.result for each in all_work] == [None] * 4


def test_other_repositories_are_not_waited_for(locks, order):
    end = Deferred()
    working(locks, order, "first", 1, end=end)
    working(locks, order, "second", 2)
    assert order == ["first", "second"]
    end.callback(None)


def test_whoever_fails_lets_the_next_one_in(locks, order):
    end = Deferred()
    first = working(locks, order, "first", 1, end=end)
    second = working(locks, order, "second", 1)
    end.errback(RuntimeError("failed"))
    assert order == ["first", "second"]
    first.addErrback(lambda failure: order.append(str(failure.value)))
    assert order[-1] == "failed"
    assert second.result is None


def test_nothing_is_left_of_a_lock_that_nobody_holds(locks, order):
    end = Deferred()
    working(locks, order, "first", 1, 2, end=end)
    working(locks, order, "second", 2, 3)
    end.callback(None)
    assert not locks._locks
