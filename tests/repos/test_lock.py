import time

import pytest

from kallithea_host.clock import from_epoch, iso


@pytest.fixture
def repo(world):
    repo_id = world.repository("team/repo")
    world.grant("repository.write", repo_id, user_id=1)
    return repo_id


@pytest.mark.usefixtures("repo")
def test_asking_when_nobody_holds_it(api):
    assert api.lock(repoid="team/repo") == {
        "repo": "team/repo",
        "locked": False,
        "locked_since": None,
        "locked_by": None,
        "lock_state_changed": False,
        "msg": "Repo `team/repo` not locked.",
    }


@pytest.mark.usefixtures("repo")
def test_setting(api):
    before = time.time()
    answer = api.lock(repoid="team/repo", locked=True)
    assert before <= answer.pop("locked_since") <= time.time()
    assert answer == {
        "repo": "team/repo",
        "locked": True,
        "locked_by": "admin",
        "lock_state_changed": True,
        "msg": "User `admin` set lock state for repo `team/repo` to `true`",
    }


@pytest.mark.usefixtures("repo", "bob")
def test_asking_when_somebody_holds_it(api):
    since = api.lock(repoid="team/repo", locked=True, userid="bob")["locked_since"]
    moment = iso(from_epoch(since))
    assert api.lock(repoid="team/repo") == {
        "repo": "team/repo",
        "locked": True,
        "locked_since": since,
        "locked_by": "bob",
        "lock_state_changed": False,
        "msg": f'Repo `team/repo` locked by `bob` on `"{moment}"`.',
    }


@pytest.mark.usefixtures("repo", "bob")
def test_clearing_names_the_caller_and_ignores_the_holder(api):
    api.lock(repoid="team/repo", locked=True, userid="bob")
    assert api.lock(repoid="team/repo", locked=False) == {
        "repo": "team/repo",
        "locked": False,
        "locked_since": None,
        "locked_by": "admin",
        "lock_state_changed": True,
        "msg": "User `admin` set lock state for repo `team/repo` to `false`",
    }
    assert api.lock(repoid="team/repo")["locked"] is False


@pytest.mark.usefixtures("repo", "bob")
def test_clearing_in_the_name_of_somebody(api):
    answer = api.lock(repoid="team/repo", locked=False, userid="bob")
    assert answer["locked_by"] == "bob"
    assert answer["lock_state_changed"] is True


@pytest.mark.usefixtures("repo")
def test_setting_replaces_another_s_lock_and_renews_one_s_own(api, as_bob):
    as_bob.lock(repoid="team/repo", locked=True)
    first = api.lock(repoid="team/repo", locked=True)
    second = api.lock(repoid="team/repo", locked=True)
    assert second["locked_since"] > first["locked_since"]
    asked = as_bob.lock(repoid="team/repo")
    assert (asked["locked_by"], asked["locked_since"]) == ("admin", second["locked_since"])


@pytest.mark.usefixtures("repo")
def test_the_state_is_read_as_the_product_reads_booleans(api):
    for word in (True, 1, "1", "true", "True", "yes", "on", " T "):
        assert api.lock(repoid="team/repo", locked=word)["locked"] is True
    for word in (False, 0, "0", "false", "No", "off", ""):
        assert api.lock(repoid="team/repo", locked=word)["locked"] is False
    text = api.error("lock", repoid="team/repo", locked="perhaps")
    assert text == "Invalid value for `locked` arg in JSON DATA: expected boolean"


@pytest.mark.usefixtures("repo")
def test_null_only_asks(api, nothing_changes):
    api.lock(repoid="team/repo", locked=True)
    with nothing_changes():
        assert api.lock(repoid="team/repo", locked=None, userid=None)["locked"] is True


@pytest.mark.usefixtures("repo")
def test_the_repository_object_shows_it(api, as_bob):
    since = as_bob.lock(repoid="team/repo", locked=True)["locked_since"]
    repository = api.get_repo(repoid="team/repo")
    assert (repository["locked_by"], repository["locked_date"]) == ("bob", since)


@pytest.mark.usefixtures("repo")
def test_his_own_id_in_every_form_is_himself(as_bob, bob):
    for userid in (bob, str(bob), "bob", None):
        assert as_bob.lock(repoid="team/repo", locked=True, userid=userid)["locked_by"] == "bob"


@pytest.mark.usefixtures("repo")
def test_anybody_else_existing_or_not_is_refused(as_bob, nothing_changes):
    with nothing_changes():
        for userid in (1, 2, "2", "admin", 99, "nobody", "Bob", "", True, [], {}):
            for locked in (True, False, None):
                text = as_bob.error("lock", repoid="team/repo", locked=locked, userid=userid)
                assert text == "userid is not the same as your user"


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("locked", [True, False, None])
def test_an_administrator_is_told_of_a_user_who_does_not_exist(api, locked, nothing_changes):
    with nothing_changes():
        text = api.error("lock", repoid="team/repo", locked=locked, userid="nobody")
    assert text == "user `nobody` does not exist"


@pytest.mark.parametrize("level", ["none", "read"])
def test_who_may_not_write_is_told_that_it_does_not_exist(as_bob, world, bob, level):
    repo_id = world.repository("repo")
    world.grant(f"repository.{level}", repo_id, user_id=bob)
    text = as_bob.error("lock", repoid="repo", locked=True, userid="nobody")
    assert text == "repository `repo` does not exist"


@pytest.mark.parametrize("level", ["write", "admin"])
def test_a_writer_may(as_bob, world, bob, level):
    repo_id = world.repository("repo", private=True)
    world.grant(f"repository.{level}", repo_id, user_id=bob)
    assert as_bob.lock(repoid=repo_id, locked=True)["repo"] == "repo"


def test_the_repository_is_required(api):
    assert api.error("lock", locked=True) == "Missing non optional `repoid` arg in JSON DATA"


def test_it_needs_no_flag_and_refuses_nothing(api, as_bob, world, bob):
    api.create_repo(repo_name="repo", repo_type="git", enable_locking=False, owner=bob)
    api.lock(repoid="repo", locked=True)
    as_bob.update_repo(repoid="repo", description="x")
    as_bob.delete_repo(repoid="repo")


def test_a_holder_who_is_deleted_leaves_no_lock(api, repo):
    api.create_user(username="carol", email="carol@example.org")
    api.lock(repoid=repo, locked=True, userid="carol")
    api.delete_user(userid="carol")
    assert api.lock(repoid=repo)["msg"] == "Repo `team/repo` not locked."
    repository = api.get_repo(repoid=repo)
    assert (repository["locked_by"], repository["locked_date"]) == (None, None)
