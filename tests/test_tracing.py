"""``KALLITHEA_TRACE_PLUGINS``: hook calls in the log, and nothing where it is not set."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from twisted.logger import formatEvent, globalLogPublisher

from kallithea_host import DbJob, Methods, hookimpl, tracing
from kallithea_host.config import Settings
from kallithea_host.registry import Registry
from kallithea_host.testing import Daemon, plugin

methods = Methods("probe")


@methods.in_db(needs=None, writes=True)
def probe(job: DbJob) -> None:
    """Do nothing."""


class Probe:
    @hookimpl
    def kallithea_methods(self):
        return methods

    @hookimpl
    def kallithea_event(self, event):
        if event.action == "user.deleted":
            raise RuntimeError("secret words")


@pytest.fixture
def plugins():
    return [plugin("probe", Probe())]


@pytest.fixture
def told():
    """The lines of the log that are about hooks, without the time they took."""
    lines = []

    def note(event):
        if event["log_namespace"] == "kallithea_host.tracing":
            lines.append(re.sub(r"\d+\.\d\d ms", "_", formatEvent(event)))

    globalLogPublisher.addObserver(note)
    yield lines
    globalLogPublisher.removeObserver(note)


@pytest.fixture
def traced(monkeypatch):
    monkeypatch.setenv(tracing.VARIABLE, "1")


def test_what_a_plugin_contributes_is_told(traced, told, host):
    assert "plugin probe: kallithea_methods() returned Methods after _" in told


def test_each_phase_of_an_event_is_told(traced, told, api):
    api.create_user(username="bob", email="bob@example.com", password="secret words")
    events = [line for line in told if line.startswith("plugin probe: kallithea_event")]
    assert events == ["plugin probe: kallithea_event(user.created) returned NoneType after _"] * 3
    assert "secret" not in "".join(told)


def test_a_hook_that_fails_is_told_without_its_words(traced, told, api):
    api.create_user(username="bob", email="bob@example.com")
    api.error("delete_user", userid="bob")
    assert told[-1] == "plugin probe: kallithea_event(user.deleted) raised RuntimeError after _"


@pytest.mark.parametrize("value", ["", "0", None])
def test_nothing_is_told_and_nothing_in_between_where_it_is_not_set(monkeypatch, told, value):
    if value is not None:
        monkeypatch.setenv(tracing.VARIABLE, value)
    made = plugin("probe", Probe())
    registry = Registry([made], Settings())
    assert registry.plugins == (made,)
    assert told == []


def test_a_daemon_tells_its_log(tmp_path):
    with Daemon(tmp_path, environment={**os.environ, tracing.VARIABLE: "1"}) as daemon:
        assert "plugin users: kallithea_methods() returned Methods after" in daemon.log


def test_the_operators_program_tells_standard_error(tmp_path):
    command = [Path(sys.executable).with_name("kallithea-host"), "--data-dir", tmp_path, "init"]
    environment = {**os.environ, tracing.VARIABLE: "1"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "plugin users: kallithea_methods() returned Methods after" in ran.stderr
    assert "kallithea_methods" not in ran.stdout
