"""The commands for PostgreSQL on the page about production, where there is a server."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from kallithea_host.testing import SERVER_URL, Daemon
from tests.docs.shell import DOCS

PAGE = (DOCS / "production.md").read_text("utf-8")
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture
def databases():
    """The URLs of two databases that are made for the test."""
    names = ["docs_kallithea", "docs_restored"]
    with psycopg.connect(SERVER_URL, autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        yield [
            sqlalchemy.make_url(SERVER_URL).set(database=name).render_as_string(hide_password=False)
            for name in names
        ]
        for name in names:
            server.execute(f"DROP DATABASE {name}")


def command(program, database, folder):
    """A command of the page, on a database that is named by its URL."""
    (shown,) = re.findall(rf"`({program} [^`]*)`", PAGE)
    words = [word.replace("backup/", f"{folder}/") for word in shlex.split(shown)]
    words = [
        word.removesuffix("kallithea") if word.endswith("=kallithea") else word for word in words
    ]
    words = [word + database if word.endswith("=") else word for word in words]
    words = [database if word == "kallithea" else word for word in words]
    found = shutil.which(program) or PROGRAMS[-1] / program
    return [found, *words[1:]]


def ini(url):
    return f"[app:main]\nsqlalchemy.url = {url}\n"


@pytest.mark.skipif(not SERVER_URL, reason="no PostgreSQL server is named")
def test_a_dump_comes_back(tmp_path, databases):
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with Daemon(folders[0], ini=ini(databases[0])) as daemon:
        daemon.api.create_repo(repo_name="tools", repo_type="hg")
        subprocess.run(command("pg_dump", databases[0], tmp_path), check=True)
    shutil.copytree(folders[0] / "data", folders[1] / "data", symlinks=True)
    subprocess.run(command("pg_restore", databases[1], tmp_path), check=True)
    with Daemon(folders[1], ini=ini(databases[1])) as daemon:
        assert daemon.api.get_repo(repoid="tools")["repo_type"] == "hg"
        assert daemon.operate("check") == (0, "")
