"""The views of a real daemon, over real sockets."""

import random
import socket

import pytest

from kallithea_host.testing import Daemon
from kallithea_host.testing.twistd import wait_for

INI = """
[app:main]
api_access_controllers_whitelist =
    FilesController:raw, ChangesetController:changeset_patch
    FilesController:rawfiles

[kallithea-host]
access_log = {folder}/access.log
"""
LARGE = random.Random(4).randbytes(3_000_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory, git):
    """A daemon with a repository that holds a large file."""
    folder = tmp_path_factory.mktemp("views")
    with Daemon(folder, ini=INI.format(folder=folder)) as daemon:
        daemon.api.create_repo(repo_name="team/repo", repo_type="git")
        files = {"large": LARGE, "README": "one\n"}
        git.commit(daemon.root / "team/repo", files, message="first")
        yield daemon


def get(server, path, **headers):
    return server.api.request("GET", path=path, headers=headers)


def with_key(server, path):
    return f"{path}?api_key={server.api._key}"


def test_what_the_whitelist_names_is_opened_by_a_key_and_nothing_else_is(server):
    assert get(server, with_key(server, "/team/repo/raw/tip/README")).body == b"one\n"
    patch = get(server, with_key(server, "/team/repo/changeset-patch/0")).body
    assert b"Subject: [PATCH] first" in patch
    assert get(server, with_key(server, "/team/repo/rawfile/tip/README")).status == 403
    assert get(server, "/team/repo/raw/tip/README").status == 401


def test_a_name_in_the_whitelist_that_means_nothing_is_told_at_the_start(server):
    assert "names no view: FilesController:rawfiles, did you mean FilesController:rawfile?" in (
        server.log
    )


def test_a_large_file_comes_whole_and_in_parts(server):
    bearer = {"Authorization": f"Bearer {server.api._key}"}
    path = "/team/repo/raw/tip/large"
    assert get(server, path, **bearer).body == LARGE
    middle = get(server, path, Range="bytes=1000000-2000000", **bearer)
    assert (middle.status, middle.body) == (206, LARGE[1_000_000:2_000_001])
    rest = get(server, path, Range="bytes=2900000-", **bearer)
    assert rest.body == LARGE[2_900_000:]


def test_a_download_is_on_record_although_its_client_leaves_at_once(server):
    def recorded():
        return '"GET /team/repo/raw/tip/large HTTP/1.1" 200 3000000' in log.read_text()

    log = server.folder / "access.log"
    log.write_text("")
    path = with_key(server, "/team/repo/raw/tip/large")
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        while len(received.partition(b"\r\n\r\n")[2]) < len(LARGE):
            received += client.recv(65536)
    wait_for(recorded, "the line of the access log")
    assert "broke off" not in server.log


def test_no_log_holds_a_key_that_came_in_a_url(server):
    for path in ("/team/repo/raw/tip/README", "/absent/raw/tip/x", "/nowhere", "/_admin/nowhere"):
        get(server, with_key(server, path), Referer=f"http://x/?api_key={server.api._key}")
    logs = server.log + (server.folder / "access.log").read_text()
    assert server.api._key not in logs
