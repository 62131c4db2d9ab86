"""What other plugins and the journal learn of repositories, and what a plugin may refuse."""

import pytest
from sqlalchemy import select

from kallithea_host import schema


@pytest.fixture
def bobs_own(api, bob, journal):
    """A repository of bob's, and the journal from now on."""
    api.create_repo(repo_name="team/repo", repo_type="git", owner=bob)
    before = len(journal())
    return lambda: journal()[before:]


def test_creating_is_in_the_journal_with_the_caller_s_name_and_address(api, journal, bob):
    api.from_peer("10.1.2.3").create_repo(repo_name="a/repo", owner=bob)
    assert journal() == [
        ("admin", "10.1.2.3", "user_created_repo", "a/repo"),
        ("admin", "10.1.2.3", "started_following_repo", "a/repo"),
    ]


def test_forking_is_written_on_the_source(api, bobs_own, bob):
    api.fork_repo(repoid="team/repo", fork_name="a/fork", owner=bob)
    assert bobs_own() == [
        ("admin", "127.0.0.1", "user_forked_repo:a/fork", "team/repo"),
        ("admin", "127.0.0.1", "started_following_repo", "a/fork"),
    ]


def test_other_changes_write_no_journal(api, bobs_own):
    api.update_repo(repoid="team/repo", description="x")
    api.update_repo(repoid="team/repo", name="new")
    api.lock(repoid="team/new", locked=True)
    api.lock(repoid="team/new", locked=False)
    api.invalidate_cache(repoid="team/new")
    api.get_repo(repoid="team/new")
    api.delete_repo(repoid="team/new")
    assert bobs_own() == []


def test_rows_point_to_user_and_repository(api, as_bob, bob, world):
    as_bob.create_repo(repo_name="repo")
    table = schema.journal
    assert world.rows(select(table.c.user_id, table.c.repo_id)) == [(bob, 1), (bob, 1)]


def test_a_found_repository_is_followed_by_its_owner(api, journal, clients, root):
    clients["git"].init(root / "by-hand")
    api.rescan_repos()
    assert journal() == [("admin", "127.0.0.1", "started_following_repo", "by-hand")]


def test_plugins_hear_what_happened_to_what_by_whom(api, listener, world):
    api.create_repo(repo_name="repo", repo_type="git", private=True)
    api.fork_repo(repoid="repo", fork_name="fork")
    api.update_repo(repoid="repo", name="new", description="x")
    api.lock(repoid="new", locked=True)
    api.lock(repoid="new", locked=False)
    api.delete_repo(repoid="new", forks="delete")
    heard = [(event.action, event.subject["repo_name"]) for event in listener.heard]
    assert heard == [
        ("repository.created", "repo"),
        ("repository.forked", "fork"),
        ("repository.updated", "new"),
        ("repository.locked", "new"),
        ("repository.unlocked", "new"),
        ("repository.deleted", "new"),
        ("repository.deleted", "fork"),
    ]
    created = listener.heard[0]
    assert (created.actor, created.address) == ("admin", "127.0.0.1")
    assert created.subject == {
        "repo_id": 1, "repo_name": "repo", "repo_type": "git", "owner_id": 2, "private": True,
    }  # fmt: skip
    assert listener.heard[1].details == {"source_id": 1, "source_name": "repo"}
    assert listener.heard[2].details["old_name"] == "repo"


def test_plugins_hear_nothing_of_what_was_refused(api, listener):
    api.error("create_repo", repo_name="..")
    api.error("create_repo", repo_name="new", repo_type="svn")
    api.error("update_repo", repoid="absent")
    assert listener.heard == []


VETOED = [
    ("created", "create_repo", {"repo_name": "a/new"}, "failed to create repository `a/new`"),
    (
        "forked",
        "fork_repo",
        {"repoid": "team/repo", "fork_name": "a/fork"},
        "failed to fork repository `team/repo` as `a/fork`",
    ),
    (
        "updated",
        "update_repo",
        {"repoid": "team/repo", "description": "x"},
        "failed to update repo `team/repo`",
    ),
    (
        "updated",
        "update_repo",
        {"repoid": "team/repo", "name": "new", "group": "/"},
        "failed to update repo `team/repo`",
    ),
    ("deleted", "delete_repo", {"repoid": "team/repo"}, "failed to delete repository `team/repo`"),
    (
        "locked",
        "lock",
        {"repoid": "team/repo", "locked": True},
        "Error occurred locking repository `team/repo`",
    ),
]


@pytest.mark.usefixtures("bobs_own")
@pytest.mark.parametrize(("happens", "method", "args", "text"), VETOED, ids=str)
def test_a_veto_is_told_in_the_method_s_words_and_leaves_nothing(
    api, listener, nothing_changes, happens, method, args, text
):
    listener.refuses = f"repository.{happens}"
    with nothing_changes():
        assert api.error(method, **args) == text
    assert listener.heard == []


def test_a_veto_on_a_fork_that_would_be_deleted_keeps_the_family(api, listener, nothing_changes):
    api.create_repo(repo_name="parent", repo_type="git")
    api.fork_repo(repoid="parent", fork_name="fork")
    listener.refuses = "repository.deleted"
    with nothing_changes():
        text = api.error("delete_repo", repoid="parent", forks="delete")
    assert text == "failed to delete repository `parent`"
