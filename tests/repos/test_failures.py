"""What is left when making a repository fails half-way: nothing."""

import pytest
from sqlalchemy import select

from kallithea_host import Phase, VcsError, hookimpl, schema
from kallithea_host.loading import Plugin
from kallithea_plugins.vcs_git.backend import GitBackend


class Breaking(GitBackend):
    """Git, but at a chosen moment something happens."""

    alias = "breaking"

    def __init__(self):
        self.at, self.happens = "", None

    def _reach(self, moment, path):
        if moment == self.at:
            self.happens(path)

    @hookimpl
    def kallithea_vcs_backends(self):
        return [self]

    def create(self, path):
        self._reach("before", path)
        super().create(path)
        self._reach("after", path)

    def fork(self, source, path):
        self._reach("before", path)
        super().fork(source, path)
        self._reach("after", path)

    def tip(self, path):
        self._reach("tip", path)
        return super().tip(path)


def raising(error):
    def happens(_path):
        raise error

    return happens


@pytest.fixture
def breaking():
    return Breaking()


class Stage:
    """A plugin that fails while it writes its own part."""

    fails = False

    @hookimpl
    def kallithea_event(self, phase):
        if phase is Phase.STAGE and self.fails:
            raise RuntimeError("a bug")


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def plugins(breaking, stage):
    return (
        Plugin("breaking", breaking, "tests:breaking", ""),
        Plugin("stage", stage, "tests:stage", ""),
    )


@pytest.fixture
def source(api):
    api.create_repo(repo_name="source", repo_type="breaking")


MAKING = [
    ("create_repo", {"repo_name": "a/b/new", "repo_type": "breaking"}, "failed to create"),
    ("fork_repo", {"repoid": "source", "fork_name": "a/b/new"}, "failed to fork"),
]
making = pytest.mark.parametrize(("method", "args", "text"), MAKING, ids=["create", "fork"])


@pytest.mark.usefixtures("source")
@making
@pytest.mark.parametrize("moment", ["before", "after", "tip"])
@pytest.mark.parametrize("error", [VcsError("no"), OSError(28, "No space left on device")], ids=str)
def test_a_backend_that_fails_leaves_nothing(
    api, breaking, nothing_changes, method, args, text, moment, error
):
    breaking.at, breaking.happens = moment, raising(error)
    with nothing_changes():
        assert api.error(method, **args).startswith(text)
    breaking.at = ""
    assert api.call(method, args)["success"] is True


@pytest.mark.usefixtures("source")
@making
@pytest.mark.parametrize("moment", ["after", "tip"])
def test_a_bug_in_a_backend_leaves_nothing_either(
    api, breaking, nothing_changes, method, args, text, moment
):
    breaking.at, breaking.happens = moment, raising(RuntimeError(text))
    with nothing_changes():
        assert api.error(method, **args) == "Internal server error"


@pytest.mark.usefixtures("source")
@making
def test_a_plugin_that_fails_while_it_writes_leaves_nothing(
    api, stage, nothing_changes, method, args, text
):
    stage.fails = True
    with nothing_changes():
        assert api.error(method, **args) == "Internal server error", text


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("update_repo", {"repoid": "source", "name": "new"}),
        ("delete_repo", {"repoid": "source"}),
        ("lock", {"repoid": "source", "locked": True}),
    ],
)
def test_a_plugin_that_fails_while_it_writes_undoes_a_change(
    api, stage, nothing_changes, method, args
):
    stage.fails = True
    with nothing_changes():
        assert api.error(method, **args) == "Internal server error"


@pytest.mark.usefixtures("source")
@making
def test_what_appears_in_the_place_meanwhile_is_left_alone(
    api, breaking, root, host, method, args, text
):
    def appears(_path):
        (root / "a/b/new").mkdir(parents=True)
        (root / "a/b/new/precious").write_text("data")

    breaking.at, breaking.happens = "after", appears
    assert api.error(method, **args).startswith(text)
    assert (root / "a/b/new/precious").read_text() == "data"
    assert list((root / ".tmp").iterdir()) == []
    assert [repository["repo_name"] for repository in api.get_repos()] == ["source"]


def test_the_name_is_taken_and_unseen_while_the_repository_is_made(api, breaking, as_bob):
    seen = []

    def look(_path):
        seen.append(as_bob.error("create_repo", repo_name="new"))
        seen.append(as_bob.error("create_repo", repo_name="NEW"))
        seen.append(as_bob.error("get_repo", repoid="new"))
        seen.append(api.error("get_repo", repoid=1))
        seen.append(api.get_repos())
        seen.append(api.rescan_repos(remove_obsolete=True))
        seen.append(api.error("create_repo", repo_name="new/inside"))

    breaking.at, breaking.happens = "after", look
    api.create_repo(repo_name="new", repo_type="breaking")
    assert seen == [
        "repo `new` already exist",
        "repo `NEW` already exist",
        "repository `new` does not exist",
        "repository `1` does not exist",
        [],
        {"added": [], "removed": []},
        "failed to create repository `new/inside`",
    ]


def test_a_group_that_somebody_uses_meanwhile_stays(api, breaking):
    def use_it_and_fail(_path):
        breaking.at = ""
        api.create_repo(repo_name="a/other", repo_type="git")
        raise VcsError("no")

    breaking.at, breaking.happens = "after", use_it_and_fail
    assert api.error("create_repo", repo_name="a/b/new", repo_type="breaking").startswith("failed")
    assert api.get_repo(repoid="a/other")["repo_name"] == "a/other"


def test_a_name_is_judged_again_when_the_move_is_made(api, host, world, nothing_changes):
    """Between the two transactions of a rename somebody may take the name."""
    api.create_repo(repo_name="old", repo_type="git")
    jobs, write = host.jobs, host.jobs.write
    calls = []

    def write_and_be_overtaken(*args):
        calls.append(args)
        result = write(*args)
        if len(calls) == 1:
            world.repository("new")
        return result

    host.jobs = Overtaken(jobs, write_and_be_overtaken)
    assert api.error("update_repo", repoid="old", name="new") == "failed to update repo `old`"
    assert len(calls) == 2
    assert api.get_repo(repoid="old")["repo_name"] == "old"
    assert world.rows(select(schema.intents)) == []


class Overtaken:
    """Jobs of a server where somebody else is quicker."""

    def __init__(self, jobs, write):
        self._jobs, self.write = jobs, write

    def __getattr__(self, name):
        return getattr(self._jobs, name)
