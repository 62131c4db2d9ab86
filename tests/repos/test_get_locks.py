import time

import pytest


@pytest.fixture
def lock(world):
    """Let a user hold the lock of a repository that everybody may read or not."""

    def locked(name, holder_id, *, readable=True, **columns):
        repo_id = world.repository(name, locked_by_id=holder_id, locked_at=1e9, **columns)
        if readable:
            world.grant("repository.read", repo_id, user_id=1)
        return repo_id

    return locked


def names(locks):
    return [each["repo_name"] for each in locks]


def test_there_are_none_at_first(api, world):
    world.repository("free")
    assert api.get_locks() == []


def test_locked_repositories_are_listed_by_name(api, world, bob, lock):
    lock("b", bob)
    lock("a/x", 2)
    world.repository("free")
    assert names(api.get_locks()) == names(api.get_locks(userid=None)) == ["a/x", "b"]


def test_each_is_the_repository_object(api, bob, lock):
    lock("b", bob, description="Of bob", clone_uri="https://example.org/b")
    (listed,) = api.get_locks()
    assert [listed] == api.get_repos()
    assert listed["locked_by"] == "bob"
    assert listed["locked_date"] == 1e9


def test_a_lock_that_was_set_is_listed_until_it_is_cleared(api, world):
    world.repository("repo")
    api.lock(repoid="repo", locked=True)
    (listed,) = api.get_locks()
    assert listed["locked_by"] == "admin"
    assert time.time() - 60 < listed["locked_date"] <= time.time()
    api.lock(repoid="repo", locked=False)
    assert api.get_locks() == []


@pytest.mark.parametrize("form", [int, str, lambda _: "bob"], ids=["id", "digits", "name"])
def test_those_of_one_user_are_asked_for_by_his_id_or_name(api, bob, lock, form):
    lock("b", bob)
    lock("a", 2)
    assert names(api.get_locks(userid=form(bob))) == ["b"]


def test_an_ordinary_user_is_shown_what_he_can_read(as_bob, bob, lock):
    lock("hidden", 2, readable=False)
    lock("his lock on what is hidden", bob, readable=False)
    lock("private", 2, private=True)
    lock("shown", 2)
    lock("shown, too", bob)
    assert names(as_bob.get_locks()) == ["shown", "shown, too"]
    for own in (bob, str(bob), "bob"):
        assert names(as_bob.get_locks(userid=own)) == ["shown, too"]


@pytest.mark.parametrize("userid", [2, "admin", 99, "nobody"])
def test_only_administrators_ask_for_others(as_bob, userid):
    assert as_bob.error("get_locks", userid=userid) == "userid is not the same as your user"


def test_an_unknown_user_does_not_exist(api):
    assert api.error("get_locks", userid="nobody") == "user `nobody` does not exist"


def test_the_parent_of_a_fork_is_named_to_who_can_see_it(api, as_bob, world, lock):
    lock("fork", 2, fork_of_id=world.repository("parent"))
    assert api.get_locks()[0]["fork_of"] == "parent"
    assert as_bob.get_locks()[0]["fork_of"] is None


def test_repositories_that_are_still_being_made_are_not_listed(api, lock):
    lock("soon", 2, pending=True)
    assert api.get_locks() == []


def test_who_is_deleted_holds_no_lock(api, bob, lock):
    lock("repo", bob)
    api.delete_user(userid="bob")
    assert api.get_locks() == []


def test_the_list_costs_as_many_statements_whatever_its_length(as_bob, bob, lock, statements):
    lock("first", bob)
    statements.clear()
    as_bob.get_locks()
    few = len(statements)
    for number in range(10):
        lock(f"repo-{number}", bob)
    statements.clear()
    assert len(as_bob.get_locks()) == 11
    assert len(statements) == few <= 6
