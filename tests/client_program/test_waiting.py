"""While a server is at work, who looks at a terminal sees a spinner; nobody else does."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("kallithea-api")


@pytest.fixture
def run(server, tmp_path):
    """Call a method with standard error on a terminal; the result, and what that shows."""

    def run(until):
        ours, theirs = pty.openpty()
        environment = {
            "HOME": str(tmp_path),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "KALLITHEA_APIHOST": server.host,
            "KALLITHEA_APIKEY": "0" * 40,
        }
        command = [PROGRAM, "pull", "repoid:[bold]x", "--format=json"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=theirs, text=True
        )
        os.close(theirs)
        said = b""
        try:
            while select.select([ours], [], [], 20)[0]:
                said += os.read(ours, 4096)
                if until in said:
                    server.released.set()
        except OSError:  # the program has ended
            os.close(ours)
        return process.communicate()[0], said.decode()

    return run


def test_a_long_call_turns_a_spinner_that_goes_away(run, server):
    server.answer = lambda asked: server.released.wait(20) and server.result("done")(asked)
    out, shown = run(b"pull on http://localhost")
    assert out == '"done"\n'
    assert shown.endswith("\x1b[2K")  # the line is cleared
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1  # the cursor comes back


def test_a_short_call_shows_nothing(run, server):
    server.answer = server.result("done")
    assert run(b"never") == ('"done"\n', "")


def test_an_interrupted_call_ends_without_a_traceback(server, tmp_path):
    environment = {"HOME": str(tmp_path), "KALLITHEA_APIHOST": server.host}
    environment["KALLITHEA_APIKEY"] = "0" * 40
    server.answer = lambda _: server.released.wait(20) and {}
    process = subprocess.Popen(
        [PROGRAM, "pull"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()  # the call is made
    process.send_signal(2)
    assert process.communicate(timeout=20)[1] == b"\nkallithea-api: aborted\n"
    assert process.returncode == 1
