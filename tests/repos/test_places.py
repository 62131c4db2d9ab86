"""Where callers who are no administrators may put repositories."""

import pytest
from sqlalchemy import select

from kallithea_host import schema

DENIED = "Access was denied to this resource."


@pytest.fixture
def groups(api, world, bob):
    """Groups that bob may write to, administers, reads, cannot read; ``team/deep`` has no row."""
    made = {name: world.repository_group(name) for name in ("writes", "admins", "reads", "secret")}
    world.grant("group.write", made["writes"], user_id=bob)
    world.grant("group.admin", made["admins"], user_id=bob)
    world.grant("group.read", made["reads"], user_id=bob)
    world.grant("group.none", made["secret"], user_id=bob)
    made["owns"] = world.repository_group("owns", owner_id=bob)
    return made


@pytest.fixture
def cannot_create(world, bob):
    world.name("hg.create.none", user_id=bob)


@pytest.fixture
def source(api):
    """A repository that everybody may read."""
    api.create_repo(repo_name="source", repo_type="git")


@pytest.fixture
def owned(api, bob):
    """A repository of bob's."""
    api.create_repo(repo_name="owned", repo_type="git", owner=bob)


def test_the_top_level_takes_the_global_permission(as_bob):
    assert as_bob.create_repo(repo_name="new")["repo"]["owner"] == "bob"


@pytest.mark.usefixtures("cannot_create", "source", "owned")
def test_the_top_level_is_closed_without_it(as_bob, nothing_changes):
    with nothing_changes():
        assert as_bob.error("create_repo", repo_name="new") == DENIED
        text = as_bob.error("fork_repo", repoid="source", fork_name="new")
        assert text == "no permission to create repositories"
        text = as_bob.error("update_repo", repoid="owned", name="new")
        assert text == "no permission to create (or move) repositories"


@pytest.mark.usefixtures("groups", "cannot_create", "source", "owned")
@pytest.mark.parametrize("group", ["writes", "admins", "owns"])
def test_a_group_takes_write_on_it_and_nothing_else(as_bob, group):
    as_bob.create_repo(repo_name=f"{group}/made")
    as_bob.fork_repo(repoid="source", fork_name=f"{group}/forked")
    moved = as_bob.update_repo(repoid="owned", group=group)["repository"]
    assert moved["repo_name"] == f"{group}/owned"


@pytest.mark.usefixtures("groups", "source", "owned")
@pytest.mark.parametrize("group", ["reads", "secret"])
def test_the_global_permission_opens_no_group(as_bob, nothing_changes, group):
    with nothing_changes():
        text = as_bob.error("create_repo", repo_name=f"{group}/new")
        assert text == f"no permission to create repo in {group}"
        text = as_bob.error("fork_repo", repoid="source", fork_name=f"{group}/new")
        assert text == f"no permission to create repo in {group}"


@pytest.mark.usefixtures("groups", "owned")
def test_moving_takes_write_on_a_group_that_is_seen(as_bob, nothing_changes):
    with nothing_changes():
        text = as_bob.error("update_repo", repoid="owned", group="reads")
        assert text == "no permission to create (or move) repo in reads"
        text = as_bob.error("update_repo", repoid="owned", group="secret")
        assert text == "repository group `secret` does not exist"


@pytest.mark.usefixtures("groups", "cannot_create")
def test_an_unreadable_and_a_missing_group_answer_the_same(as_bob, nothing_changes):
    with nothing_changes():
        for group in ("secret", "missing", "secret/missing", "missing/missing"):
            text = as_bob.error("create_repo", repo_name=f"{group}/new")
            assert text == f"no permission to create repo in {group}"


@pytest.mark.usefixtures("groups", "cannot_create")
def test_missing_groups_are_made_below_a_group_he_writes_to(as_bob, api):
    as_bob.create_repo(repo_name="writes/a/b/new")
    assert api.get_repo(repoid="writes/a/b/new")["owner"] == "bob"


@pytest.mark.usefixtures("groups")
def test_missing_groups_below_one_he_only_reads_are_not_made(as_bob, nothing_changes):
    with nothing_changes():
        text = as_bob.error("create_repo", repo_name="reads/a/new")
        assert text == "no permission to create repo in reads/a"


def test_groups_are_made_with_their_rows_and_owner(as_bob, world, bob):
    as_bob.create_repo(repo_name="a/b/new")
    table = schema.repository_groups
    outer, inner = world.rows(select(table).order_by(table.c.group_name))
    assert outer[1:3] == ("a", "a")
    assert (inner[1], inner[3], inner[4]) == ("a/b", "a/b group", outer[0])
    assert outer[5] == inner[5] == bob
    for group in (outer, inner):
        assert world.grants("group", group[0]) == ([(1, 1), (bob, 4)], [])


def test_groups_of_an_administrator_have_the_default_row_only(api, world, bob):
    api.create_repo(repo_name="a/new", owner=bob)
    (group,) = world.rows(select(schema.repository_groups))
    assert group[5] == 2
    assert world.grants("group", group[0]) == ([(1, 1)], [])


def test_the_maker_of_a_group_may_make_more_in_it(as_bob, world, bob):
    as_bob.create_repo(repo_name="a/one")
    world.name("hg.create.none", user_id=bob)
    assert as_bob.create_repo(repo_name="a/two")["success"] is True
    assert as_bob.create_repo(repo_name="a/b/three")["success"] is True


def test_another_user_may_not(as_bob, api, world):
    as_bob.create_repo(repo_name="a/one")
    carol = api.as_user(world.user("carol"))
    assert carol.error("create_repo", repo_name="a/two") == "no permission to create repo in a"


@pytest.mark.usefixtures("source")
def test_a_fork_makes_missing_groups_too(as_bob, world, bob):
    as_bob.fork_repo(repoid="source", fork_name="a/fork")
    (group,) = world.rows(select(schema.repository_groups))
    assert (group[1], group[5]) == ("a", bob)


def test_permission_by_a_user_group_counts(as_bob, world, bob):
    group = world.repository_group("team")
    world.grant("group.write", group, users_group_id=world.user_group("devs", bob))
    assert as_bob.create_repo(repo_name="team/new")["success"] is True


def test_the_place_is_told_before_the_owner_argument(as_bob, groups):
    text = as_bob.error("create_repo", repo_name="reads/new", owner="admin")
    assert text == "no permission to create repo in reads"


@pytest.mark.usefixtures("groups", "source")
def test_names_in_unreadable_groups_are_not_told(api, as_bob, nothing_changes):
    api.create_repo(repo_name="secret/taken", private=True)
    api.update_repo(repoid="secret/taken", private=True)
    with nothing_changes():
        for name in ("secret/taken", "secret/free", "secret/Taken"):
            text = as_bob.error("create_repo", repo_name=name)
            assert text == "no permission to create repo in secret"
            text = as_bob.error("fork_repo", repoid="source", fork_name=name)
            assert text == "no permission to create repo in secret"


@pytest.mark.usefixtures("cannot_create", "owned")
def test_an_update_that_keeps_the_name_needs_no_place(as_bob):
    changed = as_bob.update_repo(repoid="owned", name="owned", group="/", description="x")
    assert changed["repository"]["description"] == "x"


@pytest.mark.usefixtures("groups")
def test_renaming_in_a_group_takes_write_on_it(api, as_bob, bob, nothing_changes):
    api.create_repo(repo_name="reads/owned", owner=bob)
    with nothing_changes():
        text = as_bob.error("update_repo", repoid="reads/owned", name="new")
        assert text == "no permission to create (or move) repo in reads"
    assert as_bob.update_repo(repoid="reads/owned", name="owned")["repository"]["owner"] == "bob"
