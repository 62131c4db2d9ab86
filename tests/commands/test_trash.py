import json
import shutil

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.storage import checks, intents
from tests.factories import World
from tests.repos.conftest import database, disk


@pytest.fixture
def root(host):
    return host.settings.repositories


@pytest.fixture
def world(host):
    return World(host)


@pytest.fixture
def sound(host):
    """Nothing is wrong, whatever was done."""
    yield
    assert list(checks.findings(host, verify=True)) == []


@pytest.fixture
def whole(api, world, bob):
    """A repository with everything that can hang on one, and how it looks."""
    team = world.user_group("devs", bob["user_id"])
    api.create_repo(
        repo_name="a/b/repo", owner="bob", private=True, description="x", landing_rev="tag:v1",
        enable_downloads=True,
    )  # fmt: skip
    api.update_repo(repoid="a/b/repo", clone_uri="https://me:s3cret@example.org/x")
    world.grant("repository.write", 1, user_id=world.user("carol"))
    world.grant("repository.admin", 1, users_group_id=team)
    api.lock(repoid="a/b/repo", locked=True, userid="bob")
    return api.get_repo(repoid="a/b/repo")


@pytest.mark.usefixtures("sound")
def test_the_list_tells_entry_time_who_name_and_how_many(run, api):
    assert run("trash", "list").rows == []
    api.create_repo(repo_name="a/one", repo_type="git")
    api.fork_repo(repoid="a/one", fork_name="two")
    api.delete_repo(repoid="a/one", forks="delete")
    ((entry, when, by, name, count),) = run("trash", "list").rows
    assert (entry, by, name, count) == ("1", "admin", "a/one", "2")
    assert when.startswith("20")


def test_the_list_is_json_for_programs(run, api):
    api.create_repo(repo_name="one", repo_type="git")
    api.delete_repo(repoid="one")
    (entry,) = json.loads(run("trash", "list", "--json").out)
    assert entry.pop("deleted").startswith("20")
    assert entry == {"entry": 1, "by": "admin", "name": "one", "repositories": 1}


@pytest.mark.usefixtures("sound")
def test_what_comes_back_is_whole(run, api, whole, world, root):
    table = schema.journal
    linked = select(table.c.entry_id, table.c.repo_id).order_by(table.c.entry_id)
    journal, files = world.rows(linked), disk(root)
    api.delete_repo(repoid="a/b/repo")
    ran = run("trash", "restore", "1")
    assert (ran.code, ran.out, ran.err) == (0, "restored a/b/repo\n", "")
    assert api.get_repo(repoid="a/b/repo") == whole
    assert world.rows(linked) == journal
    assert disk(root) == files
    assert run("trash", "list").out == ""


@pytest.mark.parametrize("alias", ["hg", "git"])
@pytest.mark.usefixtures("sound")
def test_a_family_comes_back_with_its_links(run, api, alias):
    api.create_repo(repo_name="parent", repo_type=alias)
    api.fork_repo(repoid="parent", fork_name="a/child")
    api.fork_repo(repoid="a/child", fork_name="grandchild")
    before = api.get_repos()
    api.delete_repo(repoid="parent", forks="delete")
    assert run("trash", "restore", "1").code == 0
    assert api.get_repos() == before


@pytest.mark.usefixtures("sound")
def test_detached_forks_are_attached_again(run, api):
    api.create_repo(repo_name="parent", repo_type="git")
    api.fork_repo(repoid="parent", fork_name="child")
    api.delete_repo(repoid="parent", forks="detach")
    run("trash", "restore", "1")
    assert api.get_repo(repoid="child")["fork_of"] == "parent"


@pytest.mark.usefixtures("sound")
def test_a_fork_comes_back_to_its_parent_or_without_it(run, api):
    for name in ("one", "two"):
        api.create_repo(repo_name=name, repo_type="git")
        api.fork_repo(repoid=name, fork_name=f"fork-{name}")
        api.delete_repo(repoid=f"fork-{name}")
    api.delete_repo(repoid="two")
    run("trash", "restore", "1")
    run("trash", "restore", "2")
    assert api.get_repo(repoid="fork-one")["fork_of"] == "one"
    assert api.get_repo(repoid="fork-two")["fork_of"] is None


@pytest.mark.usefixtures("sound")
def test_a_taken_name_is_told_and_nothing_happens(run, api, host, root):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    api.create_repo(repo_name="REPO", repo_type="git")
    before = disk(root), database(host)
    ran = run("trash", "restore", "1")
    line = "kallithea-host: `repo` cannot come back: the name is taken\n"
    assert (ran.code, ran.out, ran.err) == (1, "", line)
    assert (disk(root), database(host)) == before


@pytest.mark.parametrize("what", ["folder", "group", "repository above"])
@pytest.mark.usefixtures("sound")
def test_a_place_that_is_not_free_is_told(run, api, root, world, what):
    api.create_repo(repo_name="a/repo", repo_type="git")
    api.delete_repo(repoid="a/repo")
    if what == "folder":
        (root / "a/repo").mkdir()
    elif what == "group":
        (root / "a/repo").mkdir()
        (parent_id,) = world.rows(select(schema.repository_groups.c.group_id))[0]
        world.repository_group("a/repo", parent_id=parent_id)
    else:
        with world.door() as db:
            db.execute(schema.repository_groups.delete())
        (root / "a").rmdir()
        api.create_repo(repo_name="a", repo_type="git")
    ran = run("trash", "restore", "1")
    assert ran.code == 1
    assert ran.err.startswith("kallithea-host: `a/repo` cannot come back: ")
    assert ran.err.count("\n") == 1
    assert len(run("trash", "list").rows) == 1


@pytest.mark.usefixtures("sound", "bob")
def test_an_owner_who_is_gone_is_told(run, api):
    api.create_repo(repo_name="repo", repo_type="git", owner="bob")
    api.delete_repo(repoid="repo")
    api.delete_user(userid="bob")
    ran = run("trash", "restore", "1")
    assert ran.err == "kallithea-host: `repo` cannot come back: its owner is gone\n"


@pytest.mark.usefixtures("sound")
def test_rows_of_who_is_gone_stay_away(run, api, world):
    for name in ("carol", "dave"):
        world.user(name)
    api.create_repo(repo_name="repo", repo_type="git", owner="carol")
    api.update_repo(repoid="repo", owner="admin")
    api.grant_user_permission(repoid="repo", userid="carol", perm="repository.write")
    api.grant_user_permission(repoid="repo", userid="dave", perm="repository.write")
    api.lock(repoid="repo", locked=True, userid="carol")
    api.delete_repo(repoid="repo")
    api.delete_user(userid="carol")
    assert run("trash", "restore", "1").code == 0
    repository = api.get_repo(repoid="repo")
    assert [member["name"] for member in repository["members"]] == ["default", "dave"]
    assert repository["followers"] == []
    assert (repository["locked_by"], repository["locked_date"]) == (None, None)


@pytest.mark.usefixtures("sound", "bob")
def test_groups_that_are_gone_are_made_again(run, api, world, root):
    api.create_repo(repo_name="a/b/repo", repo_type="git", owner="bob")
    api.delete_repo(repoid="a/b/repo")
    with world.door() as db:
        db.execute(schema.repositories.delete())
        table = schema.repository_groups
        db.execute(table.delete().where(table.c.group_name == "a/b"))
        db.execute(table.delete())
    shutil.rmtree(root / "a")
    assert run("trash", "restore", "1").code == 0
    assert api.get_repo(repoid="a/b/repo")["repo_name"] == "a/b/repo"
    assert sorted(world.rows(select(table.c.group_name))) == [("a",), ("a/b",)]


@pytest.mark.usefixtures("sound")
def test_a_name_that_could_not_be_created_comes_back(run, api, host, root):
    host.backends["git"].create(root / "Two Words")
    api.rescan_repos()
    api.delete_repo(repoid="Two Words")
    assert run("trash", "restore", "1").out == "restored Two Words\n"


@pytest.mark.usefixtures("sound")
def test_what_rescan_removed_comes_back_once_its_folder_does(run, api, root, tmp_path):
    api.create_repo(repo_name="repo", repo_type="git")
    shutil.move(root / "repo", tmp_path / "aside")
    api.rescan_repos(remove_obsolete=True)
    assert run("trash", "restore", "1").code == 0
    shutil.move(tmp_path / "aside", root / "repo")


def test_directories_that_are_gone_are_told(run, api, root):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    shutil.rmtree(root / ".trash")
    ran = run("trash", "restore", "1")
    assert ran.code == 1
    assert ran.err.startswith("kallithea-host: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["restore", "empty"])
def test_an_entry_that_does_not_exist_is_told(run, command):
    ran = run("trash", command, "7")
    assert (ran.code, ran.err) == (1, "kallithea-host: the trash has no entry 7\n")


@pytest.mark.usefixtures("sound")
def test_emptied_entries_are_gone_for_good(run, api, root):
    for name in ("one", "two", "three"):
        api.create_repo(repo_name=name, repo_type="git")
        api.delete_repo(repoid=name)
    ran = run("trash", "empty", "--yes", "1", "3")
    assert ran.out == "removed one\nremoved three\n"
    assert [row[3] for row in run("trash", "list").rows] == ["two"]
    assert len(list((root / ".trash").iterdir())) == 1
    assert run("trash", "empty", "--all", "--yes").out == "removed two\n"
    assert list((root / ".trash").iterdir()) == []


@pytest.mark.usefixtures("sound")
def test_emptying_asks_first(run, api):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    ran = run("trash", "empty", "1", stdin="n\n")
    assert ran.code == 1
    assert "Remove repo for good?" in ran.out
    assert len(run("trash", "list").rows) == 1
    assert "removed repo" in run("trash", "empty", "1", stdin="y\n").out


@pytest.mark.parametrize("arguments", [[], ["1", "--all"]])
def test_entries_or_all_must_be_said(run, arguments):
    ran = run("trash", "empty", *arguments)
    assert ran.code == 2
    assert "name entries, or say --all" in ran.err


def test_nothing_to_empty_is_no_failure(run):
    ran = run("trash", "empty", "--all", "--yes")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_missing_entry_among_others_removes_nothing(run, api):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    assert run("trash", "empty", "--yes", "1", "2").code == 1
    assert len(run("trash", "list").rows) == 1


def test_what_a_killed_command_left_is_taken_back_by_the_next(run, api, host, root):
    api.create_repo(repo_name="repo", repo_type="git")
    api.delete_repo(repoid="repo")
    (lies_at,) = (root / ".trash").iterdir()
    with host.database.write() as db:
        intent_id = intents.begin(db, "restore", "operator")
        intents.plan_moves(db, root, intent_id, [(f".trash/{lies_at.name}", "repo")])
    lies_at.rename(root / "repo")
    assert run("trash", "restore", "1").out == "restored repo\n"
    assert list(checks.findings(host, verify=False)) == []
