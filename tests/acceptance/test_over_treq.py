"""Clients in the reactor: many calls in flight on few connections."""

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults

from kallithea_host.testing import ApiFailure
from kallithea_host.testing.over_treq import TreqApi


@pytest.fixture
def caller(daemon):
    key = (daemon.data_dir / "admin-api-key").read_text().strip()
    api = TreqApi(reactor, f"http://127.0.0.1:{daemon.port}", key)
    yield api
    pytest_twisted.blockon(api.close())


@pytest_twisted.ensureDeferred
async def test_every_one_of_many_calls_in_flight_gets_its_own_answer(caller):
    await gatherResults(caller.create_user(username=f"user{n}", email=None) for n in range(30))
    users = await gatherResults(caller.get_user(userid=f"user{n}") for n in range(30))
    assert [user["username"] for user in users] == [f"user{n}" for n in range(30)]


@pytest_twisted.ensureDeferred
async def test_small_calls_are_answered_while_repositories_are_made(caller):
    made = [caller.create_repo(repo_name=f"repo{n}", repo_type="git") for n in range(5)]
    answers = await gatherResults([*made, *(caller.get_user() for _ in range(20))])
    assert [answer["repo"]["repo_name"] for answer in answers[:5]] == [f"repo{n}" for n in range(5)]
    assert {answer["username"] for answer in answers[5:]} == {"admin"}


@pytest_twisted.ensureDeferred
async def test_an_error_is_raised_with_its_text(caller):
    with pytest.raises(ApiFailure, match=r"^user `nobody` does not exist$"):
        await caller.get_user(userid="nobody")
