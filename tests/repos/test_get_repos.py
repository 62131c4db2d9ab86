import pytest
from sqlalchemy import update

from kallithea_host import schema


def names(repositories):
    return [repository["repo_name"] for repository in repositories]


def test_an_administrator_gets_all_by_name(api, world):
    for name in ("b", "a/c", "a", "Z"):
        world.repository(name, private=True)
    assert names(api.get_repos()) == ["Z", "a", "a/c", "b"]


def test_others_get_what_they_may_read(as_bob, world, bob):
    public = world.repository("public")
    world.grant("repository.read", public, user_id=1)
    refused = world.repository("refused")
    world.grant("repository.read", refused, user_id=1)
    world.grant("repository.none", refused, user_id=bob)
    private = world.repository("private", private=True)
    world.grant("repository.read", private, user_id=1)
    granted = world.repository("granted", private=True)
    world.grant("repository.write", granted, user_id=bob)
    by_group = world.repository("by group", private=True)
    world.grant("repository.read", by_group, users_group_id=world.user_group("devs", bob))
    world.repository("owned", owner_id=bob, private=True)
    world.repository("half made", owner_id=bob, pending=True)
    assert names(as_bob.get_repos()) == ["by group", "granted", "owned", "public"]


def test_each_is_the_object_of_get_repo(api):
    api.create_repo(repo_name="a", clone_uri=None)
    api.fork_repo(repoid="a", fork_name="b")
    api.lock(repoid="a", locked=True)
    for listed in api.get_repos():
        single = api.get_repo(repoid=listed["repo_id"])
        del single["members"], single["followers"]
        assert listed == single


def test_nothing_is_an_empty_list(as_bob):
    assert as_bob.get_repos() == []


def test_parents_that_may_not_be_seen_are_hidden(api, as_bob):
    api.create_repo(repo_name="parent", private=True)
    api.fork_repo(repoid="parent", fork_name="fork", private=False)
    assert [(r["repo_name"], r["fork_of"]) for r in as_bob.get_repos()] == [("fork", None)]
    assert [r["fork_of"] for r in api.get_repos()] == ["parent", None]


@pytest.mark.parametrize("locked", [False, True])
def test_the_statements_do_not_grow_with_the_list(as_bob, world, statements, locked):
    def add(number):
        repo_id = world.repository(f"repo{number}")
        world.grant("repository.read", repo_id, user_id=1)
        if locked:
            with world.door() as db:
                held = {"locked_by_id": 2, "locked_at": 1.5}
                db.execute(update(schema.repositories).values(held))

    def count():
        as_bob.get_repos()  # from now on the key is known
        statements.clear()
        assert as_bob.get_repos()
        return len(statements)

    add(0)
    few = count()
    for number in range(1, 30):
        add(number)
    assert count() == few <= (4 if locked else 2)


def test_a_stranger_who_tries_ids_learns_nothing(api, as_bob, world):
    api.create_repo(repo_name="one", private=True)
    api.fork_repo(repoid="one", fork_name="two", private=True)
    world.repository("half", pending=True)
    calls = {
        "get_repo": {},
        "get_repo_nodes": {"revision": "tip", "root_path": ""},
        "update_repo": {"description": "x"},
        "delete_repo": {"forks": "delete"},
        "fork_repo": {"fork_name": "stolen"},
        "lock": {"locked": True},
        "invalidate_cache": {},
    }
    for repoid in range(1, 201):
        for method, args in calls.items():
            text = as_bob.error(method, repoid=repoid, **args)
            assert text == f"repository `{repoid}` does not exist"
    assert names(api.get_repos()) == ["one", "two"]
