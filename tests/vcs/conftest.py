"""A backend, its real client, and repositories made with that client."""

from __future__ import annotations

import importlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from kallithea_host.vcs import Backend, Remote
from tests.remotes import HttpRemote, hg_server, http_remote, other_remote
from tests.vcs.clients import Client, Files, GitClient, HgClient, Link, copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["hg_server", "http_remote", "other_remote"]

MESSAGE = "Přidat průvodce\n\nA second paragraph.\n\tIndented."


@dataclass(frozen=True)
class History:
    """A repository with three changesets that have the same files in hg and in git.

    ``first`` and ``second`` are on the main branch, ``third``, the newest, on ``feature``; the tag
    ``v1`` is on ``first``.
    """

    path: Path
    first: str
    second: str
    third: str


@pytest.fixture(scope="session")
def clients() -> Iterator[dict[str, Client]]:
    """The real programs, by alias."""
    hg = HgClient()
    yield {"hg": hg, "git": GitClient()}
    hg.close()


_HG = pytest.param(
    "hg",
    # Mercurial leaves it to the interpreter to close files whose storage it has split.
    marks=pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
)


@pytest.fixture
def hg(clients: dict[str, Client]) -> HgClient:
    """The real hg, for what the other one has not."""
    client = clients["hg"]
    assert isinstance(client, HgClient)
    return client


@pytest.fixture(params=[_HG, "git"])
def alias(request: pytest.FixtureRequest) -> str:
    """Each type of repository in turn."""
    return str(request.param)


@pytest.fixture
def client(alias: str, clients: dict[str, Client]) -> Client:
    """The real program of this type."""
    return clients[alias]


@pytest.fixture
def backend(alias: str) -> Backend:
    """The backend under test."""
    module = importlib.import_module(f"kallithea_plugins.vcs_{alias}.backend")
    made: Backend = getattr(module, f"{alias.title()}Backend")()
    return made


@pytest.fixture(scope="session")
def histories(
    clients: dict[str, Client], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, History]:
    """One history of each type, made once and never changed."""
    folder = tmp_path_factory.mktemp("history")
    return {alias: _history(client, folder / alias) for alias, client in clients.items()}


def _history(client: Client, path: Path) -> History:
    client.init(path)
    files: Files = {
        "README": "one\n",
        ".ignore": "*.o\n",
        "docs.txt": "before the folder in a flat list\n",
        "docs/guide.txt": "a\n",
        "docs/Zeta.txt": "z\n",
        "docs/api/index.txt": "i\n",
        "latest": Link("docs/guide.txt"),
    }
    first = client.commit(path, files, message="first")
    second = client.commit(path, {"README": "two\n"}, message="second", hour=13)
    client.tag(path, "v1", first)
    deep: Files = {"docs/api/v2/x/deep.txt": "d\n", "README": "3\n"}
    third = client.commit(path, deep, message=MESSAGE, branch="feature", parent=second, hour=14)
    return History(path, first, second, third)


@pytest.fixture
def history(alias: str, histories: dict[str, History], tmp_path: Path) -> History:
    """A copy of the history that the test may do with as it likes."""
    made = histories[alias]
    return History(copy(made.path, tmp_path / "repo"), made.first, made.second, made.third)


@pytest.fixture
def unchanged(alias: str, histories: dict[str, History]) -> History:
    """The history itself, for tests that only read."""
    return histories[alias]


class Publish(Protocol):
    """The fixture ``publish``."""

    def __call__(self, path: Path, /) -> tuple[Path, Remote]:
        """Put a copy of ``path`` on the remote server; where it is, and its address."""


@pytest.fixture
def publish(http_remote: HttpRemote) -> Publish:
    """A function that serves a copy of a repository."""

    def published(path: Path, /) -> tuple[Path, Remote]:
        name = uuid.uuid4().hex
        return copy(path, http_remote.root / name), Remote(http_remote.url(name))

    return published


@dataclass(frozen=True)
class Served:
    """A copy of the history on a remote server."""

    path: Path
    remote: Remote
    server: HttpRemote


@pytest.fixture
def served(history: History, publish: Publish, http_remote: HttpRemote) -> Served:
    """The history, served."""
    return Served(*publish(history.path), http_remote)
