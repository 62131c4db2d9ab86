"""Changes of repository groups that are cut off, overtaken, or have to wait."""

import http.client

import pytest
from sqlalchemy import select
from twisted.internet.defer import Deferred, ensureDeferred

from kallithea_host import Caller, schema
from kallithea_host.locks import ALL_GROUPS
from kallithea_host.storage import grouping, intents, layout, recovery, regrouping

GROUPS = schema.repository_groups
BUSY = "Server is busy, try again later"
MOVE = ("update_repo_group", {"repogroupid": "alpha", "group_name": "new"})
DELETE = ("delete_repo_group", {"repogroupid": "empty"})
CALLER = Caller(2, "admin", admin=True, address="")


@pytest.fixture(autouse=True)
def tree(api):
    """A group with a repository in it, and one that holds nothing."""
    api.create_repo_group(group_name="alpha")
    api.create_repo(repo_name="alpha/one", repo_type="git")
    api.create_repo_group(group_name="empty")


class Jobs:
    """Jobs of a server where something happens around the writes of one call."""

    def __init__(self, host, *, before_first=None, after_first=None):
        self._jobs = host.jobs
        self._after_first = after_first
        self._before_first = before_first
        self.writes = 0

    def __getattr__(self, name):
        return getattr(self._jobs, name)

    def write(self, *args):
        self.writes += 1
        if self.writes == 1 and self._before_first:
            self._before_first()
        result = self._jobs.write(*args)
        if self.writes == 1 and self._after_first:
            self._after_first()
        return result


def plan_creating(job):
    grouping.plan_making(job, "alpha/inner")


def plan_moving(job):
    group = job.db.execute(select(GROUPS).where(GROUPS.c.group_id == 1)).one()
    regrouping.plan(job, group, "empty/new", [1])


def plan_deleting(job):
    grouping.plan_removing(job, 2, "empty")


@pytest.mark.parametrize(
    ("plan", "on_disk"),
    [
        (plan_creating, lambda root: layout.make_directory(root, "alpha/inner")),
        (plan_moving, lambda root: layout.move(root, "alpha", "empty/new")),
        (plan_deleting, lambda root: layout.remove_directory(root, "empty")),
    ],
    ids=["create", "move", "delete"],
)
@pytest.mark.parametrize("done", [True, False])
def test_a_change_that_was_cut_off_is_undone_by_the_next_start(
    host, root, nothing_changes, plan, on_disk, done
):
    with nothing_changes():
        host.in_transaction(CALLER, None, plan)
        with host.database.read() as db:
            assert len(intents.all_open(db)) == 1
        if done:
            on_disk(root)
        assert recovery.recover(host) == 1


@pytest.mark.parametrize(("method", "args"), [MOVE, DELETE])
def test_a_repository_that_comes_meanwhile_stops_it(host, api, world, method, args):
    group_id = {"update_repo_group": 1, "delete_repo_group": 2}[method]
    name = {1: "alpha/two", 2: "empty/two"}[group_id]
    host.jobs = Jobs(host, after_first=lambda: world.repository(name, group_id=group_id))
    text = api.error(method, **args)
    assert text == (BUSY if group_id == 1 else "failed to delete repo group ID:2 empty")
    assert host.jobs.writes == 2
    assert [each["group_name"] for each in api.get_repo_groups()] == ["alpha", "empty"]
    assert (host.settings.repositories / "empty").is_dir()
    assert world.rows(select(schema.intents)) == []


def test_a_group_of_the_name_that_comes_meanwhile_stops_it(host, api, world):
    host.jobs = Jobs(host, after_first=lambda: world.repository_group("new"))
    text = api.error("update_repo_group", repogroupid="alpha", group_name="new")
    assert text == "failed to update repository group `alpha`"
    assert api.get_repo(repoid="alpha/one")["repo_name"] == "alpha/one"
    assert world.rows(select(schema.intents)) == []


@pytest.mark.parametrize(
    "move", [("plain", "alpha/plain"), ("alpha/one", "one"), (".trash/x__1", "alpha/x")]
)
def test_a_move_into_the_group_or_out_of_it_keeps_it_where_it_is(host, api, root, move):
    (root / move[0]).mkdir(parents=True, exist_ok=True)
    with host.database.write() as db:
        other = intents.begin(db, "move", "operator")
        intents.plan_moves(db, root, other, [move])
    rename = {"repogroupid": "alpha", "group_name": "new"}
    assert api.error("update_repo_group", **rename) == BUSY
    recovery.undo(host, other)
    assert api.update_repo_group(**rename)["repo_group"]["group_name"] == "new"


@pytest.mark.parametrize("lock", [ALL_GROUPS, 1])
def test_a_move_waits_for_other_changes_of_groups_and_for_work_below(host, api, lock):
    end = Deferred()

    async def work():
        async with host.locks.holding(lock):
            await end

    working = ensureDeferred(work())
    with pytest.raises(http.client.HTTPException):
        api.update_repo_group(repogroupid="alpha", group_name="new")
    assert api.get_repos()[0]["repo_name"] == "alpha/one"
    end.callback(None)
    assert working.result is None
    assert api.get_repos()[0]["repo_name"] == "new/one"


def test_a_description_waits_for_no_work_below(host, api):
    end = Deferred()

    async def work():
        async with host.locks.holding(1):
            await end

    working = ensureDeferred(work())
    group = api.update_repo_group(repogroupid="alpha", description="x")["repo_group"]
    assert group["group_description"] == "x"
    assert not working.called
    end.callback(None)


def test_what_a_scan_found_may_have_moved_away_with_its_group(host, api, root):
    host.backends["git"].create(root / "alpha/found")
    move = {"repogroupid": "alpha", "group_name": "new"}
    host.jobs = Jobs(host, before_first=lambda: api.update_repo_group(**move))
    assert api.rescan_repos()["added"] == []
    assert api.rescan_repos()["added"] == ["new/found"]


def test_a_move_into_a_group_that_goes_meanwhile_makes_no_new_one_for_who_may_not(
    host, api, world, bob
):
    world.name("hg.create.none", user_id=bob)
    world.grant("group.write", 2, user_id=bob)
    api.create_repo(repo_name="his", repo_type="git", owner=bob)
    delete = {"repogroupid": "empty"}
    host.jobs = Jobs(host, after_first=lambda: api.delete_repo_group(**delete))
    text = api.as_user(bob).error("update_repo", repoid="his", group="empty")
    assert text == "no permission to create (or move) repo in empty"
    assert [each["group_name"] for each in api.get_repo_groups()] == ["alpha"]
    assert api.get_repo(repoid="his")["repo_name"] == "his"
    assert world.rows(select(schema.intents)) == []
