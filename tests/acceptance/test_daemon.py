"""The daemon as an operator meets it: a real twistd in a process of its own."""

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.acceptance.daemon import Daemon, wait_for

TWISTD = str(Path(sys.executable).with_name("twistd"))


@pytest.fixture
def make(tmp_path):
    """Daemons on empty folders, not started yet; they end with the test."""
    made = []

    def make(*options, folder=tmp_path):
        daemon = Daemon(folder, options=options)
        made.append(daemon)
        return daemon

    yield make
    for daemon in made:
        daemon.close()


@pytest.fixture
def daemon(make):
    """A daemon that has started for the first time."""
    return make().start()


def failing(daemon):
    """The one line with which a daemon refuses to start."""
    daemon.spawn()
    assert daemon.process.wait(60) == 1
    assert "Traceback" not in daemon.log
    (line,) = [line for line in daemon.log.splitlines() if "kallithea: " in line]
    return line


def test_a_first_start_says_how_to_call_and_the_line_works_when_pasted(daemon):
    wait_for(lambda: "curl" in daemon.log, "the line to paste")
    assert f"ready at http://127.0.0.1:{daemon.port}/_admin/api" in daemon.log
    line = next(line for line in daemon.log.splitlines() if line.startswith("  curl "))
    answer = subprocess.run(line, shell=True, capture_output=True, check=True, cwd="/")
    assert json.loads(answer.stdout)["result"]["username"] == "admin"
    assert daemon.api._key not in daemon.log
    assert (daemon.data_dir / "admin-api-key").stat().st_mode & 0o777 == 0o600


def test_it_stops_cleanly_and_starts_again_with_what_it_had(daemon):
    daemon.api.create_user(username="bob", email="bob@example.com")
    assert daemon.stop() == -15
    assert "stopped cleanly" in daemon.log
    daemon.start()
    assert "curl" not in daemon.log
    assert daemon.api.get_user(userid="bob")["username"] == "bob"


def test_what_was_answered_is_there_after_a_kill(daemon):
    daemon.api.create_user(username="bob", email="bob@example.com")
    daemon.kill()
    daemon.start()
    assert daemon.api.get_user(userid="bob")["username"] == "bob"


def test_it_works_without_options_in_an_empty_folder(tmp_path):
    with socket.socket() as taken:
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 5000))
        told = subprocess.run(
            [TWISTD, "--pidfile=", "-n", "kallithea"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
    assert told.returncode == 1
    assert "kallithea: cannot listen on tcp:5000:interface=127.0.0.1" in told.stdout
    assert "Traceback" not in told.stdout


def test_calls_in_flight_are_answered_when_it_stops(daemon):
    statuses = []
    api = daemon.api

    def create(number):
        email = f"u{number}@example.com"
        statuses.append(api.create_user(username=f"u{number}", email=email, password="secret"))

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert daemon.stop() == -15
    for thread in threads:
        thread.join()
    assert len(statuses) == 8
    assert "stopped cleanly" in daemon.log


def test_idle_connections_do_not_keep_it_from_stopping(daemon):
    with socket.create_connection(("127.0.0.1", daemon.port)):
        begun = time.monotonic()
        daemon.stop()
        assert time.monotonic() - begun < 10


def test_a_second_daemon_on_the_same_folder_is_refused_in_one_line(daemon, make, tmp_path):
    (tmp_path / "other").mkdir()
    second = make(folder=tmp_path / "other")
    second.data_dir = daemon.data_dir
    assert failing(second).endswith(f"a daemon already works on the folder {daemon.data_dir}")
    assert daemon.api.get_user()["username"] == "admin"


def test_a_taken_port_is_told_in_one_line(make):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = failing(make("--listen", f"tcp:{port}:interface=127.0.0.1"))
    assert f"cannot listen on tcp:{port}:interface=127.0.0.1" in line


@pytest.mark.parametrize("endpoint", ["nonsense", "tcp:x", "tcp", "ssl:0:privateKey=/none"])
def test_a_misspelt_endpoint_is_told_in_one_line(make, endpoint):
    assert f"`listen` cannot be used: {endpoint}" in failing(make("--listen", endpoint))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--result-style", "fancy"], "`api_result_style` must be one of documented"),
        (["--set", "queue_limit=none"], "`queue_limit` is no number: none"),
        (["--set", "no_such=1"], "no setting is called `no_such`"),
        (["--config", "missing.ini"], "cannot read missing.ini"),
    ],
)
def test_wrong_options_are_told_without_a_traceback(make, options, text):
    assert text in failing(make(*options))


def test_an_unknown_option_is_told_with_those_that_there_are(make):
    daemon = make("--unknown")
    daemon.spawn()
    assert daemon.process.wait(60) == 1
    assert "--data-dir=" in daemon.log
    assert "option --unknown not recognized" in daemon.log


def test_a_plugin_that_is_not_there_cannot_be_disabled(make):
    daemon = make()
    daemon.config.write_text("[plugins]\ndisabled = no_such\n")
    assert "`disabled` in section [plugins] names no plugin: no_such" in failing(daemon)


def test_settings_come_from_a_file_and_options_stand_over_it(make, tmp_path):
    daemon = make("--access-log", "access.log")
    daemon.config.write_text(
        "[app:main]\nfull_stack = true\nsqlalchemy.url = sqlite:///%(here)s/there.db\n"
        "[kallithea-host]\nlisten = nonsense\nshow_keys = never\n[plugins]\ndisabled = vcs_git\n"
    )
    daemon.start()
    assert "without a meaning here: full_stack" in daemon.log
    assert "vcs_git" not in daemon.log
    assert "api_key" not in daemon.api.get_user()
    assert (tmp_path / "there.db").exists()
    assert "POST /_admin/api" in (tmp_path / "access.log").read_text()


def test_no_key_is_in_any_log(make, tmp_path):
    daemon = make("--access-log", "access.log")
    daemon.start()
    key = daemon.api._key
    headers = {"Referer": f"http://x/?api_key={key}"}
    daemon.api.request("GET", path=f"/_admin/api?api_key={key}", headers=headers)
    daemon.api.request("HEAD", path=f"/nowhere?api_key={key}", headers=headers)
    daemon.stop()
    told = (tmp_path / "access.log").read_text()
    assert '"HEAD /nowhere HTTP/1.1" 404' in told
    assert key not in told + daemon.log


def test_it_listens_on_several_endpoints_and_tells_each(make, tmp_path):
    daemon = make("--listen", f"unix:{tmp_path}/socket")
    daemon.start()
    assert f"listening on unix:{tmp_path}/socket" in daemon.log
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{tmp_path}/socket")
        client.sendall(b"GET /_admin/api HTTP/1.0\r\n\r\n")
        answer = client.makefile("rb").read()
    assert b"No Content-Length in request" in answer


def twistd(*arguments):
    told = subprocess.run(
        [TWISTD, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return told.stdout


def test_twistd_lists_it_and_it_lists_its_options():
    assert re.search(r"^ +kallithea +Kallithea's JSON-RPC API", twistd("--help"), re.MULTILINE)
    told = twistd("kallithea", "--help")
    for option in ("--config", "--data-dir", "--listen", "--result-style", "--access-log", "--set"):
        assert option in told


def test_it_tells_its_version():
    assert re.fullmatch(r"kallithea-host [0-9.]+\n", twistd("kallithea", "--version"))


def test_importing_the_drop_in_imports_nothing_of_ours():
    code = (
        "import sys; import twisted.plugins.kallithea_dropin; "
        "print([m for m in sys.modules if m.startswith('kallithea_')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_as_a_background_process_it_writes_a_log_and_stops(tmp_path):
    data, log = shlex.quote(f"{tmp_path}/data"), tmp_path / "log"
    command = (
        f"{TWISTD} --pidfile {tmp_path}/pid --logfile {log} kallithea --data-dir {data} "
        "--listen tcp:0:interface=127.0.0.1"
    )
    subprocess.run(shlex.split(command), check=True, timeout=60, cwd=tmp_path)
    pid = int((tmp_path / "pid").read_text())
    try:
        wait_for(lambda: "API key lies in" in log.read_text(), "the place of the key")
        assert "listening on http://127.0.0.1:" in log.read_text()
    finally:
        os.kill(pid, 15)
    wait_for(lambda: "stopped cleanly" in log.read_text(), "a clean stop")
