"""``pull``, and the option of the daemon: what a child process brings is told in either style."""

import pytest

from tests.acceptance.daemon import Daemon
from tests.remotes import serve
from tests.vcs.clients import GitClient


@pytest.fixture
def daemon(tmp_path, style):
    """A daemon that was started with the option."""
    daemon = Daemon(tmp_path, options=["--result-style", style])
    yield daemon
    daemon.close()


@pytest.fixture
def remote(tmp_path):
    """A server of git repositories."""
    with serve(tmp_path / "remote", 0) as remote:
        yield remote


def test_pull(daemon, remote, by_style):
    git, origin = GitClient(), remote.root / "origin"
    git.init(origin)
    git.commit(origin, {"a": "1"})
    api = daemon.start().api
    api.create_repo(repo_name="repo", repo_type="git", clone_uri=remote.url("origin"))
    tip = git.commit(origin, {"a": "2"}, hour=13)
    assert api.pull(repoid=1) == by_style(
        documented="Pulled from `repo`",
        kallithea={"msg": "Pulled from `repo`", "repository": "repo"},
    )
    assert api.get_repo(repoid="repo")["last_changeset"]["raw_id"] == tip
