"""Installations of Kallithea, as its releases left them, and taking them over."""

import io
import json
import sqlite3
import sys
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kallithea_host.commands import main
from kallithea_host.importing import planning, running, source
from kallithea_host.importing.renames import Rename
from kallithea_host.testing import Api

FIXTURES = Path(__file__).with_name("fixtures")
RELEASES = ("0.3.2", "0.4.1", "0.5.2", "0.6.3", "0.7.0")


@cache
def recorded(release):
    """What the release said of its own database."""
    return json.loads((FIXTURES / f"kallithea-{release}.json").read_text())


@dataclass(frozen=True)
class Installation:
    """The database and the repositories of one release."""

    release: str
    file: Path
    root: Path

    @property
    def url(self):
        return f"sqlite:///{self.file}"

    @property
    def users(self):
        """Users by name: id, key, password, permissions."""
        return recorded(self.release)["users"]

    def change(self, *statements):
        """Change the database, as its owner might have."""
        with sqlite3.connect(self.file) as db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def contents(self):
        """Every byte of it."""
        files = [self.file, *sorted(path for path in self.root.rglob("*") if path.is_file())]
        return {path: path.read_bytes() for path in files}


def lay_installation(release, folder, *, whole=True):
    """Lay an installation of a release out in a folder; not whole: few of the repositories."""
    with sqlite3.connect(folder / "kallithea.db") as db:
        db.executescript((FIXTURES / f"kallithea-{release}.sql").read_text())
    db.close()
    with tarfile.open(FIXTURES / f"kallithea-{release}.tar.gz") as packed:
        kept = [each for each in packed if whole or not each.name.startswith("table-")]
        packed.extractall(folder / "repos", kept, filter="tar")
    installation = Installation(release, folder / "kallithea.db", folder / "repos")
    if not whole:  # as deleted without foreign keys: rows that point to them are left behind
        installation.change("DELETE FROM repositories WHERE repo_name LIKE 'table-%'")
    return installation


@pytest.fixture(scope="session")
def unpack():
    """``lay_installation``, for modules that keep an installation longer."""
    return lay_installation


@pytest.fixture
def release():
    """The release of the installation; a test that is about another one overrides this."""
    return "0.7.0"


@pytest.fixture
def installation(release, tmp_path):
    """An installation of a release, stopped; small, and with rows that point nowhere."""
    (tmp_path / "old").mkdir()
    return lay_installation(release, tmp_path / "old", whole=False)


def import_into(host, installation, *renames, url=None):
    """Import an installation into a host, copying its repositories; the plan."""
    with source.opened(url or installation.url) as old:
        wishes = [Rename.parse(text) for text in renames]
        target = host.settings.repositories
        plan = planning.plan(old, installation.root, target, host.backends, wishes)
        assert plan.problems == []
        running.run(host, plan, running.Order(installation.root, copy=True, zone=None))
    return plan


@pytest.fixture(scope="session")
def take_over():
    """``import_into``."""
    return import_into


@pytest.fixture
def as_user(host, site, clock, installation):
    """A client with the key that a user had before."""
    return lambda name: Api(site, clock, installation.users[name]["api_key"])


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        """What was printed, in columns."""
        return [line.split("\t") for line in self.out.splitlines()]

    def about(self, what):
        """The lines of one sort."""
        return [line[1:] for line in self.lines if line[0] == what]


@pytest.fixture
def data_dir(tmp_path):
    """A folder that does not exist yet."""
    return tmp_path / "new"


@pytest.fixture
def import_(installation, data_dir, monkeypatch, capsys):
    """Run ``kallithea-host import`` on the installation."""

    def run(*options, url=installation.url, config=()):
        command = ["kallithea-host", "--data-dir", str(data_dir), *config, "import"]
        command += ["--database-url", url, "--repositories", str(installation.root), *options]
        monkeypatch.setattr(sys, "argv", command)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        capsys.readouterr()
        code, message = 0, ""
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
            message = "" if isinstance(end.code, int) else f"{end.code}\n"
        said = capsys.readouterr()
        return Ran(code, said.out, said.err + message)

    return run
