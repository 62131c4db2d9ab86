"""Granting and revoking on repository groups, and on what lies below them."""

import pytest

GRANT = "grant_user_permission_to_repo_group"
REVOKE = "revoke_user_permission_from_repo_group"
GRANT_GROUP = "grant_user_group_permission_to_repo_group"
REVOKE_GROUP = "revoke_user_group_permission_from_repo_group"
METHODS = [GRANT, REVOKE, GRANT_GROUP, REVOKE_GROUP]

each = pytest.mark.parametrize("method", METHODS)
each_grant = pytest.mark.parametrize("method", [GRANT, GRANT_GROUP])
each_for_users = pytest.mark.parametrize("method", [GRANT, REVOKE])
each_for_groups = pytest.mark.parametrize("method", [GRANT_GROUP, REVOKE_GROUP])


@pytest.fixture
def tree(world):
    """Groups and repositories, by name; ``alphabet`` only begins with the same letters."""
    alpha = world.repository_group("alpha")
    child = world.repository_group("alpha/child", parent_id=alpha)
    return {
        "alpha": ("group", alpha),
        "alpha/child": ("group", child),
        "alphabet": ("group", world.repository_group("alphabet")),
        "alpha/one": ("repository", world.repository("alpha/one", group_id=alpha)),
        "alpha/child/two": ("repository", world.repository("alpha/child/two", group_id=child)),
        "three": ("repository", world.repository("three")),
    }


@pytest.fixture
def rows(world, tree):
    """The rows of users, or of user groups, by the name of the object."""

    def found(grantees=0):
        granted = {name: world.grants(*key)[grantees] for name, key in tree.items()}
        return {name: rows for name, rows in granted.items() if rows}

    return found


def arguments(method, **more):
    grantee = (
        {"usergroupid": "team"} if method in {GRANT_GROUP, REVOKE_GROUP} else {"userid": "bob"}
    )
    perm = {"perm": "group.write"} if method in {GRANT, GRANT_GROUP} else {}
    return {"repogroupid": "alpha", **grantee, **perm, **more}


def failure(method):
    grantee = "user group: `team`" if method in {GRANT_GROUP, REVOKE_GROUP} else "user: `bob`"
    return f"failed to edit permission for {grantee} in repo group: `alpha`"


REACHES = {
    "none": {"alpha"},
    "repos": {"alpha", "alpha/one", "alpha/child/two"},
    "groups": {"alpha", "alpha/child"},
    "all": {"alpha", "alpha/child", "alpha/one", "alpha/child/two"},
}
each_reach = pytest.mark.parametrize("reach", REACHES)


@each_reach
def test_a_user_is_granted_a_permission(api, rows, bob, reach):
    args = arguments(GRANT, repogroupid="alpha", apply_to_children=reach)
    assert api.call(GRANT, args) == {
        "msg": f"Granted perm: `group.write` (recursive:{reach}) for user: `bob` "
        "in repo group: `alpha`",
        "success": True,
    }
    assert rows() == {key: [(bob, 3)] for key in REACHES[reach]}


@each_reach
def test_a_user_group_is_granted_a_permission(api, rows, team, reach):
    assert api.call(GRANT_GROUP, arguments(GRANT_GROUP, apply_to_children=reach)) == {
        "msg": f"Granted perm: `group.write` (recursive:{reach}) for user group: `team` "
        "in repo group: `alpha`",
        "success": True,
    }
    assert rows(1) == {key: [(team, 3)] for key in REACHES[reach]}


@each_reach
def test_a_users_permission_is_revoked(api, world, tree, rows, bob, reach):
    for prefix, object_id in tree.values():
        world.grant(f"{prefix}.read", object_id, user_id=bob)
    assert api.call(REVOKE, arguments(REVOKE, apply_to_children=reach)) == {
        "msg": f"Revoked perm (recursive:{reach}) for user: `bob` in repo group: `alpha`",
        "success": True,
    }
    assert rows() == {key: [(bob, 1)] for key in tree.keys() - REACHES[reach]}


@each_reach
def test_a_user_groups_permission_is_revoked(api, world, tree, rows, team, reach):
    for prefix, object_id in tree.values():
        world.grant(f"{prefix}.read", object_id, users_group_id=team)
    assert api.call(REVOKE_GROUP, arguments(REVOKE_GROUP, apply_to_children=reach)) == {
        "msg": f"Revoked perm (recursive:{reach}) for user group: `team` in repo group: `alpha`",
        "success": True,
    }
    assert rows(1) == {key: [(team, 1)] for key in tree.keys() - REACHES[reach]}


@pytest.mark.usefixtures("bob", "team")
@each
@pytest.mark.parametrize("word", ["sideways", "", "ALL", None])
def test_another_word_reaches_nothing_below_and_the_message_says_so(api, rows, method, word):
    result = api.call(method, arguments(method, apply_to_children=word))
    assert "(recursive:none)" in result["msg"]
    assert set(rows()) | set(rows(1)) <= {"alpha"}


@pytest.mark.usefixtures("tree", "bob", "team")
@each
def test_messages_name_the_last_element_of_the_group(api, method):
    result = api.call(method, arguments(method, repogroupid="alpha/child"))
    assert result["msg"].endswith(" in repo group: `child`")


@pytest.mark.parametrize("word", ["none", "read", "write", "admin"])
def test_a_level_on_the_group_is_the_same_level_on_repositories(api, tree, bob, word):
    api.call(GRANT, arguments(GRANT, perm=f"group.{word}", apply_to_children="all"))
    permissions = api.as_user(bob).get_user()["permissions"]
    assert permissions["repositories"] == dict.fromkeys(
        ["alpha/one", "alpha/child/two"], f"repository.{word}"
    )
    assert permissions["repositories_groups"] == dict.fromkeys(
        ["alpha", "alpha/child"], f"group.{word}"
    )
    assert tree


def test_what_is_granted_to_default_below_leaves_private_repositories_hidden(api, world, bob):
    group = world.repository_group("alpha")
    world.repository("alpha/secret", group_id=group, private=True)
    api.call(GRANT, arguments(GRANT, userid="default", apply_to_children="all"))
    assert api.as_user(bob).get_user()["permissions"]["repositories"] == {
        "alpha/secret": "repository.none"
    }


def test_a_permission_replaces_the_one_before_in_its_place(api, world, tree, rows, bob):
    carol = world.user("carol")
    world.grant("group.read", tree["alpha"][1], user_id=bob)
    world.grant("repository.admin", tree["alpha/one"][1], user_id=carol)
    world.grant("repository.admin", tree["alpha/one"][1], user_id=bob)
    api.call(GRANT, arguments(GRANT, apply_to_children="repos"))
    assert rows() == {
        "alpha": [(bob, 3)],
        "alpha/one": [(carol, 4), (bob, 3)],
        "alpha/child/two": [(bob, 3)],
    }


@pytest.mark.usefixtures("tree", "bob", "team")
@pytest.mark.parametrize("method", [REVOKE, REVOKE_GROUP])
def test_revoking_what_was_not_granted_succeeds(api, rows, method):
    assert api.call(method, arguments(method, apply_to_children="all"))["success"] is True
    assert rows() == rows(1) == {}


@pytest.mark.usefixtures("team")
@each
def test_what_is_only_being_made_is_left_out(api, world, tree, bob, method):
    pending = world.repository("alpha/new", group_id=tree["alpha"][1], pending=True)
    world.grant("repository.read", pending, user_id=bob)
    api.call(method, arguments(method, apply_to_children="all"))
    assert world.grants("repository", pending) == ([(bob, 1)], [])


@each_for_groups
@pytest.mark.parametrize("name", ["usergroupid", "usersgroupid"])
def test_the_user_group_goes_by_either_name_and_by_id(api, tree, team, method, name):
    args = {"repogroupid": tree["alpha"][1], name: team, **arguments(method)}
    args = {key: value for key, value in args.items() if key == name or "usergroup" not in key}
    args[name] = str(team)
    assert "for user group: `team`" in api.call(method, args)["msg"]


@pytest.mark.usefixtures("tree")
@each_for_users
def test_for_users_the_user_is_looked_up_before_the_permission(api, method):
    args = {"userid": "nobody"} | ({"perm": "bad"} if method == GRANT else {})
    error = api.error(method, repogroupid="absent", **args)
    assert error == "repository group `absent` does not exist"
    assert api.error(method, repogroupid="alpha", **args) == "user `nobody` does not exist"


@pytest.mark.usefixtures("tree")
def test_for_user_groups_the_permission_is_looked_up_before_the_user_group(api):
    unknown = {"usergroupid": "nothing", "perm": "bad"}
    error = api.error(GRANT_GROUP, repogroupid="absent", **unknown)
    assert error == "repository group `absent` does not exist"
    assert api.error(GRANT_GROUP, repogroupid="alpha", **unknown) == (
        "permission `bad` does not exist"
    )
    error = api.error(GRANT_GROUP, **arguments(GRANT_GROUP, usergroupid="nothing"))
    assert error == "user group `nothing` does not exist"
    error = api.error(REVOKE_GROUP, repogroupid="alpha", usergroupid="nothing")
    assert error == "user group `nothing` does not exist"


@pytest.mark.usefixtures("tree", "bob", "team")
@each_grant
def test_only_permissions_on_repository_groups_are_granted(api, rows, method):
    for perm in ("repository.write", "usergroup.read", "hg.admin"):
        error = api.error(method, **arguments(method, perm=perm))
        assert error == f"permission `{perm}` is invalid, should start with group."
    assert api.error(method, **arguments(method, perm="x")) == "permission `x` does not exist"
    assert rows() == rows(1) == {}


@each
def test_every_other_argument_is_required(api, method):
    args = arguments(method)
    for missing in args:
        others = {name: value for name, value in args.items() if name != missing}
        error = api.error(method, **others)
        assert error == f"Missing non optional `{missing}` arg in JSON DATA"


@pytest.mark.usefixtures("team")
@each
@pytest.mark.parametrize("own", ["none", "read", "write"])
def test_to_whoever_is_not_its_admin_the_group_does_not_exist(api, world, tree, bob, method, own):
    world.grant(f"group.{own}", tree["alpha"][1], user_id=bob)
    client = api.as_user(bob)
    for given in ("alpha", "nothing"):
        error = client.error(method, **arguments(method, repogroupid=given))
        assert error == f"repository group `{given}` does not exist"


@each
@pytest.mark.parametrize("by", ["row", "ownership"])
def test_its_admin_grants_on_everything_below(api, world, tree, rows, team, bob, method, by):
    if by == "row":
        world.grant("group.admin", tree["alpha"][1], user_id=bob)
    else:
        api.update_repo_group(repogroupid="alpha", owner="bob")
    carol = world.user("carol")
    for name in ("alpha/one", "alpha/child/two"):
        world.grant("repository.read", tree[name][1], user_id=carol)
        world.grant("repository.read", tree[name][1], users_group_id=team)
    args = arguments(method, apply_to_children="repos")
    if "userid" in args:
        args["userid"] = "carol"
    assert api.as_user(bob).call(method, args)["success"] is True
    grantees, grantee = (1, team) if "usergroupid" in args else (0, carol)
    expected = [(grantee, 3)] if "perm" in args else None
    assert rows(grantees).get("alpha/one") == rows(grantees).get("alpha/child/two") == expected


@each_for_groups
def test_a_user_group_that_the_caller_may_not_read_does_not_exist(api, world, bob, method):
    world.repository_group("alpha", owner_id=bob)
    world.user_group("hidden")
    for given in ("hidden", "nothing"):
        error = api.as_user(bob).error(method, **arguments(method, usergroupid=given))
        assert error == f"user group `{given}` does not exist"


def test_other_plugins_are_told_of_every_object(api, tree, team, listener):
    api.call(GRANT_GROUP, arguments(GRANT_GROUP, apply_to_children="repos"))
    api.call(REVOKE_GROUP, arguments(REVOKE_GROUP))
    api.call(REVOKE_GROUP, arguments(REVOKE_GROUP))
    grantee = {"users_group_id": team, "group_name": "team"}
    on_group = {"repo_group_id": tree["alpha"][1], "repo_group_name": "alpha", **grantee}
    on_repositories = [
        {"repo_id": tree[name][1], "repo_name": name, **grantee}
        for name in ("alpha/child/two", "alpha/one")
    ]
    assert [(event.action, event.subject, event.details) for event in listener.heard] == [
        ("permission.granted", on_group, {"permission": "group.write"}),
        *(
            ("permission.granted", subject, {"permission": "repository.write"})
            for subject in on_repositories
        ),
        ("permission.revoked", on_group, {}),
    ]


@pytest.mark.usefixtures("tree")
@each
def test_what_another_plugin_refuses_changes_nothing(api, world, rows, bob, team, listener, method):
    world.grant("group.read", 1, user_id=bob)
    world.grant("group.read", 1, users_group_id=team)
    before = rows(), rows(1)
    granting = method in {GRANT, GRANT_GROUP}
    listener.refuses = "permission.granted" if granting else "permission.revoked"
    error = api.error(method, **arguments(method, apply_to_children="all"))
    assert error == failure(method)
    assert (rows(), rows(1)) == before
