"""The program of the child process, started as the server starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kallithea_host.children import environment
from kallithea_host.remote.child_process import _ARGUMENTS

SECRET = "ge'heim %2F€"
Child = Callable[..., subprocess.Popen[bytes]]


def order(repository: Path, what: str, **changes: object) -> bytes:
    remote = {"url": f"http://127.0.0.1/{what}", "username": "bob", "password": SECRET}
    fields = {"operation": "pull", "plugin": "fake_vcs", "alias": "fake", "path": str(repository)}
    return (
        json.dumps(fields | {"remote": remote, "allow": ["127.0.0.1"]} | changes).encode() + b"\n"
    )


@pytest.fixture
def child(repository: Path) -> Iterator[Child]:
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str, **changes: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            _ARGUMENTS,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdin
        process.stdin.write(order(repository, what, **changes))
        process.stdin.flush()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(20)
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream
            stream.close()


def said(process: subprocess.Popen[bytes]) -> tuple[object, str]:
    """Everything the process says, its standard input open until the end of its output."""
    assert process.stdout
    assert process.stderr
    answer = process.stdout.read()
    complaints = process.stderr.read().decode()
    process.wait(20)
    assert SECRET not in answer.decode()
    return json.loads(answer) if answer else None, complaints


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def wait_for(path: Path) -> None:
    until(lambda: path.exists() and bool(path.read_text()))


def test_a_pull_answers_with_the_ids_in_one_line(child: Child) -> None:
    process = child("ids")
    assert process.stdout
    assert process.stdout.read() == b'{"ok":["%s","%s"]}\n' % (b"a" * 40, b"b" * 40)
    assert process.wait(20) == 0


def test_a_clone_answers_with_no_ids(child: Child, tmp_path: Path) -> None:
    process = child("tell", operation="clone", path=str(tmp_path / "new"))
    assert said(process) == ({"ok": []}, "")
    assert (tmp_path / "new" / "told").read_text() == f"http://127.0.0.1/tell bob {SECRET}"


def test_a_failure_is_told_without_the_password(child: Child) -> None:
    process = child("fail")
    assert said(process) == ({"failed": "abort: ***** is wrong"}, "")
    assert process.returncode == 0


def test_a_bug_leaves_a_traceback_without_the_password(child: Child) -> None:
    process = child("bug")
    answer, complaints = said(process)
    assert answer is None
    assert process.returncode == 70
    assert "Traceback" in complaints
    assert "no such key: *****" in complaints
    assert SECRET not in complaints


def test_a_plugin_that_is_not_there_is_a_bug(child: Child) -> None:
    process = child("ids", plugin="fake_vcs:nothing")
    assert said(process)[0] is None
    assert process.returncode == 70


def test_a_type_that_the_plugin_does_not_serve_is_a_failure(child: Child) -> None:
    answer, _ = said(child("ids", alias="hg"))
    assert answer == {"failed": "no plugin serves repositories of type hg"}


def test_what_libraries_print_is_no_answer(child: Child) -> None:
    answer, complaints = said(child("talk"))
    assert answer == {"ok": []}
    assert [line.split()[0] for line in complaints.splitlines()] == [
        "printed",
        "written",
        "complained",
    ]


def test_an_address_that_is_not_permitted_is_a_failure(child: Child) -> None:
    answer, complaints = said(child("ids", allow=[]))
    assert "has no public address" in str(answer)
    assert complaints == ""


def test_an_unknown_host_is_a_failure(child: Child) -> None:
    answer, _ = said(child("ids", remote={"url": "http://no.invalid/ids"}))
    assert "failed" in answer  # type: ignore[operator]


@pytest.mark.parametrize("what", ["elsewhere", "start"])
def test_what_the_guard_forbids_is_a_failure(child: Child, what: str) -> None:
    answer, complaints = said(child(what))
    assert "[Errno 13]" in str(answer)
    assert complaints == ""


def test_the_remote_is_reached(child: Child) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/connect"
        assert said(child("", remote={"url": url})) == ({"ok": []}, "")
        server.accept()[0].close()


def test_memory_is_limited(child: Child) -> None:
    answer, complaints = said(child("eat", memory=2**30))
    assert answer == {"failed": "it takes more memory than remote_memory_limit"}
    assert complaints == ""


def test_no_core_and_no_credentials_in_arguments_or_environment(
    child: Child, repository: Path
) -> None:
    os.environ["KALLITHEA_SECRET"] = "of the server"
    try:
        answer, _ = said(child("facts"))
    finally:
        del os.environ["KALLITHEA_SECRET"]
    assert set(answer["ok"]) <= {  # type: ignore[index]
        *("PATH", "HOME", "LC_ALL", "PYTHONPATH", "TMPDIR"),
        *("LD_LIBRARY_PATH", "SSL_CERT_DIR", "SSL_CERT_FILE"),
    }
    assert (repository / "core").read_text() == "(0, 0)"
    for place in ("cmdline", "environ"):
        held = (repository / place).read_bytes()
        assert held
        assert b"heim" not in held
        assert b"bob" not in held


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_signal_unwinds_and_rolls_back(
    child: Child, repository: Path, number: int, status: int
) -> None:
    process = child("wait")
    wait_for(repository / "pid")
    process.send_signal(number)
    assert said(process) == (None, "")
    assert process.returncode == status
    assert (repository / "rolled-back").exists()


def test_a_second_signal_does_not_disturb_the_rolling_back(child: Child, repository: Path) -> None:
    process = child("slow_end")
    wait_for(repository / "pid")
    process.terminate()
    until((repository / "rolled-back").exists)
    process.terminate()
    process.wait(20)
    assert process.returncode == 143
    assert (repository / "twice").exists()


def test_a_signal_is_heard_while_the_remote_is_silent(child: Child, repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = child("", remote={"url": f"http://127.0.0.1:{server.getsockname()[1]}/listen"})
        wait_for(repository / "pid")
        connection, _ = server.accept()
        with connection:
            process.terminate()
            assert process.wait(5) == 143


def test_it_ends_when_nobody_holds_its_standard_input(child: Child, repository: Path) -> None:
    process = child("wait")
    wait_for(repository / "pid")
    assert process.stdin
    process.stdin.close()
    assert process.wait(5) == 143
    assert (repository / "rolled-back").exists()


def test_an_order_that_is_none_starts_nothing(child: Child, repository: Path) -> None:
    process = child("wait", operation="push")
    assert said(process)[0] is None
    assert process.returncode
    assert not (repository / "pid").exists()


def test_it_dies_with_a_parent_that_was_killed(repository: Path) -> None:
    parent = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE)\n"
        "child.stdin.write(sys.argv[1].encode()); child.stdin.flush(); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", parent, order(repository, "wait").decode(), *_ARGUMENTS]
    process = subprocess.Popen(command, env=environment())
    wait_for(repository / "pid")
    orphan = Path("/proc", (repository / "pid").read_text(), "fd")
    process.kill()
    process.wait(20)
    until((repository / "rolled-back").exists)
    until(lambda: not has_open_files(orphan))


def has_open_files(descriptors: Path) -> bool:
    """Whether a process lives; one that nobody has collected yet has no open files any more."""
    try:
        return any(descriptors.iterdir())
    except OSError:
        return False
