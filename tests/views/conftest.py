"""Repositories of both types with the same files, and a browser of their views."""

import shutil
from dataclasses import dataclass, replace
from urllib.parse import quote

import pytest

from kallithea_host.testing.rows import DEFAULT
from tests.factories import statements

__all__ = ["statements"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
NAMES = {
    "README": "two\n",
    "page.html": "<script>alert(1)</script>\n",
    "logo.png": PNG,
    "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>\n",
    "data.bin": b"\0\1\2",
    "docs/guide.txt": "a\n",
    "docs/žluťoučký kůň.txt": "neigh\n",
    'docs/a "quote".txt': "q\n",
    "a/raw/tip/README": "deep\n",
}
LINES = "".join(f"line {number}\n" for number in range(20))


@dataclass(frozen=True)
class History:
    """A repository with two changesets: the first has ``README`` and ``lines``, the second all."""

    path: object
    first: str
    second: str


@pytest.fixture(params=["hg", "git"])
def alias(request):
    """Each type of repository in turn."""
    return request.param


@pytest.fixture(scope="session")
def programs(hg, git):
    return {"hg": hg, "git": git}


@pytest.fixture(scope="session")
def histories(programs, tmp_path_factory):
    """One history of each type, made once and never changed."""
    folder = tmp_path_factory.mktemp("views")
    made = {}
    for alias, program in programs.items():
        program.init(folder / alias)
        first = program.commit(folder / alias, {"README": "one\n", "lines": LINES}, message="one")
        changed = LINES.replace("line 10\n", "line  10\nline ten\n")
        second = program.commit(
            folder / alias, NAMES | {"lines": changed}, message="two", parent=first, hour=13
        )
        made[alias] = History(folder / alias, first, second)
    return made


@pytest.fixture
def history(alias, histories):
    return histories[alias]


@pytest.fixture
def place(host, world, histories):
    """Puts a copy of the history under a name, for everybody to read; the repository's id."""

    def placed(name, alias, *, empty=False, **columns):
        path = host.settings.repositories.joinpath(name)
        if empty:
            path.parent.mkdir(parents=True, exist_ok=True)
            host.backends[alias].create(path)
        else:
            shutil.copytree(histories[alias].path, path, symlinks=True)
        repo_id = world.repository(name, repo_type=alias, **columns)
        world.grant("repository.read", repo_id, user_id=DEFAULT)
        return repo_id

    return placed


@pytest.fixture
def settings(settings):
    """Every view of this plugin is open to keys; a test module may override this."""
    names = ["FilesController:raw", "FilesController:rawfile", "FilesController:archivefile"]
    names += [f"ChangesetController:changeset_{word}" for word in ("raw", "patch", "download")]
    names += ["ChangesetController:index"]
    return replace(settings, api_access_controllers_whitelist=tuple(names))


@pytest.fixture
def repo(place, alias):
    """The name of a repository that everybody with a key may read."""
    place("team/repo", alias)
    return "team/repo"


@pytest.fixture
def get(api):
    """A GET, or what it is told, with the administrator's key in a header unless told otherwise."""

    def ask(path, *, verb="GET", key=api._key, peer="127.0.0.1", **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        return api.from_peer(peer).request(verb, path=quote(path, safe="/?&=%"), headers=sent)

    return ask
