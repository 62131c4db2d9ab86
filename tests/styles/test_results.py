"""Every result in which the styles differ, method by method, over HTTP."""

import pytest

from kallithea_host.clock import from_epoch, iso

OPEN = {
    "user_id", "username", "firstname", "lastname", "email", "emails", "active", "admin",
    "extern_type", "extern_name", "ldap_dn",
}  # fmt: skip
"""What everybody reads of a user."""
OWN = OPEN | {"last_login", "ip_addresses", "api_key"}
"""What administrators and the user himself read of him."""


@pytest.fixture
def repo(world):
    return world.repository("team/repo")


@pytest.fixture
def as_writer(api, world, bob, repo):
    """A user who may write to the repository and is no administrator."""
    world.grant("repository.write", repo, user_id=bob)
    return api.as_user("bob")


def shown(api, repoid="team/repo"):
    """The repository object, from all methods that read one."""
    read = api.get_repo(repoid=repoid)
    repository = {name: read[name] for name in read if name not in {"members", "followers"}}
    assert repository in api.get_repos()
    return repository


# --- caches


def test_invalidate_cache_by_name(api, by_style):
    api.create_repo(repo_name="team/repo", repo_type="git")
    assert api.invalidate_cache(repoid="team/repo") == by_style(
        documented="Caches of repository `team/repo`",
        kallithea={
            "msg": "Cache for repository `team/repo` was invalidated",
            "repository": "team/repo",
        },
    )


@pytest.mark.parametrize("given", [1, "1"])
def test_invalidate_cache_by_id(api, by_style, given):
    api.create_repo(repo_name="team/repo", repo_type="git")
    assert api.invalidate_cache(repoid=given) == by_style(
        documented="Caches of repository `team/repo`",
        kallithea={"msg": "Cache for repository `1` was invalidated", "repository": "team/repo"},
    )


# --- what a repository object holds


def test_the_landing_revision_of_a_new_repository(api, by_style):
    made = api.create_repo(repo_name="repo", repo_type="git")["repo"]
    expected = by_style(documented="tip", kallithea=["rev", "tip"])
    assert made["landing_rev"] == shown(api, "repo")["landing_rev"] == expected


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize(
    ("stored", "kind", "revision", "text"),
    [
        ("tip", "rev", "tip", "tip"),
        ("rev:0", "rev", "0", "0"),
        ("branch:stable", "branch", "stable", "branch:stable"),
        ("tag:v1", "tag", "v1", "tag:v1"),
        ("book:a:b", "book", "a:b", "book:a:b"),
    ],
)
def test_landing_revisions(api, by_style, stored, kind, revision, text):
    expected = by_style(documented=text, kallithea=[kind, revision])
    changed = api.update_repo(repoid="team/repo", landing_rev=stored)["repository"]
    assert changed["landing_rev"] == shown(api)["landing_rev"] == expected


@pytest.mark.usefixtures("repo")
def test_a_landing_revision_can_be_sent_back_as_the_documented_text(api, style):
    read = api.update_repo(repoid="team/repo", landing_rev="branch:stable")["repository"]
    sent = read["landing_rev"] if style == "documented" else ":".join(read["landing_rev"])
    again = api.update_repo(repoid="team/repo", landing_rev=sent)["repository"]
    assert again == read


@pytest.mark.usefixtures("repo")
def test_a_free_repository_is_locked_by_nobody(api):
    assert {shown(api)[name] for name in ("locked_by", "locked_date")} == {None}


@pytest.mark.usefixtures("repo", "bob")
def test_a_locked_repository_shows_its_holder_and_the_moment(api, by_style):
    since = api.lock(repoid="team/repo", locked=True, userid="bob")["locked_since"]
    holder = api.get_user(userid="bob")
    del holder["permissions"]
    repository = shown(api)
    assert repository["locked_by"] == by_style(documented="bob", kallithea=holder)
    assert repository["locked_date"] == by_style(documented=since, kallithea=iso(from_epoch(since)))
    assert api.update_repo(repoid="team/repo")["repository"] == repository


@pytest.mark.parametrize(("holder", "members"), [("admin", OPEN), ("bob", OWN)])
def test_the_holder_has_secrets_only_before_himself(api, as_writer, by_style, holder, members):
    api.lock(repoid="team/repo", locked=True, userid=holder)
    told = shown(as_writer)["locked_by"]
    if by_style(documented=True, kallithea=False):
        assert told == holder
    else:
        assert told["username"] == holder
        assert set(told) == members


def test_locks_are_shown_as_repositories_are(api, repo, world, by_style):
    world.repository("free")
    since = api.lock(repoid=repo, locked=True)["locked_since"]
    (locked,) = api.get_locks()
    assert locked == shown(api)
    assert locked["locked_date"] == by_style(documented=since, kallithea=iso(from_epoch(since)))


def test_the_type_of_a_user_group_among_the_members_of_a_group(api, world, by_style):
    world.grant(
        "group.read", world.repository_group("top"), users_group_id=world.user_group("readers")
    )
    members = api.get_repo_group(repogroupid="top")["members"]
    expected = by_style(documented="users_group", kallithea="user_group")
    assert [member["type"] for member in members if member["name"] == "readers"] == [expected]


def test_the_type_of_a_user_group_among_the_members(api, world, repo, by_style):
    group = world.user_group("writers")
    world.grant("repository.none", repo, user_id=1)
    world.grant("repository.write", repo, users_group_id=group)
    members = api.get_repo(repoid="team/repo")["members"]
    assert [(member["name"], member["type"]) for member in members[:1]] == [("default", "user")]
    assert members[1:] == [
        {
            "name": "writers",
            "type": by_style(documented="users_group", kallithea="user_group"),
            "id": group,
            "active": True,
            "permission": "repository.write",
        }
    ]


# --- messages


@pytest.mark.parametrize(
    ("locked", "documented", "kallithea"), [(True, "true", "True"), (False, "false", "False")]
)
@pytest.mark.usefixtures("repo")
def test_lock_tells_the_new_state(api, by_style, locked, documented, kallithea):
    word = by_style(documented=documented, kallithea=kallithea)
    answer = api.lock(repoid="team/repo", locked=locked)
    assert answer["msg"] == f"User `admin` set lock state for repo `team/repo` to `{word}`"
    assert answer["locked"] is locked


@pytest.mark.parametrize("locked", ["Yes", 1, "true"])
@pytest.mark.usefixtures("repo")
def test_lock_tells_the_state_and_not_what_was_sent(api, by_style, locked):
    word = by_style(documented="true", kallithea="True")
    answer = api.lock(repoid="team/repo", locked=locked)
    assert answer["msg"].endswith(f" to `{word}`")
    assert answer["locked"] is True


@pytest.mark.usefixtures("repo")
def test_asking_for_a_lock_is_the_same_in_both_styles(api):
    since = api.lock(repoid="team/repo", locked=True)["locked_since"]
    asked = api.lock(repoid="team/repo")
    assert asked["msg"] == f'Repo `team/repo` locked by `admin` on `"{iso(from_epoch(since))}"`.'
    assert (asked["locked_by"], asked["locked_since"]) == ("admin", since)


def test_update_repo(api, repo, by_style):
    answer = api.update_repo(repoid="team/repo", description="new")
    name = by_style(documented="`team/repo`", kallithea="team/repo")
    assert answer == {"msg": f"updated repo ID:{repo} {name}", "repository": shown(api)}
    assert answer["repository"]["description"] == "new"


def test_delete_repo_without_a_word_about_forks(api):
    api.create_repo(repo_name="repo", repo_type="git")
    assert api.delete_repo(repoid="repo") == {"msg": "Deleted repository `repo`", "success": True}


@pytest.mark.parametrize(("forks", "done"), [("detach", "Detached"), ("delete", "Deleted")])
@pytest.mark.parametrize("count", [0, 2])
def test_delete_repo_counts_the_direct_forks(api, by_style, forks, done, count):
    api.create_repo(repo_name="repo", repo_type="git")
    for number in range(count):
        api.fork_repo(repoid="repo", fork_name=f"fork{number}")
        api.fork_repo(repoid=f"fork{number}", fork_name=f"fork-of-fork{number}")
    more = by_style(documented="", kallithea=f" {done} {count} forks")
    answer = api.delete_repo(repoid="repo", forks=forks)
    assert answer == {"msg": f"Deleted repository `repo`{more}", "success": True}


@pytest.mark.parametrize("method", ["add_user_to_user_group", "add_user_user_group"])
@pytest.mark.usefixtures("bob")
def test_adding_a_member(api, world, by_style, method):
    world.user_group("team")
    article = by_style(documented="a ", kallithea="")
    answer = api.call(method, {"usergroupid": "team", "userid": "bob"})
    assert answer == {"success": True, "msg": f"added member `bob` to {article}user group `team`"}
    again = api.call(method, {"usergroupid": "team", "userid": "bob"})
    assert again == {"success": False, "msg": "User is already in that group"}


def test_removing_a_member(api, world, bob, by_style):
    world.user_group("team", bob)
    msg = by_style(
        documented="removed member bob from user group team",
        kallithea="removed member `bob` from user group `team`",
    )
    answer = api.remove_user_from_user_group(usergroupid="team", userid="bob")
    assert answer == {"success": True, "msg": msg}
    again = api.remove_user_from_user_group(usergroupid="team", userid="bob")
    assert again == {"success": False, "msg": "User wasn't in group"}


@pytest.mark.usefixtures("repo")
def test_granting_and_revoking_a_user_group(api, world, by_style):
    world.user_group("team")
    user = by_style(documented="", kallithea="user ")
    both = {"repoid": "team/repo", "usergroupid": "team"}
    granted = api.grant_user_group_permission(**both, perm="repository.read")
    where = f"for {user}group: `team` in repo: `team/repo`"
    assert granted == {"success": True, "msg": f"Granted perm: `repository.read` {where}"}
    revoked = api.revoke_user_group_permission(**both)
    assert revoked == {"success": True, "msg": f"Revoked perm {where}"}


@pytest.mark.usefixtures("repo", "bob")
def test_granting_and_revoking_a_user_is_the_same_in_both_styles(api):
    both = {"repoid": "team/repo", "userid": "bob"}
    granted = api.grant_user_permission(**both, perm="repository.read")
    assert granted["msg"] == "Granted perm: `repository.read` for user: `bob` in repo: `team/repo`"
    revoked = api.revoke_user_permission(**both)
    assert revoked["msg"] == "Revoked perm for user: `bob` in repo: `team/repo`"
