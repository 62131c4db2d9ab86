"""Clones and pulls as the server asks for them, in real child processes."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.task import deferLater
from twisted.logger import LogEvent, formatEvent, globalLogPublisher

from kallithea_host.errors import Busy
from kallithea_host.remote import RemotePolicy, RemoteRefused, Remotes, child_process
from kallithea_host.vcs import VcsError

pytestmark = pytest.mark.timeout(60)

SECRET = "geheim"
Make = Callable[..., Remotes]


@pytest_twisted.async_yield_fixture
async def make() -> AsyncIterator[Make]:
    made: list[Remotes] = []

    def make(**settings: Any) -> Remotes:
        made.append(Remotes(reactor, RemotePolicy(allow=("127.0.0.1",)), **settings))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []

    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


def uri(what: str) -> str:
    return f"http://bob:{SECRET}@127.0.0.1/{what}"


def pull(remotes: Remotes, repository: Path, what: str) -> Deferred[tuple[str, ...]]:
    return ensureDeferred(remotes.pull("fake_vcs:plugin", "fake", repository, uri(what)))


async def until(condition: Callable[[], object]) -> None:
    for _ in range(2_000):
        if condition():
            return
        await deferLater(reactor, 0.01, bool)
    pytest.fail("it did not happen")


async def started(repository: Path) -> Path:
    """Find the place in ``/proc`` of the process that works on a repository."""
    pid = repository / "pid"
    await until(lambda: pid.exists() and pid.read_text())
    return Path("/proc", pid.read_text())


async def refusal(working: Deferred[tuple[str, ...]]) -> str:
    with pytest.raises(VcsError) as refused:
        await working
    return str(refused.value)


@pytest_twisted.ensureDeferred
async def test_a_pull_brings_the_ids_that_came(make: Make, repository: Path) -> None:
    assert await pull(make(), repository, "ids") == ("a" * 40, "b" * 40)


@pytest_twisted.ensureDeferred
async def test_a_pull_may_bring_many_ids(make: Make, repository: Path) -> None:
    assert len(await pull(make(), repository, "many")) == 100_000


@pytest_twisted.ensureDeferred
async def test_a_clone_makes_a_repository(make: Make, repository: Path) -> None:
    clone = repository / "clone"
    await make().clone("fake_vcs", "fake", clone, "http://b%40b:p%2Fw@127.0.0.1:80/tell")
    assert (clone / "told").read_text() == "http://127.0.0.1:80/tell b@b p/w"


@pytest_twisted.ensureDeferred
async def test_a_refused_uri_starts_nothing(make: Make, repository: Path) -> None:
    remotes = make()
    with pytest.raises(RemoteRefused):
        await remotes.pull("fake_vcs", "fake", repository, "http://10.0.0.1/wait")
    assert not (repository / "pid").exists()


@pytest_twisted.ensureDeferred
async def test_a_failure_of_the_backend_is_a_vcs_error(
    make: Make, repository: Path, log: list[str]
) -> None:
    assert await refusal(pull(make(), repository, "fail")) == "abort: ***** is wrong"
    assert SECRET not in "".join(log)


@pytest_twisted.ensureDeferred
async def test_a_bug_is_logged_without_the_password(
    make: Make, repository: Path, log: list[str]
) -> None:
    assert await refusal(pull(make(), repository, "bug")) == "its process ended with exit status 70"
    logged = "\n".join(log)
    assert f"pull of {repository} from http://127.0.0.1/bug: Traceback" in logged
    assert "no such key: *****" in logged
    assert SECRET not in logged


@pytest_twisted.ensureDeferred
async def test_what_libraries_print_is_logged_without_the_password(
    make: Make, repository: Path, log: list[str]
) -> None:
    assert await pull(make(), repository, "talk") == ()
    logged = "\n".join(log)
    for how in ("printed", "written", "complained"):
        assert f"{how} *****" in logged
    assert SECRET not in logged


@pytest_twisted.ensureDeferred
async def test_of_much_that_is_printed_the_end_is_logged(
    make: Make, repository: Path, log: list[str]
) -> None:
    assert await pull(make(), repository, "chatter") == ()
    logged = "\n".join(log)
    assert "019999 *****" in logged
    assert len(logged) < child_process.LONGEST_COMPLAINT
    assert SECRET not in logged
    assert all(len(line) == 12 for line in log[-1].splitlines()[1:])


@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_too_long_ends_the_process(
    make: Make, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "LONGEST_ANSWER", 1_000_000)
    assert await refusal(pull(make(), repository, "many")) == "its answer is too long"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("vanish", "its process ended with exit status 3"),
        ("die", "its process was ended by signal 9"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_process_that_just_ends_is_a_failure(
    make: Make, repository: Path, what: str, reason: str
) -> None:
    assert await refusal(pull(make(), repository, what)) == reason


@pytest_twisted.ensureDeferred
async def test_a_process_ends_at_its_time_limit(make: Make, repository: Path) -> None:
    remotes = make(time_limit=2.0)
    assert await refusal(pull(remotes, repository, "wait")) == "it took longer than 2 seconds"
    assert (repository / "rolled-back").exists()


@pytest_twisted.ensureDeferred
async def test_a_process_that_does_not_listen_is_killed(make: Make, repository: Path) -> None:
    working = pull(make(time_limit=2.0, grace=0.2), repository, "deaf")
    process = await started(repository)
    assert await refusal(working) == "it took longer than 2 seconds"
    assert not (repository / "rolled-back").exists()
    assert not process.exists()


@pytest_twisted.ensureDeferred
async def test_memory_is_limited(make: Make, repository: Path) -> None:
    remotes = make(memory=2**30)
    assert "remote_memory_limit" in await refusal(pull(remotes, repository, "eat"))


@pytest_twisted.ensureDeferred
async def test_who_cancels_hears_of_it_when_the_process_is_gone(
    make: Make, repository: Path
) -> None:
    working = pull(make(), repository, "slow_end")
    process = await started(repository)
    working.cancel()
    with pytest.raises(CancelledError):
        await working
    assert (repository / "twice").exists()
    assert not process.exists()


@pytest_twisted.ensureDeferred
async def test_who_cancels_while_waiting_starts_nothing(make: Make, repository: Path) -> None:
    remotes = make(at_once=1)
    first = pull(remotes, repository, "wait")
    second = pull(remotes, repository, "tell")
    second.cancel()
    with pytest.raises(CancelledError):
        await second
    await started(repository)
    first.cancel()
    with pytest.raises(CancelledError):
        await first
    assert await pull(remotes, repository, "ids")
    assert not (repository / "told").exists()


@pytest_twisted.ensureDeferred
async def test_so_many_run_so_many_wait_and_the_next_is_told_that_we_are_busy(
    make: Make, tmp_path: Path, repository: Path
) -> None:
    remotes = make(at_once=2, waiting=1)
    running = [tmp_path / "a", tmp_path / "b"]
    for path in running:
        path.mkdir()
    working = [pull(remotes, path, "wait") for path in running]
    waiting = pull(remotes, repository, "ids")
    with pytest.raises(Busy):
        await pull(remotes, repository, "ids")
    for path in running:
        await started(path)
    assert not waiting.called
    working[0].cancel()
    assert await waiting == ("a" * 40, "b" * 40)
    working[1].cancel()
    for one in working:
        with pytest.raises(CancelledError):
            await one


@pytest_twisted.ensureDeferred
async def test_a_stop_ends_what_runs_and_refuses_what_waits(make: Make, repository: Path) -> None:
    remotes = make(at_once=1)
    running = pull(remotes, repository, "slow_end")
    waiting = pull(remotes, repository, "tell")
    process = await started(repository)
    await remotes.stop()
    assert not process.exists()
    assert (repository / "twice").exists()
    for one in (running, waiting, pull(remotes, repository, "tell")):
        assert await refusal(one) == "the server is stopping"
    assert not (repository / "told").exists()


@pytest_twisted.ensureDeferred
async def test_a_stop_waits_no_longer_than_the_grace(make: Make, repository: Path) -> None:
    remotes = make(grace=0.2)
    running = pull(remotes, repository, "deaf")
    process = await started(repository)
    await remotes.stop()
    assert not process.exists()
    assert await refusal(running) == "the server is stopping"


@pytest_twisted.ensureDeferred
async def test_no_credentials_while_it_runs(make: Make, repository: Path) -> None:
    working = pull(make(), repository, "wait")
    process = await started(repository)
    for place in ("cmdline", "environ"):
        held = (process / place).read_bytes()
        assert b"PATH=" in held or b"kallithea_host.remote.child" in held
        assert SECRET.encode() not in held
    working.cancel()
    with pytest.raises(CancelledError):
        await working
