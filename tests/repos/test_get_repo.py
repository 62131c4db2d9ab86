import pytest

REPOSITORY_KEYS = {
    "repo_id", "repo_name", "repo_type", "clone_uri", "private", "created_on", "description",
    "landing_rev", "owner", "fork_of", "enable_statistics", "enable_downloads", "enable_locking",
    "last_changeset", "locked_by", "locked_date",
}  # fmt: skip
USER_KEYS = {
    "user_id", "username", "firstname", "lastname", "email", "emails", "active", "admin",
    "extern_type", "extern_name", "ldap_dn",
}  # fmt: skip
OWN_KEYS = {"last_login", "ip_addresses", "api_key"}


@pytest.fixture
def repo(world):
    """The id of a repository that everybody may read."""
    repo_id = world.repository("team/repo")
    world.grant("repository.read", repo_id, user_id=1)
    return repo_id


@pytest.mark.parametrize("form", [int, str, lambda _: "team/repo"], ids=["id", "digits", "name"])
def test_a_repository_is_found_by_id_and_by_name(api, repo, form):
    repository = api.get_repo(repoid=form(repo))
    assert repository["repo_id"] == repo
    assert set(repository) == REPOSITORY_KEYS | {"members", "followers"}


def test_what_does_not_exist_is_named_as_it_was_given(api, repo):
    given = {
        '"Team/repo"': "Team/repo", '"repo"': "repo", '"team"': "team", '""': "", "0": "0",
        "-1": "-1", "99": "99", '"99"': "99", str(2**63): str(2**63), "true": "true",
        f"{repo}.0": f"{repo}.0", f'"{repo}.0"': f"{repo}.0", "[]": "[]", "{}": "{}",
        f"[{repo}]": f"[{repo}]", "null": "None",
    }  # fmt: skip
    for sent, shown in given.items():
        body = b'{"id": 1, "api_key": "%s", "method": "get_repo", "args": {"repoid": %s}}'
        reply = api.ask(body % (api._key.encode(), sent.encode()))
        assert reply["result"] is None
        assert reply["error"] == f"repository `{shown}` does not exist"


def test_the_repository_is_required(api):
    assert api.error("get_repo") == "Missing non optional `repoid` arg in JSON DATA"


@pytest.mark.parametrize("level", ["read", "write", "admin"])
def test_whoever_reads_gets_it(as_bob, world, bob, level):
    world.grant(f"repository.{level}", world.repository("repo"), user_id=bob)
    assert as_bob.get_repo(repoid="repo")["repo_name"] == "repo"


def test_its_owner_gets_it_whatever_the_rows_say(as_bob, world, bob):
    repo_id = world.repository("repo", owner_id=bob, private=True)
    world.grant("repository.none", repo_id, user_id=bob)
    assert as_bob.get_repo(repoid="repo")["owner"] == "bob"


@pytest.mark.parametrize("how", ["own none", "private", "no row", "pending"])
def test_whoever_may_not_see_it_is_told_that_it_does_not_exist(as_bob, world, bob, how):
    repo_id = world.repository("repo", private=how == "private", pending=how == "pending")
    if how != "no row":
        world.grant("repository.read", repo_id, user_id=1)
    if how == "own none":
        world.grant("repository.none", repo_id, user_id=bob)
    for repoid in ("repo", repo_id, str(repo_id)):
        assert as_bob.error("get_repo", repoid=repoid) == f"repository `{repoid}` does not exist"


def test_members_are_users_and_then_groups_with_what_they_were_granted(api, world, repo, bob):
    carol, devs = world.user("carol"), world.user_group("devs")
    idle = world.user_group("idle", active=False)
    world.grant("repository.admin", repo, user_id=carol)
    world.grant("repository.none", repo, user_id=bob)
    world.grant("repository.write", repo, users_group_id=devs)
    world.grant("repository.admin", repo, users_group_id=idle)
    members = api.get_repo(repoid=repo)["members"]
    assert [(each["name"], each["permission"]) for each in members] == [
        ("default", "repository.read"),
        ("carol", "repository.admin"),
        ("bob", "repository.none"),
        ("devs", "repository.write"),
        ("idle", "repository.admin"),
    ]
    for user in members[:3]:
        assert set(user) == USER_KEYS | OWN_KEYS | {"name", "type", "permission"}
        assert user["type"] == "user"
        assert user["name"] == user["username"]
    assert members[3:] == [
        {"name": "devs", "type": "users_group", "id": devs, "active": True,
         "permission": "repository.write"},
        {"name": "idle", "type": "users_group", "id": idle, "active": False,
         "permission": "repository.admin"},
    ]  # fmt: skip


def test_everybody_comes_first_and_has_none_while_the_repository_is_private(api, world, bob):
    repo_id = world.repository("repo", private=True)
    world.grant("repository.write", repo_id, user_id=bob)
    world.grant("repository.read", repo_id, user_id=1)
    members = api.get_repo(repoid="repo")["members"]
    assert [(each["name"], each["permission"]) for each in members] == [
        ("default", "repository.none"),
        ("bob", "repository.write"),
    ]


def test_everybody_is_shown_for_a_private_repository_without_his_row(api, world):
    world.repository("repo", private=True)
    (member,) = api.get_repo(repoid="repo")["members"]
    assert (member["name"], member["permission"]) == ("default", "repository.none")


def test_followers_are_user_objects(api, as_bob):
    as_bob.create_repo(repo_name="repo")
    (follower,) = api.get_repo(repoid="repo")["followers"]
    assert follower == {k: v for k, v in api.get_user(userid="bob").items() if k != "permissions"}


def test_only_his_own_secrets_are_shown_to_a_reader(as_bob, world, repo, bob):
    world.grant("repository.read", repo, user_id=bob)
    world.grant("repository.read", repo, user_id=world.user("carol"))
    for member in as_bob.get_repo(repoid=repo)["members"]:
        own = OWN_KEYS if member["name"] == "bob" else set()
        assert set(member) == USER_KEYS | own | {"name", "type", "permission"}


def test_a_reader_is_shown_no_secrets_of_followers(api, as_bob, world):
    as_bob.create_repo(repo_name="repo")
    world.user("carol")
    (follower,) = api.as_user("carol").get_repo(repoid="repo")["followers"]
    assert set(follower) == USER_KEYS


def test_the_parent_is_hidden_from_who_may_not_see_it(api, as_bob):
    api.create_repo(repo_name="parent")
    api.fork_repo(repoid="parent", fork_name="fork")
    assert as_bob.get_repo(repoid="fork")["fork_of"] == "parent"
    api.update_repo(repoid="parent", private=True)
    assert as_bob.get_repo(repoid="fork")["fork_of"] is None
    assert api.get_repo(repoid="fork")["fork_of"] == "parent"


def test_the_last_changeset_is_shown(api, alias, client, root):
    api.create_repo(repo_name="repo", repo_type=alias)
    raw_id = client.commit(root / "repo", {"a": "1"}, message="žluťoučký")
    api.invalidate_cache(repoid="repo")
    changeset = api.get_repo(repoid="repo")["last_changeset"]
    assert changeset.pop("message").rstrip("\n") == "žluťoučký"
    assert changeset == {
        "short_id": raw_id[:12],
        "raw_id": raw_id,
        "revision": 0,
        "date": "2020-01-01T11:00:00",
        "author": "Žofie Nováková <zofie@example.org>",
    }


COMMIT = b"""\
commit refs/heads/main
author A <a@example.org> 1500000000 +0000
committer C <c@example.org> 1577876400 +0100
data 4
one
M 100644 inline a
data 1
x
"""


def test_a_commit_of_git_has_its_committer_s_date_and_ends_its_message(api, clients, root):
    api.create_repo(repo_name="repo", repo_type="git")
    clients["git"].run("-C", str(root / "repo"), "fast-import", "--quiet", stdin=COMMIT)
    api.invalidate_cache(repoid="repo")
    expected = {"author": "A <a@example.org>", "date": "2020-01-01T11:00:00", "message": "one\n"}
    changeset = api.get_repo(repoid="repo")["last_changeset"]
    assert expected.items() <= changeset.items()
    assert api.get_changesets(repoid="repo") == [changeset]


def test_the_message_of_a_changeset_of_mercurial_has_no_end(api, clients, root):
    api.create_repo(repo_name="repo", repo_type="hg")
    clients["hg"].commit(root / "repo", {"a": "1"}, message="one\n")
    api.invalidate_cache(repoid="repo")
    changeset = api.get_repo(repoid="repo")["last_changeset"]
    assert changeset["message"] == "one"
    assert api.get_changesets(repoid="repo") == [changeset]


def test_an_invisible_repository_costs_what_an_absent_one_costs(as_bob, world, statements):
    world.repository("secret", private=True)
    as_bob.error("get_repo", repoid="any")
    sent = []
    for repoid in ("secret", "absent", 1, 99):
        statements.clear()
        as_bob.error("get_repo", repoid=repoid)
        sent.append(list(statements))
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]
