"""Killed again while it takes back what was cut off; and the operator's program, killed."""

import pytest

from tests.acceptance.state import everything
from tests.acceptance.test_killed import killed

IN_RECOVERY = [
    "before intents.undo_on_disk 1",
    "after layout.move 1",
    "after intents.undo_on_disk 1",
    "before intents.undo_in_database 1",
    "after intents.undo_in_database 1",
]


@pytest.mark.parametrize(
    ("change", "fault"),
    [*(("create", fault) for fault in IN_RECOVERY), ("delete_with_forks", IN_RECOVERY[1])],
)
def test_a_start_that_is_killed_is_made_good_by_the_next(world, name, change, fault):
    daemon = world.daemon
    made = getattr(world, change)("git", name)
    before = everything(daemon)
    daemon.fail("before commit 3" if change == "create" else "before commit 2", "kill")
    killed(world, made)
    daemon.spawn(fault, "kill")
    assert daemon.process.wait(40) == -9
    daemon.start()
    assert len(daemon.undone) == 1
    assert everything(daemon) == before
    assert daemon.sound()
    made.make(daemon.api)
    assert daemon.sound()


RESTORE = [
    "after commit 1",
    "before layout.move 2",
    "after layout.move 2",
    "before commit 2",
]


@pytest.fixture
def trashed(world, name):
    """An entry of the trash: its number, and what is in it."""
    change = world.delete_with_forks("hg", name)
    change.make(world.daemon.api)
    _, listed = world.daemon.operate_here("trash", "list")
    (entry,) = [line.split()[0] for line in listed.splitlines() if name in line.split()]
    return entry, change.gone


@pytest.mark.parametrize("fault", RESTORE)
def test_a_restore_that_was_killed_is_undone_by_the_next_start(world, trashed, fault):
    daemon, (entry, repositories) = world.daemon, trashed
    before = everything(daemon)
    assert daemon.operate("trash", "restore", entry, fault=(fault, "kill"))[0] == -9
    daemon.kill()
    daemon.start()
    assert daemon.undone == ["restore"]
    assert everything(daemon) == before
    assert daemon.sound()
    assert daemon.operate_here("trash", "restore", entry) == (0, f"restored {repositories[0]}\n")
    assert daemon.sound()
    assert world.problems(repositories) == {}


def test_a_restore_that_was_killed_is_undone_by_the_next_one(world, trashed):
    daemon, (entry, repositories) = world.daemon, trashed
    assert daemon.operate("trash", "restore", entry, fault=("before commit 2", "kill"))[0] == -9
    status, told = daemon.operate_here("trash", "restore", entry)
    assert (status, told.splitlines()[-1]) == (0, f"restored {repositories[0]}")
    assert daemon.sound()


def test_a_restore_that_was_killed_at_its_end_is_done(world, trashed):
    daemon, (entry, repositories) = world.daemon, trashed
    assert daemon.operate("trash", "restore", entry, fault=("after commit 2", "kill"))[0] == -9
    assert daemon.sound()
    assert daemon.operate_here("trash", "restore", entry)[1].count("has no entry") == 1
    assert world.problems(repositories) == {}


@pytest.mark.parametrize("fault", ["after commit 1", "after layout.remove_tree 2"])
def test_an_emptying_that_was_killed_is_finished_by_the_next_start(world, trashed, fault):
    daemon, (entry, _) = world.daemon, trashed
    ended = daemon.operate("trash", "empty", "--yes", entry, fault=(fault, "kill"))
    assert ended[0] == -9
    daemon.kill()
    daemon.start()
    assert daemon.undone == ["empty"]
    assert daemon.sound()
    assert daemon.operate_here("trash", "empty", "--yes", entry)[1].count("has no entry") == 1


def test_an_emptying_that_was_killed_at_once_changes_nothing(world, trashed):
    daemon, (entry, repositories) = world.daemon, trashed
    before = everything(daemon)
    fault = ("before commit 1", "kill")
    assert daemon.operate("trash", "empty", "--yes", entry, fault=fault)[0] == -9
    assert everything(daemon) == before
    assert daemon.operate_here("trash", "restore", entry)[0] == 0
    assert world.problems(repositories) == {}
