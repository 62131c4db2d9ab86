import pytest

GRANT, REVOKE = "grant_user_permission", "revoke_user_permission"
ARGS = {GRANT: {"perm": "repository.write"}, REVOKE: {}}


def seen_by(client):
    return client.get_user()["permissions"]["repositories"]


@pytest.mark.parametrize("level", ["none", "read", "write", "admin"])
def test_a_user_is_granted_a_permission(api, repo, bob, level):
    perm = f"repository.{level}"
    assert api.grant_user_permission(repoid="some/repo", userid="bob", perm=perm) == {
        "msg": f"Granted perm: `{perm}` for user: `bob` in repo: `some/repo`",
        "success": True,
    }
    assert seen_by(api.as_user("bob")) == {"some/repo": perm}


def test_a_permission_replaces_the_one_before_in_its_place(api, world, repo, bob):
    carol = world.user("carol")
    for user, perm in (("bob", "read"), ("carol", "write"), ("bob", "admin")):
        api.grant_user_permission(repoid=repo, userid=user, perm=f"repository.{perm}")
    assert world.grants("repository", repo) == ([(1, 1), (bob, 4), (carol, 3)], [])


def test_only_the_named_repository_and_user_are_granted(api, world, repo, bob):
    world.user("carol")
    other = world.repository("other")
    api.grant_user_permission(repoid=repo, userid="bob", perm="repository.write")
    assert world.grants("repository", other) == ([], [])
    assert seen_by(api.as_user("carol")) == {"some/repo": "repository.read"}


def test_what_default_is_granted_holds_for_everybody(api, repo, bob):
    api.grant_user_permission(repoid=repo, userid="default", perm="repository.none")
    assert seen_by(api.as_user("bob")) == {"some/repo": "repository.none"}


def test_a_grant_opens_a_private_repository(api, world, bob):
    secret = world.repository("secret", private=True)
    api.grant_user_permission(repoid=secret, userid="bob", perm="repository.read")
    assert seen_by(api.as_user("bob")) == {"secret": "repository.read"}


def test_a_permission_is_revoked(api, world, repo, bob):
    world.grant("repository.admin", repo, user_id=bob)
    assert api.revoke_user_permission(repoid="some/repo", userid="bob") == {
        "msg": "Revoked perm for user: `bob` in repo: `some/repo`",
        "success": True,
    }
    assert seen_by(api.as_user("bob")) == {"some/repo": "repository.read"}


def test_revoking_what_was_not_granted_succeeds(api, world, repo, bob):
    for _ in range(2):
        assert api.revoke_user_permission(repoid=repo, userid=bob)["success"] is True
    assert world.grants("repository", repo) == ([(1, 1)], [])


def test_revoking_from_default_hides_the_repository_and_breaks_nothing(api, world, repo, bob):
    world.user("carol")
    world.grant("repository.read", repo, user_id=bob)
    api.revoke_user_permission(repoid=repo, userid="default")
    assert seen_by(api.as_user("carol")) == {}
    assert seen_by(api.as_user("bob")) == {"some/repo": "repository.read"}


def test_ids_do_as_well_as_names(api, repo, bob):
    granted = api.grant_user_permission(repoid=str(repo), userid=str(bob), perm="repository.write")
    assert granted["msg"].endswith("for user: `bob` in repo: `some/repo`")
    assert api.revoke_user_permission(repoid=repo, userid=bob)["msg"].endswith("repo: `some/repo`")


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_the_repository_is_looked_up_before_the_user(api, repo, method):
    args = {"perm": "bad"} if method == GRANT else {}
    error = api.error(method, repoid="nothing", userid="nobody", **args)
    assert error == "repository `nothing` does not exist"
    error = api.error(method, repoid=repo, userid="nobody", **args)
    assert error == "user `nobody` does not exist"


@pytest.mark.parametrize(
    ("perm", "error"),
    [
        ("repository.reed", "permission `repository.reed` does not exist"),
        ("", "permission `` does not exist"),
        (5, "permission `5` does not exist"),
        ("Repository.read", "permission `Repository.read` does not exist"),
        ("group.read", "permission `group.read` is invalid, should start with repository."),
        (
            "usergroup.admin",
            "permission `usergroup.admin` is invalid, should start with repository.",
        ),
        ("hg.admin", "permission `hg.admin` is invalid, should start with repository."),
        ("hg.fork.none", "permission `hg.fork.none` is invalid, should start with repository."),
    ],
)
def test_only_permissions_on_repositories_are_granted(api, world, repo, bob, perm, error):
    assert api.error(GRANT, repoid=repo, userid=bob, perm=perm) == error
    assert world.grants("repository", repo) == ([(1, 1)], [])


def test_another_value_is_no_permission(api, repo, bob):
    error = api.error(GRANT, repoid=repo, userid=bob, perm=["repository.read"])
    assert error == "Invalid value for `perm` arg in JSON DATA: expected text"


@pytest.mark.parametrize(
    ("args", "missing"),
    [({}, "repoid"), ({"repoid": 1}, "userid"), ({"repoid": 1, "userid": 1}, "perm")],
)
def test_every_argument_is_required(api, args, missing):
    error = api.error(GRANT, **args)
    assert error == f"Missing non optional `{missing}` arg in JSON DATA"


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_a_pending_repository_does_not_exist(api, world, bob, method):
    world.repository("new", pending=True)
    error = api.error(method, repoid="new", userid="bob", **ARGS[method])
    assert error == "repository `new` does not exist"


@pytest.mark.parametrize("method", [GRANT, REVOKE])
@pytest.mark.parametrize("repoid", ["his own", "nothing"])
def test_only_administrators_grant_to_users(api, world, bob, method, repoid):
    own = world.repository("his own", owner_id=bob)
    error = api.as_user("bob").error(method, repoid=repoid, userid="bob", **ARGS[method])
    assert error == "Access was denied to this resource."
    assert world.grants("repository", own) == ([], [])


def test_other_plugins_are_told(api, repo, bob, listener):
    api.grant_user_permission(repoid=repo, userid=bob, perm="repository.write")
    api.revoke_user_permission(repoid=repo, userid=bob)
    api.revoke_user_permission(repoid=repo, userid=bob)
    granted, revoked = listener.heard
    assert (granted.action, granted.actor, granted.details) == (
        "permission.granted",
        "admin",
        {"permission": "repository.write"},
    )
    assert (revoked.action, revoked.details) == ("permission.revoked", {})
    assert (
        granted.subject
        == revoked.subject
        == {
            "repo_id": repo,
            "repo_name": "some/repo",
            "user_id": bob,
            "username": "bob",
        }
    )


@pytest.mark.parametrize("method", [GRANT, REVOKE])
def test_what_another_plugin_refuses_changes_nothing(api, world, repo, bob, listener, method):
    world.grant("repository.read", repo, user_id=bob)
    listener.refuses = "permission.granted" if method == GRANT else "permission.revoked"
    error = api.error(method, repoid="some/repo", userid=bob, **ARGS[method])
    assert error == f"failed to edit permission for user: `{bob}` in repo: `some/repo`"
    assert world.grants("repository", repo) == ([(1, 1), (bob, 1)], [])
