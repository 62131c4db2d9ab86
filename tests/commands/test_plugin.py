"""``kallithea-host plugin``: what is installed and what it adds; the beginning of a new one."""

import json
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kallithea_host.loading import GROUP

TICKETS = """
from dataclasses import dataclass
from kallithea_host import DbJob, Methods, PermissionCheck, hookimpl, option

methods = Methods("tickets")

@methods.in_db(needs=None)
def get_tickets(job: DbJob) -> None:
    "Do nothing."

class Closed(PermissionCheck):
    pass

@dataclass(frozen=True)
class TicketSettings:
    tries: int = option(3, "how often")

@hookimpl
def kallithea_methods():
    return methods

@hookimpl
def kallithea_settings():
    return TicketSettings

@hookimpl
def kallithea_permission_checks(settings):
    return [Closed()]
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a plugin, as files that importlib.metadata finds."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def install(name, source):
        metadata = site / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = made_{name}\n")
        (site / f"made_{name}.py").write_text(source)

    yield install
    for name in [name for name in sys.modules if name.startswith("made_")]:
        del sys.modules[name]


@pytest.fixture
def listed(run):
    """What ``plugin list`` says of each plugin, and its exit code."""

    def listed():
        ran = run("plugin", "list", "--json")
        return {each["name"]: each for each in json.loads(ran.out)}, ran.code

    return listed


@pytest.fixture
def add_setting(config_file):
    """Adds to the ini file."""

    def add(text):
        config_file.write_text(config_file.read_text() + text)

    return add


def test_the_built_in_plugins_are_listed_with_what_they_add(listed):
    plugins, code = listed()
    assert code == 0
    assert plugins["users"]["distribution"].startswith("kallithea-host ")
    assert plugins["users"]["state"] == "loaded"
    assert "get_user" in plugins["users"]["adds"]["methods"]
    assert "key" in plugins["users"]["adds"]["commands"]
    assert plugins["vcs_hg"]["adds"]["backends"] == ["hg"]
    assert plugins["permissions"]["adds"]["checks"]


def test_another_plugin_is_listed_with_its_distribution(listed, install):
    install("tickets", TICKETS)
    plugins, _ = listed()
    assert plugins["tickets"] == {
        "name": "tickets",
        "distribution": "tickets 1.0",
        "state": "loaded",
        "reason": "",
        "adds": {
            "methods": ["get_tickets"],
            "checks": ["Closed"],
            "backends": [],
            "views": [],
            "commands": [],
            "settings": ["tries"],
        },
    }


def test_for_programs_a_plugin_is_a_line(run, install):
    install("tickets", TICKETS)
    rows = {row[0]: row for row in run("plugin", "list").rows}
    adds = "methods: get_tickets; checks: Closed; settings: tries"
    assert rows["tickets"] == ["tickets", "tickets 1.0", "loaded", adds]


def test_a_disabled_plugin_is_not_imported(listed, install, add_setting):
    install("tickets", "raise RuntimeError")
    add_setting("[plugins]\ndisabled = tickets\n")
    plugins, code = listed()
    assert (plugins["tickets"]["state"], code) == ("disabled", 0)
    assert "made_tickets" not in sys.modules


def test_a_plugin_that_fails_is_told_with_the_reason(listed, install):
    install("tickets", "import no_such_module")
    plugins, code = listed()
    assert (plugins["tickets"]["state"], code) == ("failed", 1)
    assert plugins["tickets"]["reason"] == (
        "plugin tickets (tickets 1.0) cannot be loaded: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert plugins["users"]["state"] == "loaded"


def test_an_optional_plugin_that_fails_is_left_out(listed, install, add_setting):
    install("tickets", "import no_such_module")
    add_setting("[plugins]\noptional = tickets\n")
    plugins, code = listed()
    assert (plugins["tickets"]["state"], code) == ("left out", 0)
    assert "no_such_module" in plugins["tickets"]["reason"]


def test_settings_that_cannot_be_used_are_the_failure_of_their_plugin(run, install, add_setting):
    install("tickets", TICKETS)
    add_setting("[plugin:tickets]\ntries = many\n")
    ran = run("plugin", "list")
    rows = {row[0]: row for row in ran.rows}
    told = "section [plugin:tickets]: `tries` is no number: many"
    assert rows["tickets"] == ["tickets", "tickets 1.0", f"failed: {told}", ""]
    assert (ran.code, ran.err) == (1, "")


def test_an_optional_plugin_whose_settings_cannot_be_used_is_left_out(listed, install, add_setting):
    install("tickets", TICKETS)
    add_setting("[plugins]\noptional = tickets\n[plugin:tickets]\ntries = many\n")
    plugins, code = listed()
    assert (plugins["tickets"]["state"], code) == ("left out", 0)
    assert plugins["tickets"]["reason"] == "section [plugin:tickets]: `tries` is no number: many"


def test_plugins_that_do_not_go_together_are_told(run, install):
    install("tickets", TICKETS)
    install("issues", TICKETS)
    ran = run("plugin", "list")
    told = "two plugins have a method get_tickets: issues (issues 1.0) and tickets (tickets 1.0)"
    assert told in ran.err
    assert ran.code == 1


def test_a_new_plugin_is_a_distribution_with_an_entry_point(run, tmp_path):
    ran = run("plugin", "new", "ticket-links", "--into", tmp_path / "work")
    folder = tmp_path / "work" / "kallithea-host-ticket-links"
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"made {folder}")
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "kallithea-host-ticket-links"
    assert project["entry-points"] == {GROUP: {"ticket_links": "kallithea_host_ticket_links"}}


def test_what_to_do_next_is_said_and_can_be_typed(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run("plugin", "new", "demo", "--into", "my plugins").out.splitlines()
    install, test = (shlex.split(line) for line in said[2:])
    assert install == ["pip", "install", "--editable", "./my plugins/kallithea-host-demo[test]"]
    assert (tmp_path / test[1] / "pyproject.toml").is_file()


def test_what_is_written_is_python(run, tmp_path):
    run("plugin", "new", "demo", "--into", tmp_path)
    files = sorted((tmp_path / "kallithea-host-demo").rglob("*.py"))
    assert len(files) == 4
    for file in files:
        compile(file.read_text(), str(file), "exec")
        assert "{" + "{" not in file.read_text()


def test_ruff_has_nothing_to_say_of_what_is_written(run, tmp_path):
    run("plugin", "new", "ticket-links", "--into", tmp_path)
    ruff = [Path(sys.executable).with_name("ruff"), "check", "--isolated", "--no-cache"]
    command = [*ruff, "--line-length", "100", "--select", "E,F,I,UP,B,W"]
    folder = tmp_path / "kallithea-host-ticket-links"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ["Demo", "1demo", "de mo", "demo-", "de--mo", "../demo", "démo", "", "a" * 61, "-h1"]
)
def test_a_bad_name_is_refused(run, tmp_path, name):
    ran = run("plugin", "new", "--into", tmp_path / "work", "--", name)
    assert ran.code == 1
    assert "is no name for a plugin" in ran.err
    assert not (tmp_path / "work").exists()


def test_the_name_of_an_installed_plugin_is_refused(run, tmp_path):
    assert "a plugin users is installed already" in run("plugin", "new", "users").err


def test_a_folder_that_exists_is_left_as_it_is(run, tmp_path):
    (tmp_path / "kallithea-host-demo").mkdir()
    ran = run("plugin", "new", "demo", "--into", tmp_path)
    assert (ran.code, ran.err.endswith("kallithea-host-demo exists already\n")) == (1, True)
    assert list((tmp_path / "kallithea-host-demo").iterdir()) == []


def test_a_new_plugin_needs_no_server(monkeypatch, tmp_path, run, add_setting):
    add_setting("[kallithea-host]\ntypo = 1\n")
    assert run("plugin", "new", "demo", "--into", tmp_path).code == 0
