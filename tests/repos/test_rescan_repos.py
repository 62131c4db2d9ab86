import shutil

import pytest
from sqlalchemy import select, update

from kallithea_host import defaults, schema

NOTHING = {"added": [], "removed": []}


@pytest.fixture
def init(clients, root):
    """Make a repository below the root by hand."""

    def make(name, alias="git"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        clients[alias].init(root / name)

    return make


def test_what_was_copied_by_hand_is_found(api, alias, init, client, root):
    init("by-hand", alias)
    raw_id = client.commit(root / "by-hand", {"a": "1"})
    assert api.rescan_repos() == {"added": ["by-hand"], "removed": []}
    repository = api.get_repo(repoid="by-hand")
    assert repository["repo_type"] == alias
    assert repository["last_changeset"]["raw_id"] == raw_id
    assert repository["description"] == "by-hand repository"
    assert (repository["owner"], repository["private"], repository["landing_rev"]) == (
        "admin", False, "tip",
    )  # fmt: skip
    assert [user["username"] for user in repository["followers"]] == ["admin"]
    assert [(m["name"], m["permission"]) for m in repository["members"]] == [
        ("default", "repository.read")
    ]


def test_a_git_repository_with_a_working_tree_is_found(api, clients, root):
    git = clients["git"]
    git.run("init", "--quiet", "--initial-branch=main", str(root / "by-hand"))
    raw_id = git.commit(root / "by-hand", {"a": "1"})
    assert api.rescan_repos()["added"] == ["by-hand"]
    assert api.get_repo(repoid="by-hand")["last_changeset"]["raw_id"] == raw_id


def test_a_second_scan_finds_nothing_new(api, init, nothing_changes):
    init("a/b/c")
    api.rescan_repos()
    with nothing_changes():
        assert api.rescan_repos() == NOTHING


def test_nothing_on_disk_changes(api, init, nothing_changes):
    with nothing_changes():
        assert api.rescan_repos() == NOTHING


def test_groups_of_found_repositories_are_made(api, init, world):
    init("a/b/one")
    init("a/two", "hg")
    assert api.rescan_repos()["added"] == ["a/two", "a/b/one"]
    table = schema.repository_groups
    rows = world.rows(select(table.c.group_name, table.c.owner_id).order_by(table.c.group_name))
    assert rows == [("a", 2), ("a/b", 2)]


def test_they_belong_to_the_first_administrator_whoever_calls(api, init, world):
    second = api.as_user(world.user("second", admin=True))
    init("by-hand")
    second.rescan_repos()
    assert api.get_repo(repoid="by-hand")["owner"] == "admin"


@pytest.mark.parametrize(
    ("alias", "file", "text"),
    [
        ("git", "description", "From the file\n"),
        ("hg", ".hg/hgrc", "[web]\ndescription = From the file\n"),
    ],
)
def test_the_repository_s_own_description_is_taken(api, init, root, alias, file, text):
    init("by-hand", alias)
    (root / "by-hand" / file).write_text(text)
    api.rescan_repos()
    assert api.get_repo(repoid="by-hand")["description"] == "From the file"


def test_the_settings_are_honoured(api, host, init):
    init("by-hand")
    flags = ("private", "enable_statistics", "enable_downloads", "enable_locking")
    with host.database.write() as db:
        for flag in flags:
            defaults.put(db, f"default_repo_{flag}", "true")
    api.rescan_repos()
    repository = api.get_repo(repoid="by-hand")
    assert all(repository[flag] for flag in flags)


def test_repositories_are_not_looked_for_inside_repositories(api, init):
    init("outer", "hg")
    init("outer/inner")
    assert api.rescan_repos()["added"] == ["outer"]


def test_hidden_and_deleted_folders_are_passed_over(api, init):
    for name in (".hidden/x", "rm__20260101_000000_000000__x", "a/.gist/y", "a/rm__z/y"):
        init(name)
    assert api.rescan_repos() == NOTHING


def test_the_trash_is_no_place_to_find_repositories(api):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    assert api.rescan_repos() == NOTHING


@pytest.mark.parametrize("name", ["a\tb", "a\u202eb", "x" * 100 + "\x7f"])
def test_unsafe_names_are_left_out(api, init, name, nothing_changes):
    init(name)
    with nothing_changes():
        assert api.rescan_repos() == NOTHING


def test_bytes_that_are_no_utf_8_are_left_out(api, init, clients, root):
    init("fine")
    (root / "fine").rename(root / "bad\udcff")
    init("fine")
    assert api.rescan_repos()["added"] == ["fine"]


def test_names_that_could_not_be_created_but_are_safe_are_taken(api, init):
    odd = ["2024/report", "42", "Two Words", "_5", "a--b", "x.git"]
    for name in odd:
        init(name)
    assert sorted(api.rescan_repos()["added"]) == sorted(odd)


def test_twins_in_case_are_left_out(api, init, world):
    init("Repo")
    init("repo")
    assert api.rescan_repos()["added"] == ["Repo"]
    init("REPO")
    assert api.rescan_repos() == NOTHING


def test_twins_of_groups_in_case_are_left_out(api, init):
    init("Team/one")
    init("team/two")
    assert api.rescan_repos()["added"] == ["Team/one"]


def test_a_repository_in_the_place_of_a_group_is_left_out(api, init, root):
    api.create_repo(repo_name="team/x", repo_type="git")
    api.delete_repo(repoid="team/x")
    (root / "team").rmdir()
    init("team")
    assert api.rescan_repos() == NOTHING


def test_a_repository_below_one_that_is_missing_is_left_out(api, init, root):
    api.create_repo(repo_name="outer", repo_type="git")
    shutil.rmtree(root / "outer")
    init("outer/inner")
    assert api.rescan_repos() == {"added": [], "removed": ["outer"]}


def test_symbolic_links_are_skipped(api, clients, root, tmp_path):
    clients["git"].init(tmp_path / "outside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "up").symlink_to(root.parent)
    (root / "loop").symlink_to(root)
    assert api.rescan_repos() == NOTHING


def test_a_damaged_repository_is_left_out_and_others_are_found(api, init, root):
    init("damaged", "hg")
    (root / "damaged/.hg/requires").write_text("from-the-future\n")
    init("sound")
    assert api.rescan_repos()["added"] == ["sound"]


@pytest.mark.parametrize(
    "args", [{}, {"remove_obsolete": False}, {"remove_obsolete": "false"}, {"remove_obsolete": "0"},
             {"remove_obsolete": None}, {"remove_obsolete": ""}, {"remove_obsolete": "No"}]
)  # fmt: skip
def test_what_is_missing_on_disk_is_listed_and_kept(api, root, nothing_changes, args):
    for name in ("b", "a/x", "here"):
        api.create_repo(repo_name=name, repo_type="git")
    shutil.rmtree(root / "b")
    shutil.rmtree(root / "a/x")
    with nothing_changes():
        assert api.rescan_repos(**args) == {"added": [], "removed": ["a/x", "b"]}


@pytest.mark.parametrize("word", [True, "true", "1", "on", 1])
def test_what_is_missing_on_disk_is_removed_when_asked(api, root, world, word):
    for name in ("gone", "here"):
        api.create_repo(repo_name=name, repo_type="git")
    shutil.rmtree(root / "gone")
    assert api.rescan_repos(remove_obsolete=word) == {"added": [], "removed": ["gone"]}
    assert [repository["repo_name"] for repository in api.get_repos()] == ["here"]
    assert world.rows(select(schema.trash.c.name)) == [("gone",)]
    assert api.rescan_repos(remove_obsolete=word) == NOTHING


def test_forks_of_what_is_removed_are_detached(api, root):
    api.create_repo(repo_name="parent", repo_type="git")
    api.fork_repo(repoid="parent", fork_name="fork")
    shutil.rmtree(root / "parent")
    api.rescan_repos(remove_obsolete=True)
    assert api.get_repo(repoid="fork")["fork_of"] is None


def test_what_is_damaged_is_listed_and_never_removed(api, root, nothing_changes):
    api.create_repo(repo_name="damaged", repo_type="git")
    (root / "damaged/HEAD").unlink()
    with nothing_changes():
        answer = api.rescan_repos(remove_obsolete=True)
    assert answer == {"added": [], "removed": ["damaged"]}


def test_a_repository_that_is_being_made_is_not_missing(api, world, nothing_changes):
    world.repository("pending", pending=True)
    with nothing_changes():
        assert api.rescan_repos(remove_obsolete=True) == NOTHING


def test_another_word_for_a_boolean_is_refused(api):
    text = api.error("rescan_repos", remove_obsolete="perhaps")
    assert text == "Invalid value for `remove_obsolete` arg in JSON DATA: expected boolean"


def test_only_administrators_may(as_bob, init, nothing_changes):
    init("by-hand")
    with nothing_changes():
        assert as_bob.error("rescan_repos") == "Access was denied to this resource."


def test_a_refused_repository_is_left_out_and_others_are_found(api, init, listener, world):
    listener.refuses = "repository.found"
    init("a/by-hand")
    assert api.rescan_repos() == NOTHING
    assert world.rows(select(schema.repository_groups)) == []
    listener.refuses = None
    assert api.rescan_repos()["added"] == ["a/by-hand"]


def test_a_refused_removal_changes_nothing(api, root, listener, nothing_changes):
    api.create_repo(repo_name="gone", repo_type="git")
    shutil.rmtree(root / "gone")
    listener.refuses = "repository.deleted"
    with nothing_changes():
        text = api.error("rescan_repos", remove_obsolete=True)
    assert text == "Error occurred during rescan repositories action"


def test_a_repository_whose_type_no_plugin_serves_is_listed_as_missing(api, world):
    world.repository("svn")
    with world.door() as db:
        db.execute(update(schema.repositories).values(repo_type="svn"))
    assert api.rescan_repos()["removed"] == ["svn"]
