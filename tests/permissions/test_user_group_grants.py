import pytest

GRANT, REVOKE = "grant_user_group_permission", "revoke_user_group_permission"
ARGS = {GRANT: {"perm": "repository.write"}, REVOKE: {}}


def seen_by(client):
    return client.get_user()["permissions"]["repositories"]


def test_a_user_group_is_granted_a_permission(api, world, repo, team, bob):
    world.member(team, bob)
    assert api.grant_user_group_permission(
        repoid="some/repo", usersgroupid="team", perm="repository.write"
    ) == {
        "msg": "Granted perm: `repository.write` for group: `team` in repo: `some/repo`",
        "success": True,
    }
    assert seen_by(api.as_user("bob")) == {"some/repo": "repository.write"}


def test_a_permission_replaces_the_one_before_in_its_place(api, world, repo, team):
    other = world.user_group("other")
    for group, perm in (("team", "read"), ("other", "write"), ("team", "none")):
        api.grant_user_group_permission(repoid=repo, usergroupid=group, perm=f"repository.{perm}")
    assert world.grants("repository", repo) == ([(1, 1)], [(team, 0), (other, 3)])


def test_a_permission_is_revoked(api, world, repo, team, bob):
    world.member(team, bob)
    world.grant("repository.admin", repo, users_group_id=team)
    assert api.revoke_user_group_permission(repoid="some/repo", usergroupid="team") == {
        "msg": "Revoked perm for group: `team` in repo: `some/repo`",
        "success": True,
    }
    assert seen_by(api.as_user("bob")) == {"some/repo": "repository.read"}


def test_revoking_what_was_not_granted_succeeds(api, repo, team):
    assert api.revoke_user_group_permission(repoid=repo, usergroupid=team)["success"] is True


@pytest.mark.parametrize("method", [GRANT, REVOKE])
@pytest.mark.parametrize("name", ["usergroupid", "usersgroupid"])
def test_the_user_group_goes_by_either_name_and_by_id(api, repo, team, method, name):
    result = api.call(method, {"repoid": repo, name: str(team), **ARGS[method]})
    assert result["msg"].endswith("for group: `team` in repo: `some/repo`")


def test_the_permission_is_looked_up_between_repository_and_user_group(api, repo):
    unknown = {"usergroupid": "nothing", "perm": "bad"}
    error = api.error(GRANT, repoid="absent", **unknown)
    assert error == "repository `absent` does not exist"
    assert api.error(GRANT, repoid=repo, **unknown) == "permission `bad` does not exist"
    error = api.error(GRANT, repoid=repo, usergroupid="nothing", perm="repository.read")
    assert error == "user group `nothing` does not exist"


def test_revoking_looks_up_the_repository_first(api, repo):
    error = api.error(REVOKE, repoid="absent", usergroupid="nothing")
    assert error == "repository `absent` does not exist"
    error = api.error(REVOKE, repoid=repo, usergroupid="nothing")
    assert error == "user group `nothing` does not exist"


@pytest.mark.parametrize("perm", ["group.write", "usergroup.read", "hg.admin"])
def test_only_permissions_on_repositories_are_granted(api, world, repo, team, perm):
    error = api.error(GRANT, repoid=repo, usergroupid=team, perm=perm)
    assert error == f"permission `{perm}` is invalid, should start with repository."
    assert world.grants("repository", repo) == ([(1, 1)], [])


@pytest.mark.parametrize(
    ("args", "missing"),
    [({}, "repoid"), ({"repoid": 1}, "usergroupid"), ({"repoid": 1, "usergroupid": 1}, "perm")],
)
def test_every_argument_is_required(api, args, missing):
    error = api.error(GRANT, **args)
    assert error == f"Missing non optional `{missing}` arg in JSON DATA"


@pytest.mark.parametrize("method", [GRANT, REVOKE])
@pytest.mark.parametrize("own", ["none", "read", "write"])
def test_to_whoever_is_not_its_admin_the_repository_does_not_exist(
    api, world, repo, team, bob, method, own
):
    world.grant(f"repository.{own}", repo, user_id=bob)
    client = api.as_user("bob")
    for repoid in ("some/repo", "nothing"):
        error = client.error(method, repoid=repoid, usergroupid="team", **ARGS[method])
        assert error == f"repository `{repoid}` does not exist"


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_the_repositorys_admin_grants_to_user_groups_that_he_may_read(
    api, world, repo, team, bob, method
):
    world.grant("repository.admin", repo, user_id=bob)
    client = api.as_user("bob")
    assert client.call(method, {"repoid": repo, "usergroupid": team, **ARGS[method]})["success"]
    assert world.grants("repository", repo)[1] == ([(team, 3)] if method == GRANT else [])


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_the_owner_grants_too(api, world, team, bob, method):
    world.repository("his own", owner_id=bob)
    client = api.as_user("bob")
    args = {"repoid": "his own", "usergroupid": team, **ARGS[method]}
    assert client.call(method, args)["success"] is True


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_a_user_group_that_the_caller_may_not_read_does_not_exist(api, world, bob, method):
    world.repository("his own", owner_id=bob)
    world.user_group("hidden")
    client = api.as_user("bob")
    for given in ("hidden", "nothing"):
        error = client.error(method, repoid="his own", usergroupid=given, **ARGS[method])
        assert error == f"user group `{given}` does not exist"


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_a_pending_repository_does_not_exist(api, world, team, method):
    world.repository("new", pending=True)
    error = api.error(method, repoid="new", usergroupid=team, **ARGS[method])
    assert error == "repository `new` does not exist"


def test_other_plugins_are_told(api, repo, team, listener):
    api.grant_user_group_permission(repoid=repo, usergroupid=team, perm="repository.none")
    api.revoke_user_group_permission(repoid=repo, usergroupid=team)
    assert [(event.action, event.details) for event in listener.heard] == [
        ("permission.granted", {"permission": "repository.none"}),
        ("permission.revoked", {}),
    ]
    assert listener.heard[0].subject == {
        "repo_id": repo,
        "repo_name": "some/repo",
        "users_group_id": team,
        "group_name": "team",
    }


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_what_another_plugin_refuses_changes_nothing(api, world, repo, team, listener, method):
    world.grant("repository.read", repo, users_group_id=team)
    listener.refuses = "permission.granted" if method == GRANT else "permission.revoked"
    error = api.error(method, repoid=repo, usergroupid="team", **ARGS[method])
    assert error == "failed to edit permission for user group: `team` in repo: `some/repo`"
    assert world.grants("repository", repo) == ([(1, 1)], [(team, 1)])
