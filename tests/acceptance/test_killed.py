"""SIGKILL at each step of every change of the disk: wholly there, or wholly as before."""

import http.client

import pytest

from tests.acceptance.state import everything

NOTHING, UNDONE, DONE = "nothing was begun", "it is undone", "it is done"

CREATE = [
    ("before intents.begin 1", NOTHING),
    ("after intents.begin 1", NOTHING),
    ("before commit 1", NOTHING),
    ("after commit 1", UNDONE),
    ("before {type}.create 1", UNDONE),
    ("after {type}.create 1", UNDONE),
    ("after {type}.tip 1", UNDONE),
    ("after layout.make_durable 1", UNDONE),
    ("after intents.plan_moves 1", UNDONE),
    ("before commit 2", UNDONE),
    ("after commit 2", UNDONE),
    ("before intents.finish 1", UNDONE),
    ("before layout.move 1", UNDONE),
    ("after layout.make_parents 1", UNDONE),
    ("after layout.move 1", UNDONE),
    ("before commit 3", UNDONE),
    ("after commit 3", DONE),
    ("before answer 1", DONE),
]
DELETE = [
    ("before intents.begin 1", NOTHING),
    ("after intents.plan_moves 1", NOTHING),
    ("before commit 1", NOTHING),
    ("after commit 1", UNDONE),
    ("before intents.finish 1", UNDONE),
    ("before layout.move 1", UNDONE),
    ("after layout.move 1", UNDONE),
    ("before commit 2", UNDONE),
    ("after commit 2", DONE),
    ("before answer 1", DONE),
]
SOME_OF_CREATE = [CREATE[n] for n in (3, 5, 10, 14, 16)]
FORK = [("after {type}.fork 1", UNDONE), *(CREATE[n] for n in (10, 14, 16))]
CLONE = [CREATE[n] for n in (7, 14, 16)]
SOME_OF_DELETE = [DELETE[n] for n in (3, 6, 8)]
MOVE = [DELETE[n] for n in (1, 3, 6, 8)]
CREATE_GROUP = [
    ("before commit 1", NOTHING),
    ("after commit 1", UNDONE),
    ("before intents.finish 1", UNDONE),
    ("after layout.make_directory 1", UNDONE),
    ("after commit 2", DONE),
]
DELETE_GROUP = [
    ("before commit 1", NOTHING),
    ("after commit 1", UNDONE),
    ("after layout.remove_directory 1", UNDONE),
    ("before commit 2", UNDONE),
    ("after commit 2", DONE),
]
PULL = [
    ("after commit 1", UNDONE),
    ("before intents.finish 1", UNDONE),
    ("before commit 2", UNDONE),
    ("after commit 2", DONE),
]
TABLE = [
    ("create", "git", CREATE),
    ("create", "hg", SOME_OF_CREATE),
    ("fork", "git", FORK),
    ("fork", "hg", FORK),
    ("clone", "git", CLONE),
    ("clone", "hg", CLONE),
    ("delete", "git", DELETE),
    ("delete", "hg", SOME_OF_DELETE),
    ("delete_with_forks", "git", [("after layout.move 2", UNDONE), DELETE[8]]),
    ("delete_with_forks", "hg", [("before layout.move 3", UNDONE)]),
    ("delete_leaving_forks", "hg", [DELETE[6]]),
    ("rename", "git", MOVE),
    ("rename", "hg", MOVE[1:3]),
    ("move", "hg", MOVE[2:]),
    ("move", "git", [("after layout.make_parents 1", UNDONE)]),
    ("create_group", "git", CREATE_GROUP),
    ("rename_group", "git", MOVE),
    ("rename_group", "hg", MOVE[2:3]),
    ("move_group", "hg", [("after layout.make_parents 1", UNDONE), *MOVE[2:]]),
    ("delete_group", "git", DELETE_GROUP),
    ("pull", "git", PULL),
    ("pull", "hg", PULL),
]
CASES = [
    pytest.param(change, alias, fault.format(type=alias), outcome, id=f"{change}-{alias}-{fault}")
    for change, alias, steps in TABLE
    for fault, outcome in steps
]
ACTIONS = {
    "create": "create",
    "clone": "create",
    "fork": "create",
    "rename": "move",
    "move": "move",
    "create_group": "create",
    "rename_group": "move",
    "move_group": "move",
    "pull": "pull",
}
"""What the log calls each change; the rest is ``delete``."""


def killed(world, change):
    """Make a call of which the server dies."""
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        change.make(world.daemon.api)
    assert world.daemon.process.wait() == -9


@pytest.mark.parametrize(("change", "alias", "fault", "outcome"), CASES)
def test_a_call_that_was_killed_is_wholly_there_or_wholly_absent(
    world, name, change, alias, fault, outcome
):
    daemon = world.daemon
    made = getattr(world, change)(alias, name)
    before = everything(daemon)
    daemon.fail(fault, "kill")
    killed(world, made)
    daemon.start()
    assert daemon.undone == ([ACTIONS.get(change, "delete")] if outcome == UNDONE else [])
    assert daemon.sound()
    if outcome == DONE:
        made.repeat(daemon.api)
    elif change != "pull":
        assert everything(daemon) == before
        made.make(daemon.api)
    else:
        made.make(daemon.api)
    assert daemon.sound()
    repositories = {repository["repo_name"] for repository in daemon.api.get_repos()}
    assert repositories.issuperset(made.there)
    assert repositories.isdisjoint(made.gone)
    assert world.problems(made.there) == {}
    assert list((daemon.root / ".tmp").iterdir()) == []
