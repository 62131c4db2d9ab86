import hashlib
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from kallithea_host import schema
from tests.factories import bob, listener, statements, world
from tests.vcs.clients import GitClient, HgClient

__all__ = ["bob", "listener", "statements", "world"]

HG = pytest.param(
    "hg",
    # Mercurial leaves it to the interpreter to close files whose storage it has split.
    marks=pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
)


@pytest.fixture(params=[HG, "git"])
def alias(request):
    """Each type of repository in turn."""
    return request.param


@pytest.fixture(scope="session")
def clients():
    """The real programs, by type."""
    hg = HgClient()
    yield {"hg": hg, "git": GitClient()}
    hg.close()


@pytest.fixture
def client(clients, alias):
    """The real program of the type."""
    return clients[alias]


@pytest.fixture
def root(host):
    """The folder of the repositories."""
    return host.settings.repositories


@pytest.fixture
def as_bob(api, bob):
    """An ordinary user's client."""
    return api.as_user(bob)


def disk(root):
    """Everything below the root, but for the two folders the server keeps there."""
    furniture = {root / ".tmp", root / ".trash"}
    return {
        path.relative_to(root): hashlib.sha256(path.read_bytes()).digest() if _is_file(path) else ""
        for path in root.rglob("*")
        if path not in furniture
    }


def _is_file(path):
    return path.is_file() and not path.is_symlink()


def database(host):
    """Every row of every table."""
    with host.database.read() as db:
        return {
            table.name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for table in schema.metadata.sorted_tables
        }


@pytest.fixture
def nothing_changes(host, root):
    """A block of code after which disk and database are as before."""

    @contextmanager
    def block():
        before = disk(root), database(host)
        yield
        assert (disk(root), database(host)) == before

    return block


@pytest.fixture
def journal(host):
    """The journal rows: who, from where, what, on which repository."""

    def rows():
        table = schema.journal
        with host.database.read() as db:
            found = db.execute(select(table).order_by(table.c.entry_id))
            return [(row.username, row.address, row.action, row.repo_name) for row in found]

    return rows
