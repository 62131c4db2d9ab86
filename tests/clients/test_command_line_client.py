"""The program ``kallithea-api`` as Kallithea ships it: every value is text."""

import json
import random
import shutil

import pytest

from kallithea_host.styles import STYLES

pytestmark = pytest.mark.parametrize("style", STYLES)

HEAD = (
    "POST /_admin/api HTTP/1.1\r\n"
    "Accept-Encoding: identity\r\n"
    "Content-Length: {length}\r\n"
    "Host: localhost:5000\r\n"
    "User-Agent: Python-urllib/3.8\r\n"
    "Content-Type: text/plain\r\n"
    "Connection: close\r\n"
    "\r\n"
)


@pytest.fixture
def run(api):
    """Run the program: ``run("get_user", "userid:2")`` gives the result, or the error's text."""

    def run(method, *words):
        request_id = random.randrange(1, 9999)
        args = dict(word.split(":", 1) for word in words)
        call = {"id": request_id, "api_key": api._key, "method": method, "args": args}
        body = json.dumps(call).encode()
        answer = api.exchange(HEAD.format(length=len(body)).encode() + body)
        reply = json.loads(answer.body)
        assert answer.status == 200
        assert (reply["id"], type(reply["id"])) == (request_id, int), "ID mismatch"
        return reply["result"] if reply["error"] is None else reply["error"]

    return run


def test_a_user_from_hiring_to_leaving(run):
    made = run(
        "create_user",
        "username:zofie",
        "email:zofie@example.org",
        "password:a:secret",
        "firstname:Žofie",
        "lastname:",
        "active:True",
        "admin:0",
    )
    assert made["msg"] == "created new user `zofie`"
    user_id = made["user"]["user_id"]
    assert (made["user"]["active"], made["user"]["admin"]) == (True, False)
    assert (made["user"]["firstname"], made["user"]["lastname"]) == ("Žofie", "")
    left = run("update_user", f"userid:{user_id}", "active:false")
    assert left["msg"] == f"updated user ID:{user_id} zofie"
    assert run("get_user", "userid:zofie")["active"] is False
    assert run("get_user", f"userid:{user_id}")["username"] == "zofie"
    gone = run("delete_user", f"userid:{user_id}")
    assert gone == {"msg": f"deleted user ID:{user_id} zofie", "user": None}


def test_a_user_group_and_its_members(run, bob, by_style):
    made = run("create_user_group", "group_name:team", "active:1", "description:who: all of us")
    group = made["user_group"]
    assert (group["active"], group["group_description"]) == (True, "who: all of us")
    group_id = group["users_group_id"]
    added = run("add_user_to_user_group", f"usergroupid:{group_id}", f"userid:{bob}")
    article = by_style(documented="a ", kallithea="")
    assert added == {"success": True, "msg": f"added member `bob` to {article}user group `team`"}
    (member,) = run("get_user_group", f"usergroupid:{group_id}")["members"]
    assert member["username"] == "bob"


def test_a_repository_with_flags(run, by_style):
    made = run(
        "create_repo", "repo_name:tools/new", "repo_type:git", "private:True",
        "enable_statistics:true", "enable_downloads:no", "landing_rev:branch:stable",
    )  # fmt: skip
    assert (made["msg"], made["success"]) == ("Created new repository `tools/new`", True)
    repository = run("get_repo", "repoid:tools/new")
    flags = ("private", "enable_statistics", "enable_downloads", "enable_locking")
    assert [repository[flag] for flag in flags] == [True, True, False, False]
    assert repository["landing_rev"] == by_style(
        documented="branch:stable", kallithea=["branch", "stable"]
    )


def test_changing_a_repository_by_its_id(run, by_style):
    run("create_repo", "repo_name:team/repo", "repo_type:git", "private:yes")
    answer = run("update_repo", "repoid:1", "private:false", "name:renamed")
    name = by_style(documented="`team/renamed`", kallithea="team/renamed")
    assert answer["msg"] == f"updated repo ID:1 {name}"
    assert answer["repository"]["private"] is False
    assert answer["repository"]["last_changeset"]["revision"] == -1


def test_locking(run, world, by_style):
    repo_id = world.repository("repo")
    held = run("lock", f"repoid:{repo_id}", "locked:True", "userid:admin")
    assert (held["locked"], held["locked_by"]) == (True, "admin")
    assert held["msg"].endswith(by_style(documented="to `true`", kallithea="to `True`"))
    assert run("lock", "repoid:repo")["locked"] is True
    assert run("lock", "repoid:repo", "locked:0")["locked"] is False
    assert run("lock", "repoid:repo")["locked"] is False


def test_forks_and_an_end_of_them(run, by_style):
    run("create_repo", "repo_name:repo", "repo_type:git")
    forked = run("fork_repo", "repoid:1", "fork_name:fork", "private:0", "copy_permissions:False")
    assert forked == {"msg": "Created fork of `repo` as `fork`", "success": True, "task": None}
    assert run("delete_repo", "repoid:1").startswith("Cannot delete `repo`")
    more = by_style(documented="", kallithea=" Detached 1 forks")
    assert (
        run("delete_repo", "repoid:1", "forks:detach")["msg"] == f"Deleted repository `repo`{more}"
    )


def test_caches_by_id(run, by_style):
    run("create_repo", "repo_name:repo", "repo_type:git")
    assert run("invalidate_cache", "repoid:1") == by_style(
        documented="Caches of repository `repo`",
        kallithea={"msg": "Cache for repository `1` was invalidated", "repository": "repo"},
    )


def test_false_is_false_when_what_is_missing_would_be_removed(run, host):
    run("create_repo", "repo_name:repo", "repo_type:git")
    shutil.rmtree(host.settings.repositories / "repo")
    kept = run("rescan_repos", "remove_obsolete:false")
    assert kept == {"added": [], "removed": ["repo"]}
    assert [repository["repo_name"] for repository in run("get_repos")] == ["repo"]
    run("rescan_repos", "remove_obsolete:true")
    assert run("get_repos") == []


def test_what_is_no_flag_is_told(run, bob):
    text = "Invalid value for `active` arg in JSON DATA: expected boolean"
    assert run("update_user", "userid:bob", "active:maybe") == text


def test_a_misspelt_argument_is_told(run):
    assert run("get_user", "user:bob") == "Unknown `user` arg in JSON DATA"
    assert run("get_repo", "repo:x") == "Missing non optional `repoid` arg in JSON DATA"


def test_a_word_that_is_only_a_colon_is_nothing(run):
    assert run("get_user", ":")["username"] == "admin"
