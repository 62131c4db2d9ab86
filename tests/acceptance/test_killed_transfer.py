"""The daemon's end in the middle of a transfer from a remote server, by SIGKILL and by SIGTERM."""

import http.client
import json
import os
import signal
import threading
import time

import pytest

from kallithea_host.testing import ApiFailure
from tests.acceptance.changes import World
from tests.acceptance.daemon import alive, wait_for
from tests.acceptance.state import everything

ALIASES = pytest.mark.parametrize("alias", ["git", "hg"])


class Calling(threading.Thread):
    """A call that is under way."""

    def __init__(self, change, api):
        super().__init__()
        self.change, self.api = change, api
        self.answer = self.failure = None
        self.start()

    def run(self):
        try:
            self.answer = self.change.make(self.api)
        except (ApiFailure, http.client.HTTPException, OSError) as failure:
            self.failure = failure

    def ended(self):
        self.join(40)
        assert not self.is_alive()
        return self


@pytest.fixture
def stalling(world, http_remote):
    """The shared world with a remote server that stalls in the middle of every transfer."""
    http_remote.keep = 200
    return World(world.daemon, http_remote, world.clients)


@pytest.fixture
def short(stalling, make_daemon, tmp_path):
    """The same with a daemon that waits a second for calls when it stops."""
    daemon = make_daemon(tmp_path / "server", stop_grace=1)
    yield World(daemon.start(), stalling.remote, stalling.clients)
    daemon.close()


def begin(world, change):
    """A call whose transfer has stalled, and the process that carries it out."""
    call = Calling(change, world.daemon.api)
    assert world.remote.stalled.wait(40)
    (child,) = world.daemon.children()
    return call, child


@ALIASES
@pytest.mark.parametrize("change", ["clone", "pull"])
def test_a_transfer_ends_with_the_daemon_and_leaves_nothing(stalling, name, alias, change):
    daemon = stalling.daemon
    made = getattr(stalling, change)(alias, name)
    before = everything(daemon)
    call, child = begin(stalling, made)
    daemon.kill()
    wait_for(lambda: not alive(child), "the end of the child process")
    call.ended()
    daemon.start()
    assert daemon.undone == [{"clone": "create"}.get(change, change)]
    assert everything(daemon) == before
    assert daemon.sound()
    stalling.remote.keep = None
    made.make(daemon.api)
    assert daemon.sound()
    assert stalling.problems(made.there) == {}


@ALIASES
def test_a_start_waits_for_a_transfer_that_a_killed_daemon_has_left(stalling, name, alias):
    daemon = stalling.daemon
    made = stalling.pull(alias, name)
    call, child = begin(stalling, made)
    os.kill(child, signal.SIGSTOP)
    daemon.kill()
    call.ended()
    daemon.spawn()
    wait_for(lambda: "waiting for child processes" in daemon.log, "its waiting")
    os.kill(child, signal.SIGCONT)
    daemon.answering()
    assert not alive(child)
    assert daemon.undone == ["pull"]
    assert daemon.sound()
    stalling.remote.keep = None
    made.make(daemon.api)
    assert stalling.problems(made.there) == {}


@ALIASES
def test_a_transfer_that_goes_on_too_long_is_ended_with_the_daemon(short, name, alias):
    stalling, daemon = short, short.daemon
    made = stalling.clone(alias, name)
    before = everything(daemon)
    call, child = begin(stalling, made)
    begun = time.monotonic()
    assert daemon.stop() == -15
    assert time.monotonic() - begun < 30
    assert "stopped cleanly" in daemon.log
    repository = made.arguments["repo_name"]
    assert str(call.ended().failure) == f"failed to create repository `{repository}`"
    assert not alive(child)
    assert everything(daemon) == before
    assert daemon.sound()


def test_a_transfer_that_ends_in_time_is_answered(stalling, name):
    daemon = stalling.daemon
    made = stalling.clone("git", name)
    call, child = begin(stalling, made)
    daemon.process.terminate()
    wait_for(lambda: "Port" in daemon.log and "Closed" in daemon.log, "the port to close")
    stalling.remote.release.set()
    assert call.ended().answer["success"] is True
    assert daemon.process.wait(30) == -15
    assert "stopped cleanly" in daemon.log
    assert not alive(child)
    assert daemon.sound()
    assert stalling.problems(made.there) == {}


def test_a_client_that_leaves_does_not_stop_its_call(stalling, name):
    daemon = stalling.daemon
    made = stalling.clone("hg", name)
    leave_after_asking(daemon, made)
    assert stalling.remote.stalled.wait(40)
    stalling.remote.release.set()
    wait_for(lambda: made.there[0] in names(daemon.api), "the repository")
    assert daemon.sound()


def leave_after_asking(daemon, change):
    """Send a request and go away."""
    key = (daemon.data_dir / "admin-api-key").read_text().strip()
    request = {"id": 1, "api_key": key, "method": change.method, "args": change.arguments}
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
    connection.request("POST", "/_admin/api", json.dumps(request))
    connection.close()


def names(api):
    return {repository["repo_name"] for repository in api.get_repos()}
