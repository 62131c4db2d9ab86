import pytest

FILES = {
    "README": "1",
    ".hidden": "2",
    "docs/c.txt": "3",
    "docs/sub/b.txt": "4",
    "a/x": "5",
    "a.txt": "6",
}
DIRS = ["a", "docs", "docs/sub"]
IN_ORDER = [".hidden", "README", "a.txt", "a/x", "docs/c.txt", "docs/sub/b.txt"]


@pytest.fixture
def ids(api, alias, client, root):
    """The ids of two changesets; the older is tagged v1, the newer is on the branch feature."""
    api.create_repo(repo_name="repo", repo_type=alias)
    first = client.commit(root / "repo", FILES)
    client.tag(root / "repo", "v1", first)
    return first, client.commit(
        root / "repo", {"new": "7"}, branch="feature", parent=first, hour=14
    )


def nodes(api, revision, root_path="", **more):
    return api.get_repo_nodes(repoid="repo", revision=revision, root_path=root_path, **more)


def names(listed, kind):
    return [node["name"] for node in listed if node["type"] == kind]


def test_directories_come_before_files_each_in_order(api, ids):
    listed = nodes(api, ids[0])
    assert [node["type"] for node in listed] == ["dir"] * 3 + ["file"] * 6
    assert names(listed, "dir") == DIRS
    assert names(listed, "file") == IN_ORDER


def test_only_files_or_only_directories(api, ids):
    both = nodes(api, ids[0], ret_type="all")
    assert nodes(api, ids[0], ret_type="dirs") == both[:3]
    assert nodes(api, ids[0], ret_type="files") == both[3:]
    assert nodes(api, ids[0], ret_type=None) == both


@pytest.mark.parametrize("root_path", ["docs", "/docs", "docs/", "//docs/"])
def test_what_is_below_a_path_has_its_full_name(api, ids, root_path):
    assert nodes(api, ids[0], root_path) == [
        {"name": "docs/sub", "type": "dir"},
        {"name": "docs/c.txt", "type": "file"},
        {"name": "docs/sub/b.txt", "type": "file"},
    ]


def test_a_slash_is_the_top(api, ids):
    assert nodes(api, ids[0], "/") == nodes(api, ids[0], "")


def test_revisions_by_branch_tag_number_hash_and_null(api, ids):
    first, second = (nodes(api, raw_id) for raw_id in ids)
    assert first != second
    assert nodes(api, "v1") == first
    assert nodes(api, 0) == nodes(api, "0") == first
    assert nodes(api, ids[0][:10]) == first
    assert nodes(api, "feature") == second
    for newest in ("tip", None, -1):
        assert nodes(api, newest) == second


FAILED = "failed to get repo: `repo` nodes"


def test_revisions_that_are_none_are_refused(api, ids):
    for revision in ("nonsense", "f" * 40, 99, "..", "all()", "--help", "v1:feature", "\0"):
        text = api.error("get_repo_nodes", repoid="repo", revision=revision, root_path="")
        assert text.startswith((FAILED, "Invalid value for `revision`")), revision


@pytest.mark.parametrize("revision", [True, [], {}, 1.5])
def test_revisions_of_a_wrong_type_are_refused(api, world, revision):
    world.repository("repo")
    text = api.error("get_repo_nodes", repoid="repo", revision=revision, root_path="")
    assert text == "Invalid value for `revision` arg in JSON DATA: expected text or integer"


def test_paths_that_are_no_directories_are_refused(api, ids):
    for path in (
        "README",
        "absent",
        "docs/absent",
        "../repo",
        "docs//sub",
        ".",
        "docs/c.txt/",
        "set:**",
    ):
        text = api.error("get_repo_nodes", repoid="repo", revision="tip", root_path=path)
        assert text == FAILED, path


def test_an_empty_repository_has_no_nodes(api, alias):
    api.create_repo(repo_name="repo", repo_type=alias)
    for revision in ("tip", None, 0):
        text = api.error("get_repo_nodes", repoid="repo", revision=revision, root_path="")
        assert text == FAILED


def test_a_repository_that_is_missing_on_disk_is_refused(api, world):
    world.repository("repo")
    text = api.error("get_repo_nodes", repoid="repo", revision="tip", root_path="")
    assert text == FAILED


@pytest.mark.parametrize("ret_type", ["", "file", "ALL", 1])
def test_another_ret_type_is_refused(api, world, ret_type):
    world.repository("repo")
    text = api.error(
        "get_repo_nodes", repoid="repo", revision="tip", root_path="", ret_type=ret_type
    )
    assert text == "ret_type must be one of files,dirs,all"


@pytest.mark.parametrize("argument", ["repoid", "revision", "root_path"])
def test_three_arguments_are_required(api, argument):
    args = {"repoid": "repo", "revision": "tip", "root_path": ""}
    del args[argument]
    text = api.error("get_repo_nodes", **args)
    assert text == f"Missing non optional `{argument}` arg in JSON DATA"


def test_a_reader_may_and_a_stranger_may_not(api, as_bob, clients, root):
    api.create_repo(repo_name="repo", repo_type="git")
    clients["git"].commit(root / "repo", FILES)
    assert len(nodes(as_bob, "tip")) == 9
    api.update_repo(repoid="repo", private=True)
    text = as_bob.error("get_repo_nodes", repoid="repo", revision="no", root_path="", ret_type="x")
    assert text == "repository `repo` does not exist"


def test_the_disk_is_not_looked_at_for_who_may_not_read(host, as_bob, world, statements):
    world.repository("secret", private=True)
    looked = []
    host.backends._by_alias["hg"] = Watched(looked)
    sent = []
    as_bob.error("get_repos", x=1)
    for repoid in ("secret", "absent"):
        statements.clear()
        text = as_bob.error("get_repo_nodes", repoid=repoid, revision="tip", root_path="")
        assert text == f"repository `{repoid}` does not exist"
        sent.append(list(statements))
    assert sent[0] == sent[1]
    assert looked == []


class Watched:
    """A backend that notes that it is used."""

    alias = "hg"

    def __init__(self, looked):
        self.looked = looked

    def __getattr__(self, name):
        self.looked.append(name)
        raise AssertionError(name)


def test_a_repository_behind_a_link_out_of_the_root_is_not_read(api, host, tmp_path):
    api.create_repo(repo_name="linked", repo_type="git")
    root = host.settings.repositories
    (root / "linked").rename(tmp_path / "elsewhere")
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    asked = {"repoid": "linked", "revision": "tip", "root_path": "/"}
    assert api.error("get_repo_nodes", **asked) == "failed to get repo: `linked` nodes"
