"""Archives from a real daemon: for clients that read slowly, leave, or see the daemon killed."""

import http.client
import os
import random
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest

from kallithea_host.testing.twistd import wait_for
from tests.acceptance.daemon import alive

MB = 1_000_000
SIZE = 16 * MB
FILES = 16
ALLOWED_GROWTH = 32 * 1024
"""Kilobytes."""


@pytest.fixture(scope="module")
def server(make_daemon, clients, tmp_path_factory):
    """A daemon with a repository of each type that no archive compresses."""
    options = ["--set", "api_access_controllers_whitelist=FilesController:archivefile"]
    options += ["--set", "stream_stall_limit=2"]
    daemon = make_daemon(tmp_path_factory.mktemp("streaming") / "server", options=options).start()
    noise = random.Random(1)
    files = {f"f{number:02}": noise.randbytes(SIZE // FILES) for number in range(FILES)}
    for alias, client in clients.items():
        daemon.api.create_repo(repo_name=f"big-{alias}", repo_type=alias, enable_downloads=True)
        client.commit(daemon.data_dir / "repositories" / f"big-{alias}", files)
    return daemon


@pytest.fixture
def running(server):
    """The daemon, alive again if a test has ended it."""
    if server.process.poll() is not None:
        server.start()
    fetch(server, "big-hg", 0).close()  # the nursery is there
    wait_for(lambda: len(family(server)) == 1, "the first child's end")
    return server


def fetch(daemon, repository, wanted, form="tar"):
    """A connection over which so many bytes of an archive have been read."""
    connection = socket.create_connection(("127.0.0.1", daemon.port))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    key = f"Authorization: Bearer {daemon.api._key}"
    path = f"/{repository}/archive/tip.{form}"
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{key}\r\n\r\n".encode())
    read = 0
    while read < wanted:
        read += len(connection.recv(65_536))
    return connection


def read_all(connection):
    while connection.recv(MB):
        pass


def family(daemon):
    """The ids of all processes below the daemon."""
    found, level = [], daemon.children()
    while level:
        found += level
        level = [pid for parent in level for pid in children_of(parent)]
    return found


def children_of(pid):
    every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [each for each in every if alive(each) and parent_of(each) == pid]


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def resident(daemon):
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_a_slow_reader_costs_no_memory_and_delays_nobody(running, alias):
    before = resident(running)
    with fetch(running, f"big-{alias}", MB) as connection:
        for _ in range(10):
            connection.recv(65_536)
            time.sleep(0.05)
            began = time.monotonic()
            assert running.api.get_user(userid="admin")["username"] == "admin"
            assert time.monotonic() - began < 1
        assert resident(running) - before < ALLOWED_GROWTH


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_a_reader_who_leaves_ends_the_work(running, alias):
    with fetch(running, f"big-{alias}", MB):
        assert len(family(running)) > 1
    wait_for(lambda: len(family(running)) == 1, "the child's end")
    assert "Traceback" not in running.log


def test_a_reader_who_stalls_is_cut_off(running):
    with fetch(running, "big-hg", MB) as connection:
        wait_for(lambda: len(family(running)) == 1, "the child's end")
        with pytest.raises(ConnectionResetError):
            read_all(connection)


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_no_process_outlives_a_killed_daemon(running, alias):
    with fetch(running, f"big-{alias}", MB):
        left = family(running)
        assert len(left) > 1
        running.kill()
        wait_for(lambda: not any(alive(pid) for pid in left), "the end of all processes")


def test_a_stop_does_not_wait_for_a_slow_reader_for_ever(make_daemon, server, tmp_path):
    if server.process.poll() is None:
        server.stop()
    options = ["--set", "api_access_controllers_whitelist=FilesController:archivefile"]
    daemon = make_daemon(tmp_path / "server", server.data_dir, options=options, stop_grace=1)
    with daemon, fetch(daemon, "big-hg", MB) as connection:
        left = family(daemon)
        began = time.monotonic()
        assert daemon.stop() == -15
        assert time.monotonic() - began < 10
        wait_for(lambda: not any(alive(pid) for pid in left), "the end of all processes")
        connection.close()


def test_an_archive_that_breaks_off_does_not_look_whole(running, clients):
    path = running.data_dir / "repositories" / "broken"
    running.api.create_repo(repo_name="broken", repo_type="git", enable_downloads=True)
    clients["git"].commit(path, {f"f{n}": random.Random(n).randbytes(MB) for n in range(5)})
    clients["git"].run("-C", str(path), "repack", "-adq")
    (pack,) = (path / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    with pack.open("r+b") as file:
        file.seek(-MB, os.SEEK_END)
        file.write(bytes(MB // 2))
    key = {"Authorization": f"Bearer {running.api._key}"}
    with closing(http.client.HTTPConnection("127.0.0.1", running.port)) as connection:
        connection.request("GET", "/broken/archive/tip.tar", headers=key)
        with closing(connection.getresponse()) as answer:
            assert answer.status == 200
            with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
                answer.read()
    wait_for(lambda: "broke off" in running.log, "a word in the log")
    assert running.log.count("broke off") == 1


def test_a_reader_who_leaves_before_the_first_byte_ends_the_work(running, clients):
    path = running.data_dir / "repositories" / "slow"
    running.api.create_repo(repo_name="slow", repo_type="hg", enable_downloads=True)
    clients["hg"].commit(path, {f"f{number}": bytes(MB) for number in range(60)})
    with fetch(running, "slow", 0, "tar.bz2"):  # zeros: nothing comes out for long
        wait_for(lambda: len(family(running)) > 1, "the child")
    began = time.monotonic()
    wait_for(lambda: len(family(running)) == 1, "the child's end")
    assert time.monotonic() - began < 3
    assert "Traceback" not in running.log
