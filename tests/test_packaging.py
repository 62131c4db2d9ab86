"""What is built from the tree is whole, and works in any folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {"kallithea_host": "kallithea_host", "plugins": "kallithea_plugins"}
NO_SOURCE = shutil.ignore_patterns("__pycache__", "dropin.cache", "*.egg-info")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the source tree: building writes into it."""
    copy = tmp_path_factory.mktemp("source") / "tree"
    copy.mkdir()
    for name in ("kallithea_host", "plugins", "twisted"):
        shutil.copytree(ROOT / name, copy / name, ignore=NO_SOURCE)
    for name in ("LICENSE", "README.md", "pyproject.toml", "setup.cfg", "setup.py"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(tree, tmp_path_factory):
    """The wheel that is built of the tree."""
    out = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", out, tree)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The environment of programs that find the wheel's content before anything else."""
    target = tmp_path_factory.mktemp("site")
    pip("install", "--no-deps", "--no-compile", "--target", target, wheel)
    return {**os.environ, "PYTHONPATH": str(target), "PYTHONDONTWRITEBYTECODE": "1"}


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *map(str, arguments)], check=True, cwd="/")


def run(environment, folder, program, *arguments):
    """The output of a program of this environment, started in some folder."""
    return subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        env=environment,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def content(wheel):
    """The names of the files in a wheel, without those that describe it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_source_file_and_no_other(wheel, tree):
    wanted = {"twisted/plugins/kallithea_dropin.py"} | {
        f"{package}/{path.relative_to(tree / folder).as_posix()}"
        for folder, package in SOURCES.items()
        for path in (tree / folder).rglob("*")
        if path.is_file()
    }
    assert content(wheel) == wanted


def test_the_wheel_holds_the_migrations(wheel):
    assert content(wheel) >= {
        "kallithea_host/migrations/env.py",
        "kallithea_host/migrations/script.py.mako",
        "kallithea_host/migrations/versions/0001_the_first_schema.py",
    }


def test_the_wheel_is_typed(wheel):
    assert content(wheel) >= {"kallithea_host/py.typed", "kallithea_plugins/py.typed"}


@pytest.mark.parametrize("folder", ["twisted", "twisted/plugins"])
def test_the_wheel_overwrites_no_file_of_twisted(wheel, folder):
    assert f"{folder}/__init__.py" not in content(wheel)
    assert not (ROOT / folder / "__init__.py").exists()


def test_the_wheel_names_every_plugin(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        points = archive.read(name).decode()
    modules = re.findall(r"^\w+ = kallithea_plugins\.(\w+)$", points, re.MULTILINE)
    folders = [path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")]
    assert sorted(modules) == sorted(folders)


def test_the_licence_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith("/LICENSE") for name in archive.namelist())


def test_twistd_knows_the_installed_daemon(installed, tmp_path):
    listed = run(installed, tmp_path, "twistd", "--help")
    assert re.search(r"^    kallithea +\S", listed, re.MULTILINE)


def test_the_operators_program_is_installed(installed, tmp_path):
    assert run(installed, tmp_path, "kallithea-host", "--version").startswith("kallithea-host")


def test_the_installed_daemon_starts_in_any_folder_and_stops_cleanly(installed, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as out:
        daemon = subprocess.Popen(
            [
                Path(sys.executable).with_name("twistd"),
                *("--nodaemon", "--pidfile=", "kallithea", "--listen", "tcp:0:interface=127.0.0.1"),
            ],
            env=installed,
            cwd=tmp_path,
            stdout=out,
            stderr=out,
        )
    try:
        url = wait_for(r"ready at (http://\S+)", log, daemon)
        with urllib.request.urlopen(url, data=b"{}", timeout=20) as answer:
            assert answer.status == 200
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(40)
    assert "stopped cleanly" in log.read_text()
    assert (tmp_path / "kallithea-data" / "kallithea.db").is_file()


def test_a_new_plugin_passes_its_own_tests_with_what_is_installed(installed, tmp_path):
    run(installed, tmp_path, "kallithea-host", "plugin", "new", "demo")
    folder, site = tmp_path / "kallithea-host-demo", tmp_path / "site"
    pip("install", "--no-deps", "--no-build-isolation", "--target", site, folder)
    environment = {**installed, "PYTHONPATH": f"{site}{os.pathsep}{installed['PYTHONPATH']}"}
    told = run(environment, folder, "pytest", "-p", "no:cacheprovider", "-W", "error")
    assert " 4 passed" in told
    listed = run(environment, folder, "kallithea-host", "plugin", "list")
    assert "demo\tkallithea-host-demo 0.1.0\tloaded\tmethods: demo_describe" in listed


def wait_for(pattern, log, process):
    """The first group of a pattern in a log, as soon as it is there."""
    for _ in range(400):
        if found := re.search(pattern, log.read_text()):
            return found[1]
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(log.read_text())
