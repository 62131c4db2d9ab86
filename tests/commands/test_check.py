import os
import shutil
import time

import pytest
from sqlalchemy import update

from kallithea_host import schema
from kallithea_host.data_folder import daemon_lock
from kallithea_host.storage import intents
from tests.factories import World


@pytest.fixture
def root(host):
    return host.settings.repositories


@pytest.fixture
def world(host):
    return World(host)


@pytest.fixture(autouse=True)
def repositories(api):
    """An hg and a git repository, and something in the trash."""
    api.create_repo(repo_name="team/hg")
    api.create_repo(repo_name="git", repo_type="git")
    api.create_repo(repo_name="deleted", repo_type="git")
    api.delete_repo(repoid="deleted")


@pytest.fixture
def found(run):
    """The lines that ``check`` prints."""

    def lines(*options):
        ran = run("check", *options)
        assert ran.err == ""
        assert ran.code == (1 if ran.out else 0)
        return ran.out.splitlines()

    return lines


def test_a_sound_server_has_no_findings(found):
    assert found() == []
    assert found("--no-verify") == []


def test_i1_a_repository_that_is_missing(found, root):
    shutil.rmtree(root / "git")
    assert found("--no-verify") == ["I1 git is no git repository on disk"]


@pytest.mark.parametrize(("name", "part"), [("git", "HEAD"), ("team/hg", ".hg/requires")])
def test_i1_a_repository_that_is_none_any_more(found, root, name, part):
    (root / name / part).rename(root / name / "moved")
    (root / name / ".hg").mkdir(exist_ok=True)
    (root / name / ".hg/requires").write_text("from-the-future\n")
    alias = name.removeprefix("team/")
    assert found("--no-verify") == [f"I1 {name} is no {alias} repository on disk"]


def test_i1_a_type_that_no_plugin_serves(found, host):
    with host.database.write() as db:
        table = schema.repositories
        db.execute(update(table).where(table.c.repo_name == "git").values(repo_type="svn"))
    assert found("--no-verify") == ["I1 git: no plugin serves repositories of type svn"]


def test_i1_a_link_that_leads_out_of_the_root(found, root, tmp_path):
    (root / "git").rename(tmp_path / "git")
    (root / "git").symlink_to(tmp_path / "git")
    assert found("--no-verify") == ["I1 git: the path leaves the repository root"]


@pytest.fixture
def empty_group(api):
    """A repository group that holds nothing, with its directory."""
    api.create_repo_group(group_name="empty")


@pytest.mark.usefixtures("empty_group")
def test_an_empty_group_needs_no_directory(found, root):
    (root / "empty").rmdir()
    assert found("--no-verify") == []


@pytest.mark.usefixtures("empty_group")
def test_i1_a_group_and_a_file(found, root):
    (root / "empty").rmdir()
    (root / "empty").touch()
    assert found("--no-verify") == ["I1 empty is a repository group and a file on disk"]


@pytest.mark.usefixtures("empty_group")
def test_i1_a_group_and_a_symbolic_link(found, root):
    (root / "empty").rmdir()
    (root / "empty").symlink_to("team")
    assert found("--no-verify") == ["I1 empty is a repository group and a symbolic link on disk"]


@pytest.mark.usefixtures("empty_group")
def test_i1_a_group_that_leads_out_of_the_root(found, root, tmp_path):
    (root / "empty").rmdir()
    (root / "empty").symlink_to(tmp_path)
    assert found("--no-verify") == ["I1 empty: the path leaves the repository root"]


@pytest.mark.usefixtures("empty_group")
def test_i1_a_group_and_a_repository(found, root):
    (root / "empty").rmdir()
    shutil.copytree(root / "git", root / "empty")
    line = "I1 empty is a repository group and a repository (git) on disk"
    assert found("--no-verify") == [line]


def test_i2_a_repository_that_nobody_knows(found, root):
    shutil.copytree(root / "git", root / "a/copy")
    assert found() == ["I2 a/copy (git) lies on disk and is not in the database"]


def test_i2_a_name_that_is_no_text(found, root):
    (root / "git").rename(root / os.fsdecode(b"\xff"))
    assert found("--no-verify") == [
        "I1 git is no git repository on disk",
        "I2 ? (git) lies on disk and is not in the database",
    ]


def test_i2_a_name_that_would_steer_a_terminal(found, root):
    copied = root / "two\nlines\x1b[2J"
    shutil.copytree(root / "git", copied)
    assert found() == [
        "I2 two\\nlines\\x1b[2J (git) lies on disk and is not in the database",
    ]


def test_i3_a_change_that_was_cut_off(found, host, world):
    repo_id = world.repository("half", pending=True)
    with host.database.write() as db:
        intents.begin(db, "create", "daemon", repo_ids=[repo_id])
    assert found() == ["I3 an interrupted create waits for a start", "I3 half is half made"]


def test_what_a_living_daemon_works_on_is_left_aside(found, host, world, root):
    repo_id = world.repository("half", pending=True)
    with host.database.write() as db:
        intents.begin(db, "create", "daemon", repo_ids=[repo_id])
        moving = intents.begin(db, "move", "daemon", repo_ids=[2])
        intents.plan_moves(db, root, moving, [("git", "moved")])
    (root / "git").rename(root / "moved")
    lock = daemon_lock(host.settings)
    assert lock.take()
    assert found() == []
    lock.release()
    assert found() != []


def test_a_group_that_a_living_daemon_moves_is_left_aside(found, host, root):
    with host.database.write() as db:
        moving = intents.begin(db, "move", "daemon", repo_ids=[1])
        intents.plan_moves(db, root, moving, [("team", "moved")])
    (root / "team").rename(root / "moved")
    lock = daemon_lock(host.settings)
    assert lock.take()
    assert found() == []
    lock.release()


def test_i6_something_missing_from_the_trash(found, root):
    (lies_at,) = (root / ".trash").iterdir()
    shutil.rmtree(lies_at)
    assert found() == [f"I6 .trash/{lies_at.name} is missing from the trash"]


def test_i6_something_in_the_trash_without_an_entry(found, root):
    (root / ".trash/mine").mkdir()
    assert found() == ["I6 .trash/mine lies in the trash and has no entry"]


def test_i7_a_row_that_points_nowhere(found, host):
    if host.settings.database_url:
        pytest.skip("PostgreSQL lets no such row in")
    with host.database.write() as db:
        raw = db.connection.dbapi_connection
        raw.rollback()
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE repositories SET owner_id = 99 WHERE repo_name = 'git'")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("BEGIN")
    assert found() == ["I7 row 2 of repositories points to no row of users"]


def test_i7_a_repository_that_does_not_lie_in_its_group(found, world):
    other = world.repository_group("other")
    of_this = schema.repositories.c.repo_name == "team/hg"
    with world.host.database.write() as db:
        db.execute(update(schema.repositories).where(of_this).values(group_id=other))
    assert found() == ["I7 team/hg does not lie in other, where its row puts it"]


def test_i7_a_repository_that_lies_in_a_group_its_row_does_not_know(found, world):
    of_this = schema.repositories.c.repo_name == "team/hg"
    with world.host.database.write() as db:
        db.execute(update(schema.repositories).where(of_this).values(group_id=None))
    assert found() == ["I7 team/hg does not lie in the top level, where its row puts it"]


def test_i7_a_group_that_does_not_lie_in_its_parent(found, world):
    world.repository_group("team/inner")
    assert found() == ["I7 team/inner does not lie in the top level, where its row puts it"]


def test_i8_damaged_data(found, root):
    (root / "git/objects/ab").mkdir(parents=True)
    (root / "git/objects/ab" / ("c" * 38)).write_bytes(b"rubbish")
    assert found("--no-verify") == []
    lines = found()
    assert lines
    assert all(line.startswith("I8 git: ") for line in lines)


def test_i9_something_temporary_that_is_old(found, root):
    (root / ".tmp/new").mkdir(parents=True)
    (root / ".tmp/old").mkdir()
    days_ago = time.time() - 25 * 3600
    os.utime(root / ".tmp/old", (days_ago, days_ago))
    assert found() == ["I9 .tmp/old is older than a day"]


@pytest.mark.parametrize(
    ("table", "name", "key"),
    [
        ("repositories", "repo_name", "Git"),
        ("repository_groups", "group_name", "Team"),
        ("users", "username", "Admin"),
    ],
)
def test_i10_a_name_that_is_not_stored_as_it_folds(found, host, table, name, key):
    table = schema.metadata.tables[table]
    of_this = table.c[name] == key.lower()
    with host.database.write() as db:
        db.execute(update(table).where(of_this).values({f"{name}_key": key}))
    line = f"I10 {key.lower()} in {table.name} is not stored under its folded form"
    assert found("--no-verify") == [line]


def test_i10_a_repository_and_a_group_of_one_name(found, world):
    world.repository_group("git")
    assert "I10 git is a repository and a group" in found()


def test_everything_is_told_not_the_first_only(found, root):
    shutil.rmtree(root / "git")
    (root / ".trash/mine").mkdir()
    assert len(found()) == 3  # the missing repository cannot be verified either


def test_nothing_is_repaired(found, root, api):
    shutil.rmtree(root / "git")
    shutil.copytree(root / "team/hg", root / "copy")
    first = found("--no-verify")
    assert found("--no-verify") == first
    assert (root / "copy").is_dir()
    assert api.get_repo(repoid="git")["repo_name"] == "git"
