"""A disk that is full or broken: the documented error, and nothing is left."""

import pytest

from tests.acceptance.state import everything

FAULTS = [
    ("create", "git", "before git.create 1", "ENOSPC"),
    ("create", "git", "after git.create 1", "EIO"),
    ("create", "hg", "before layout.make_durable 1", "EIO"),
    ("create", "git", "before layout.make_parents 1", "ENOSPC"),
    ("create", "hg", "after layout.make_parents 1", "EIO"),
    ("create", "git", "after layout.move 1", "EIO"),
    ("fork", "git", "after git.fork 1", "ENOSPC"),
    ("fork", "hg", "after layout.move 1", "EIO"),
    ("clone", "git", "before layout.make_durable 1", "ENOSPC"),
    ("clone", "hg", "after layout.move 1", "ENOSPC"),
    ("delete", "git", "before layout.move 1", "ENOSPC"),
    ("delete_with_forks", "hg", "after layout.move 2", "EIO"),
    ("rename", "hg", "after layout.move 1", "ENOSPC"),
    ("move", "git", "after layout.make_parents 1", "ENOSPC"),
    ("pull", "git", "before git.tip 1", "EIO"),
]


def error_of(change, arguments):
    """What the documentation says a change answers that cannot be made."""
    name = arguments.get("repo_name")
    repoid, fork = arguments.get("repoid"), arguments.get("fork_name")
    return {
        "create": f"failed to create repository `{name}`",
        "clone": f"failed to create repository `{name}`",
        "fork": f"failed to fork repository `{repoid}` as `{fork}`",
        "delete": f"failed to delete repository `{repoid}`",
        "delete_with_forks": f"failed to delete repository `{repoid}`",
        "rename": f"failed to update repo `{repoid}`",
        "move": f"failed to update repo `{repoid}`",
        "pull": f"Unable to pull changes from `{repoid}`",
    }[change]


@pytest.mark.parametrize(("change", "alias", "fault", "reason"), FAULTS)
def test_a_change_that_the_disk_refuses_leaves_nothing(world, name, change, alias, fault, reason):
    daemon = world.daemon
    made = getattr(world, change)(alias, name)
    before = everything(daemon)
    daemon.fail(fault, reason)
    expected = error_of(change, made.arguments)
    assert daemon.api.error(made.method, **made.arguments) == expected
    if change != "pull":
        assert everything(daemon) == before
    assert list((daemon.root / ".tmp").iterdir()) == []
    assert daemon.sound()
    made.make(daemon.api)
    assert world.problems(made.there) == {}
    assert daemon.sound()


def test_what_cannot_be_taken_back_now_is_taken_back_by_the_next_start(world, name):
    daemon = world.daemon
    made = world.clone("git", name)
    before = everything(daemon)
    made.arguments["clone_uri"] = world.remote.url("nothing-here")
    daemon.fail("before layout.remove_tree 1", "EIO")
    expected = error_of("clone", made.arguments)
    assert daemon.api.error(made.method, **made.arguments) == expected
    daemon.kill()
    daemon.start()
    assert daemon.undone == ["create"]
    assert everything(daemon) == before
    assert daemon.sound()
    world.clone("git", name).make(daemon.api)
