"""Many clients at once, and the operator's program beside the daemon."""

import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from kallithea_host.testing import ApiFailure
from tests.acceptance.daemon import PROGRAMS

ALIASES = pytest.mark.parametrize("alias", ["git", "hg"])


@pytest.fixture(scope="module")
def shared(make_daemon, tmp_path_factory):
    """One daemon for the tests of this module."""
    return make_daemon(tmp_path_factory.mktemp("together") / "server").start()


def at_once(*calls):
    """The answers of calls that are made at the same time; errors as text."""

    def make(call):
        try:
            return call()
        except ApiFailure as failure:
            return str(failure)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def test_two_hundred_users_made_at_once_are_all_there(shared):
    api = shared.api
    made = at_once(
        *(
            lambda n=n: api.create_user(username=f"user{n}", email=f"user{n}@example.org")
            for n in range(200)
        )
    )
    assert [answer for answer in made if isinstance(answer, str)] == []
    names = {user["username"] for user in api.get_users()}
    assert names.issuperset(f"user{n}" for n in range(200))


def test_of_many_who_make_one_user_one_succeeds(shared):
    api = shared.api
    made = at_once(
        *(
            lambda n=n: api.create_user(username="One", email=f"one{n}@example.org")
            for n in range(20)
        )
    )
    assert Counter(isinstance(answer, dict) for answer in made) == {True: 1, False: 19}
    assert {answer for answer in made if isinstance(answer, str)} == {"user `One` already exist"}


@ALIASES
def test_of_many_who_make_one_repository_one_succeeds(shared, name, alias):
    api = shared.api
    made = at_once(
        *(
            lambda spelt=spelt: api.create_repo(repo_name=spelt, repo_type=alias)
            for spelt in [name, name.upper()] * 6
        )
    )
    assert Counter(isinstance(answer, dict) for answer in made) == {True: 1, False: 11}
    errors = {answer for answer in made if isinstance(answer, str)}
    assert errors <= {f"repo `{spelt}` already exist" for spelt in (name, name.upper())}
    assert shared.sound()


def test_repositories_made_at_once_in_new_groups_share_the_groups(shared, name):
    api = shared.api
    made = at_once(
        *(
            lambda n=n: api.create_repo(repo_name=f"{name}/a/b/r{n}x", repo_type="git")
            for n in range(10)
        )
    )
    assert [answer for answer in made if isinstance(answer, str)] == []
    assert shared.sound()


@ALIASES
def test_a_repository_made_and_one_inside_it_exclude_each_other(shared, name, alias):
    api = shared.api
    made = at_once(
        lambda: api.create_repo(repo_name=name, repo_type=alias),
        lambda: api.create_repo(repo_name=f"{name}/inside", repo_type=alias),
        lambda: api.create_repo(repo_name=f"{name}/deep/inside", repo_type=alias),
    )
    outer, *inner = [isinstance(answer, dict) for answer in made]
    assert outer is not any(inner)
    assert shared.sound()


@ALIASES
def test_pulled_renamed_forked_and_deleted_at_once_it_stays_consistent(world, name, alias):
    api = world.daemon.api
    pull = world.pull(alias, name)
    number = api.get_repo(repoid=name)["repo_id"]
    answers = at_once(
        lambda: pull.make(api),
        lambda: api.update_repo(repoid=number, name=f"{name}-renamed"),
        lambda: api.fork_repo(repoid=number, fork_name=f"{name}-fork"),
        lambda: api.invalidate_cache(repoid=number),
        lambda: api.delete_repo(repoid=number, forks="detach"),
        lambda: api.update_repo(repoid=number, name=f"{name}-other"),
    )
    assert answers[4]["success"] is True
    there = {repository["repo_name"] for repository in api.get_repos()}
    assert {each for each in there if each.startswith(name)} <= {f"{name}-fork"}
    assert (f"{name}-fork" in there) == isinstance(answers[2], dict)
    assert "Internal server error" not in answers
    assert list((world.daemon.root / ".tmp").iterdir()) == []
    assert world.daemon.sound()
    assert world.problems({f"{name}-fork"} & there) == {}


@ALIASES
def test_renamed_to_many_names_at_once_it_has_one_of_them(shared, name, alias):
    api = shared.api
    number = api.create_repo(repo_name=name, repo_type=alias)["repo"]["repo_id"]
    answers = at_once(
        *(lambda n=n: api.update_repo(repoid=number, name=f"{name}-{n}x") for n in range(8))
    )
    assert [answer for answer in answers if isinstance(answer, str)] == []
    there = {each["repo_name"] for each in api.get_repos() if each["repo_name"].startswith(name)}
    assert len(there) == 1
    assert shared.sound()


def test_deleted_by_many_at_once_it_is_in_the_trash_once(shared, name):
    api = shared.api
    api.create_repo(repo_name=name, repo_type="git")
    answers = at_once(*(lambda: api.delete_repo(repoid=name) for _ in range(8)))
    assert Counter(isinstance(answer, dict) for answer in answers) == {True: 1, False: 7}
    assert {answer for answer in answers if isinstance(answer, str)} == {
        f"repository `{name}` does not exist"
    }
    assert shared.operate_here("trash", "list")[1].count(f"\t{name}\t") == 1
    assert shared.sound()


@pytest.fixture
def carol(shared, name):
    """A user who was made for one test."""
    shared.api.create_user(username=f"carol-{name}", email=f"{name}@example.org")
    return f"carol-{name}"


def test_a_key_made_by_the_operator_answers_at_once(shared, carol):
    status, key = shared.operate("key", "create", carol, "--description", "a robot")
    assert status == 0
    assert shared.api.as_key(key.split()[0]).get_user()["username"] == carol


def test_a_key_reset_by_the_operator_is_refused_at_the_next_request(shared, carol):
    api = shared.api.as_user(carol)
    assert api.get_user()["username"] == carol
    assert shared.operate("key", "reset", carol)[0] == 0
    assert api.error("get_user") == "Invalid API key"


def test_a_permission_revoked_by_the_operator_is_refused_at_the_next_request(shared, carol, name):
    api = shared.api.as_user(carol)
    right = ["hg.create.repository", "--user", "default"]
    assert shared.operate("permission", "revoke", *right)[0] == 0
    try:
        refused = api.error("create_repo", repo_name=name, repo_type="git")
    finally:
        shared.operate("permission", "grant", *right)
    assert refused == "Access was denied to this resource."
    assert api.create_repo(repo_name=name, repo_type="git")["success"] is True


def test_a_network_allowed_by_the_operator_is_obeyed_at_the_next_request(shared, carol):
    api = shared.api.as_user(carol)
    assert shared.operate("ip", "add", carol, "10.0.0.0/8")[0] == 0
    assert api.error("get_user") == "request from IP:127.0.0.1 not allowed"


def test_many_operators_and_clients_write_at_once(shared, name):
    api = shared.api
    command = [PROGRAMS / "kallithea-host", "--data-dir", shared.data_dir, "user", "create"]
    operators = [
        subprocess.Popen(
            [*command, f"{name}-o{n}", "--email", f"{name}o{n}@example.org"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(3)
    ]
    made = at_once(
        *(
            lambda n=n: api.create_user(username=f"{name}-c{n}", email=f"{name}c{n}@example.org")
            for n in range(40)
        )
    )
    assert [operator.communicate()[1] for operator in operators] == ["", "", ""]
    assert [answer for answer in made if isinstance(answer, str)] == []
    names = {user["username"] for user in api.get_users()}
    assert len({each for each in names if each.startswith(name)}) == 43


def test_what_is_under_way_is_no_finding(shared, name):
    api, ended = shared.api, threading.Event()

    def change(worker):
        number = 0
        while not ended.is_set():
            number += 1
            repository = f"{name}-{worker}x{number}x"
            api.create_repo(repo_name=repository, repo_type="git")
            api.update_repo(repoid=repository, name=f"{repository}-renamed")
            api.delete_repo(repoid=f"{repository}-renamed")

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(change, worker) for worker in "abc"]
        found = [shared.operate_here("check") for _ in range(6)]
        ended.set()
        for worker in workers:
            worker.result()
    assert found == [(0, "")] * 6
    assert shared.sound()
