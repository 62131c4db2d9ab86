"""Where and in which transaction a method runs; what a client reads is in test_protocol.py."""

import threading

import pytest
import pytest_twisted
from sqlalchemy import insert, select, update
from twisted.internet import reactor

from kallithea_host import (
    Call,
    DbJob,
    Ident,
    Methods,
    ThenVcs,
    VcsError,
    VcsJob,
    assembly,
    data_folder,
    hookimpl,
)
from kallithea_host import schema as tables
from kallithea_host.dialects import Request
from kallithea_host.dispatch import Dispatcher
from kallithea_host.jobs import ThreadedJobs
from kallithea_host.loading import Plugin

methods = Methods("probe")


def thread():
    return threading.current_thread().name


@methods.in_db(needs=None)
def read(job: DbJob) -> list[str]:
    """Tell the thread."""
    return [thread()]


@methods.in_db(needs=None, writes=True)
def write(job: DbJob) -> list[str]:
    """Tell the thread of a change, and of what follows it."""
    told = [thread()]
    job.after_commit(lambda: FOLLOWED.append(thread()))
    return told


@methods.in_reactor(needs=None)
async def awaited(call: Call) -> list[str]:
    """Tell the threads of several jobs."""
    in_read = await call.read(lambda job, extra: thread() + extra, extra="!")
    return [
        thread(),
        in_read,
        await call.write(lambda job: thread()),
        await call.vcs(thread),
        await call.hash(thread),
    ]


@methods.in_db(needs=None, writes=True)
def change_and_fail(job: DbJob) -> None:
    """Change something, and fail."""
    job.db.execute(update(tables.users).values(firstname="changed"))
    job.after_commit(lambda: FOLLOWED.append("followed"))
    raise RuntimeError("afterwards")


@methods.in_db(needs=None)
def no_target(job: DbJob) -> str:
    """Ask for an object that the permission is not about."""
    return job.target.repo_name


@methods.in_vcs(needs="repository.read")
def look(job: VcsJob, repoid: Ident) -> list[str]:
    """Tell the repository, its backend, and the thread."""
    repository = job.repository
    return [repository.name, str(repository.path), job.backend.alias, thread()]


@methods.in_db(needs="repository.read", writes=True)
def read_and_look(job: DbJob, repoid: Ident, *, fails: bool = False) -> ThenVcs:
    """Tell the thread of the transaction, what follows it, and the thread of the look."""
    job.after_commit(lambda: FOLLOWED.append("followed"))
    return ThenVcs(look_and_fail if fails else look_after, (thread(),))


def look_after(job, before):
    return [before, *FOLLOWED, job.repository.name, thread()]


def look_and_fail(job, before):
    raise VcsError("nothing there")


@methods.in_db(needs=("hg.create.repository", "usergroup.read", "hg.admin"))
def several(job: DbJob, usergroupid: Ident) -> str:
    """Needs several permissions."""
    return job.target.group_name


FOLLOWED = []


class Probe:
    @hookimpl
    def kallithea_methods(self):
        return methods


@pytest.fixture
def plugins():
    return [Plugin("probe", Probe(), "probe", "probe 1")]


@pytest.fixture(autouse=True)
def _forget():
    FOLLOWED.clear()


@pytest_twisted.async_yield_fixture
async def ask(settings, host):
    """Call a method of a host with real pools."""
    host.database.close()
    jobs = ThreadedJobs(reactor, settings)
    threaded, _ = assembly.assemble(settings, host.registry, jobs, reactor)
    dispatcher = Dispatcher(threaded, lambda result: result)
    key = data_folder.admin_key_file(settings).read_text().strip()

    async def ask(method, **args):
        return await dispatcher.dispatch(Request(b"1", key, method, args, "127.0.0.1"))

    ask.host = threaded
    yield ask
    jobs.stop()
    threaded.database.close()


@pytest_twisted.ensureDeferred
async def test_methods_run_in_the_threads_they_declare(ask):
    assert (await ask("read"))[0].startswith("PoolThread-database readers")
    assert (await ask("write"))[0].startswith("PoolThread-database writer")
    assert FOLLOWED[0].startswith("PoolThread-database writer")
    here, in_read, in_write, in_vcs, in_hash = await ask("awaited")
    assert here == thread()
    assert in_read.startswith("PoolThread-database readers")
    assert in_read.endswith("!")
    assert in_write.startswith("PoolThread-database writer")
    assert in_vcs.startswith("PoolThread-vcs")
    assert in_hash.startswith("PoolThread-hashing")


@pytest_twisted.ensureDeferred
async def test_a_look_into_a_repository_runs_in_a_vcs_thread(ask):
    add_repository(ask.host)
    name, path, alias, where = await ask("look", repoid="looked-at")
    assert (name, alias) == ("looked-at", "hg")
    assert path == str(ask.host.settings.repositories / "looked-at")
    assert where.startswith("PoolThread-vcs")


@pytest_twisted.ensureDeferred
async def test_a_result_is_finished_in_a_vcs_thread_once_the_transaction_is_over(ask):
    add_repository(ask.host)
    before, followed, name, where = await ask("read_and_look", repoid="looked-at")
    assert before.startswith("PoolThread-database writer")
    assert (followed, name) == ("followed", "looked-at")
    assert where.startswith("PoolThread-vcs")


def test_a_look_that_fails_after_a_transaction_takes_nothing_back(api, host):
    add_repository(host)
    assert api.error("read_and_look", repoid="looked-at", fails=True) == "Internal server error"
    assert FOLLOWED == ["followed"]


def add_repository(host):
    with host.database.write() as db:
        now = db.scalar(select(tables.users.c.created_on).limit(1))
        db.execute(
            insert(tables.repositories).values(
                repo_name="looked-at",
                repo_name_key="looked-at",
                repo_type="hg",
                private=False,
                owner_id=2,
                landing_rev="rev:tip",
                pending=False,
                created_on=now,
                tip_revision=-1,
                tip_date=now,
                tip_id="",
                tip_message="",
                tip_author="",
            )
        )


def test_a_failed_change_leaves_nothing_and_nothing_follows_it(api):
    assert api.error("change_and_fail") == "Internal server error"
    assert api.get_user()["firstname"] == "Kallithea"
    assert FOLLOWED == []


def test_a_method_whose_permission_is_about_no_object_has_no_target(api):
    assert api.error("no_target") == "Internal server error"


def test_every_permission_that_a_method_needs_is_asked_for_in_order(api):
    api.create_user_group(group_name="team")
    api.create_user(username="bob", email="bob@example.com")
    assert api.several(usergroupid="team") == "team"
    assert api.error("several", usergroupid="none") == "user group `none` does not exist"
    bob = api.as_user("bob")
    assert bob.error("several", usergroupid="none") == "user group `none` does not exist"
    assert bob.error("several", usergroupid="team") == "Access was denied to this resource."


def test_a_plain_call_takes_one_transaction(api, host, monkeypatch):
    opened = []
    real = host.database.read
    monkeypatch.setattr(host.database, "read", lambda: opened.append(1) or real())
    api.read()
    assert opened == [1]


def test_the_encoding_of_results_is_the_callers_choice(host):
    answers = []
    dispatcher = Dispatcher(host, lambda result: {"encoded": result})
    key = data_folder.admin_key_file(host.settings).read_text().strip()
    call = dispatcher.dispatch(Request(b"1", key, "read", {}, "127.0.0.1"))
    with pytest.raises(StopIteration) as stopped:
        call.send(None)
    answers.append(stopped.value.value)
    assert answers == [{"encoded": [thread()]}]
