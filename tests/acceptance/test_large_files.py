"""Large files in a real daemon: whatever reads them, it is not the server."""

import os
from pathlib import Path

import pytest

from kallithea_host.testing import Daemon
from kallithea_host.testing.twistd import PROGRAMS

ALLOWED_GROWTH = 32 * 1024
"""Kilobytes."""
INI = """
[app:main]
api_access_controllers_whitelist = FilesController:raw
rss_include_diff = true
"""
COUNT = 200_000
LINES = [b"%06d %s\n" % (number, b"x" * 192) for number in range(COUNT)]
LARGE = b"".join(LINES)
CHANGED = b"new\n" + LARGE


def memory(daemon, what):
    """``VmRSS``, what the server holds, or ``VmHWM``, the most that it ever held; kilobytes."""
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0])


def with_key(daemon, path, **headers):
    headers["Authorization"] = f"Bearer {daemon.api._key}"
    return daemon.api.request("GET", path=path, headers=headers)


@pytest.fixture(scope="module", params=["hg", "git", "git without its program"])
def server(request, tmp_path_factory, clients):
    """A daemon that has answered, with a repository whose second changeset changes a large file."""
    alias, _, lacking = request.param.partition(" ")
    environment = {**os.environ, "PATH": str(PROGRAMS)} if lacking else None
    folder = tmp_path_factory.mktemp("large")
    with Daemon(folder, ini=INI, environment=environment) as daemon:
        for name in ("small", "large"):
            daemon.api.create_repo(repo_name=name, repo_type=alias)
        clients[alias].commit(daemon.root / "small", {"file": "one\n"})
        first = clients[alias].commit(daemon.root / "large", {"file": LARGE})
        changed = {"file": CHANGED, "light": b"".join(LINES[:1000])}
        clients[alias].commit(daemon.root / "large", changed, parent=first, hour=13)
        for path in ("/small/feed/rss", "/small/raw/tip/file"):
            assert with_key(daemon, path).status == 200
        yield daemon


def test_a_feed_of_large_files_costs_no_memory(server):
    before = memory(server, "VmRSS")
    feed = with_key(server, "/large/feed/atom").body.decode()
    assert f"A file ({COUNT} lines added, 0 lines removed)" in feed
    assert "M file (1 lines added, 0 lines removed)" in feed
    assert "the diff goes on" in feed
    assert memory(server, "VmHWM") - before < ALLOWED_GROWTH


def test_a_part_of_a_large_file_costs_no_memory(server):
    before = memory(server, "VmRSS")
    answer = with_key(server, "/large/raw/tip/file", Range="bytes=-10")
    assert (answer.status, answer.body) == (206, CHANGED[-10:])
    assert answer.headers["content-range"].endswith(f"/{len(CHANGED)}")
    assert memory(server, "VmHWM") - before < ALLOWED_GROWTH
