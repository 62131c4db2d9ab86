"""Daemons on folders that are copies of one, and the real clients."""

import shutil
import zlib

import pytest

from tests.acceptance.changes import World
from tests.acceptance.daemon import Daemon
from tests.remotes import hg_server, http_remote, serve
from tests.vcs.clients import GitClient, HgClient

__all__ = ["hg_server", "http_remote"]


@pytest.fixture(scope="session")
def clients():
    """The real programs, by alias."""
    hg = HgClient()
    yield {"hg": hg, "git": GitClient()}
    hg.close()


@pytest.fixture(scope="session")
def first_folder(tmp_path_factory):
    """The data folder after a first start, to be copied."""
    daemon = Daemon(tmp_path_factory.mktemp("first"))
    try:
        daemon.start()
        assert daemon.stop() == -15
        assert "stopped cleanly" in daemon.log
    finally:
        daemon.close()
    return daemon.data_dir


@pytest.fixture(scope="session")
def make_daemon(first_folder):
    """Make a daemon, not started yet, on a fresh folder; it is ended with the tests."""
    made = []

    def make(folder, data=first_folder, **options):
        folder.mkdir(exist_ok=True)
        daemon = Daemon(folder, **options)
        shutil.copytree(data, daemon.data_dir, symlinks=True)
        made.append(daemon)
        return daemon

    yield make
    for daemon in made:
        daemon.close()


@pytest.fixture
def daemon(make_daemon, tmp_path):
    """A running daemon on a fresh folder."""
    daemon = make_daemon(tmp_path / "server").start()
    yield daemon
    daemon.close()


@pytest.fixture(scope="session")
def shared_world(make_daemon, tmp_path_factory, clients, hg_server):
    """One folder with repositories, for tests that have their own names in it."""
    with serve(*hg_server) as remote:
        daemon = make_daemon(tmp_path_factory.mktemp("shared") / "server", faulty=True)
        world = World(daemon.start(), remote, clients)
        world.fill()
        yield world


@pytest.fixture
def name(request):
    """A name for the repositories of one test."""
    return f"case-{zlib.crc32(request.node.name.encode()):x}"


@pytest.fixture
def world(shared_world, name):
    """The shared folder with a living daemon on it; what a test makes there is deleted."""
    daemon = shared_world.daemon
    if daemon.process.poll() is not None:
        daemon.start()
    yield shared_world
    if daemon.process.poll() is None:
        for repository in daemon.api.get_repos():
            if repository["repo_name"].startswith(name):
                daemon.api.delete_repo(repoid=repository["repo_id"], forks="detach")
