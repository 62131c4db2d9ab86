"""Annotations cannot lie: what methods really answer is held against their schemas, in both styles.

An object with a member that its type does not have is a fault, too.
"""

import pytest

from kallithea_host import schema
from kallithea_host.testing import ApiFailure
from tests.discovery.validating import Results
from tests.styles.both import settings, style
from tests.vcs.clients import GitClient

__all__ = ["settings", "style"]

FLAGS = {"with_revision_names": True, "with_pullrequests": True}
LOGGED = {"start": "tip", "with_file_list": True}


class Checked:
    """A client that looks at every result."""

    def __init__(self, api):
        self._api = api
        self._results = Results(api.call("rpc.discover", {}))
        self.called = set()

    def __call__(self, method, /, **args):
        result = self._api.call(method, args)
        assert self._results.faults(method, result) == [], method
        self.called.add(method)
        return result


@pytest.fixture
def call(api):
    return Checked(api)


@pytest.fixture
def repo(call, host, world):
    """A git repository with a changeset, and with members of all kinds."""
    call("create_repo", repo_name="team/repo", repo_type="git")
    GitClient().commit(host.settings.repositories / "team/repo", {"a": "1"})
    world.user_group("team", world.user("bob"))
    call("grant_user_permission", repoid="team/repo", userid="bob", perm="repository.read")
    on = {"repoid": "team/repo", "usergroupid": "team"}
    call("grant_user_group_permission", **on, perm="repository.read")
    return {"repoid": "team/repo"}


def about_users(call, world):
    call("create_user", username="ann", email="ann@example.org", ldap_dn="cn=ann")
    user = {"userid": "ann"}
    world.add(schema.user_addresses, user_id=2, network="127.0.0.0/8")
    call("update_user", **user, firstname="Ann", email="")
    call("get_user", **user)
    call("get_user")
    call("get_users")
    call("get_ip")
    call("delete_user", **user)


def about_user_groups(call, bob):
    group = {"usergroupid": "some"}
    call("create_user_group", group_name="some")
    call("add_user_user_group", **group, userid=bob)
    call("update_user_group", **group, description="x")
    call("get_user_group", **group)
    call("get_user_groups")
    call("remove_user_from_user_group", **group, userid=bob)
    call("delete_user_group", **group)


def about_repository_groups(call, bob, world):
    world.user_group("others")
    group, users = {"repogroupid": "top"}, {"usergroupid": "others"}
    call("create_repo_group", group_name="top")
    call("create_repo_group", group_name="sub", parent="top")
    call("create_repo", repo_name="top/inside", repo_type="git")
    call("grant_user_permission_to_repo_group", **group, userid=bob, perm="group.read")
    call("grant_user_group_permission_to_repo_group", **group, **users, perm="group.read")
    call("update_repo_group", **group, description="x")
    call("get_repo_group", **group)
    call("get_repo_groups")
    call("revoke_user_permission_from_repo_group", **group, userid=bob)
    call("revoke_user_group_permission_from_repo_group", **group, **users)
    call("delete_repo_group", repogroupid="top/sub")


def about_history(call, repo):
    call("get_repo", **repo)
    call("invalidate_cache", **repo)
    call("get_repo", **repo, **FLAGS)
    call("get_repo_nodes", **repo, revision="tip", root_path="")
    call("get_changesets", **repo)
    call("get_changesets", **repo, **LOGGED)
    call("get_changeset", **repo, raw_id="tip", with_reviews=True)


def about_repositories(call, repo):
    call("lock", **repo)
    call("lock", **repo, locked=True)
    call("lock", **repo)
    call("get_locks")
    call("get_repo", **repo)
    call("update_repo", **repo, landing_rev="branch:main", clone_uri="http://a:b@c.org/")
    call("fork_repo", **repo, fork_name="fork")
    call("get_repos")
    call("lock", **repo, locked=False)
    call("revoke_user_permission", **repo, userid="bob")
    call("revoke_user_group_permission", **repo, usergroupid="team")
    call("rescan_repos")
    call("delete_repo", **repo, forks="detach")


def about_the_server(call):
    call("get_server_info")
    call("test", args={"any": ["thing"]})
    call("rpc.discover")
    call("system.listMethods")
    call("system.methodHelp", method="get_user")
    call("system.methodSignature", method="get_user")


def test_results_are_what_their_types_say(call, host, world, repo):
    about_users(call, world)
    about_user_groups(call, "bob")
    about_repository_groups(call, "bob", world)
    about_history(call, repo)
    about_repositories(call, repo)
    about_the_server(call)
    declared = {method.name for method in host.registry.methods.values()}
    assert declared - call.called == {"pull"}  # which takes a remote, and answers what follows


def test_pull_answers_what_its_type_says(api, host):
    results = Results(api.call("rpc.discover", {}))
    assert results.faults("pull", host.style.pulled("repo")) == []


@pytest.mark.usefixtures("repo")
def test_what_others_read_is_what_the_types_say(api):
    call = Checked(api.as_user("bob"))
    assert "api_key" not in call("get_repo", repoid="team/repo")["followers"][0]
    assert [each["repo_name"] for each in call("get_repos")] == ["team/repo"]


def test_a_wrong_result_is_a_fault(api):
    results = Results(api.call("rpc.discover", {}))
    right = api.get_user()
    assert results.faults("get_user", right) == []
    assert results.faults("get_user", right | {"user_id": "2"}) != []
    assert results.faults("get_user", right | {"nonsense": 1}) != []
    assert results.faults("get_users", [{**right, "permissions": {}}]) != []
    del right["permissions"]
    assert results.faults("get_user", right) != []


def test_a_method_that_fails_has_no_result(call):
    with pytest.raises(ApiFailure):
        call("get_user", userid=99)
    assert call.called == set()
