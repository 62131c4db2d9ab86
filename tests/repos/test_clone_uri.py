"""Addresses of remotes: who sees their passwords, and which are refused."""

import pytest
from sqlalchemy import select

from kallithea_host import schema

SECRET = "s3cr3t%2Fword"
URI = f"https://bob:{SECRET}@example.org:8443/a/b?"[:-1]
MASKED = "https://bob:*****@example.org:8443/a/b"


@pytest.fixture
def repo(api):
    api.create_repo(repo_name="repo", repo_type="git")
    api.update_repo(repoid="repo", clone_uri=URI)


def shown_to(client):
    listed = {r["repo_name"]: r["clone_uri"] for r in client.get_repos()}["repo"]
    assert client.get_repo(repoid="repo")["clone_uri"] == listed
    return listed


@pytest.mark.usefixtures("repo")
def test_administrators_see_the_password(api):
    assert shown_to(api) == URI


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("level", ["read", "write"])
def test_readers_and_writers_see_its_mask(as_bob, world, bob, level):
    world.grant(f"repository.{level}", 1, user_id=bob)
    assert shown_to(as_bob) == MASKED


@pytest.mark.usefixtures("repo")
def test_admins_of_the_repository_see_the_password(as_bob, world, bob):
    world.grant("repository.admin", 1, user_id=bob)
    assert shown_to(as_bob) == URI


@pytest.mark.usefixtures("repo")
def test_the_owner_sees_the_password(api, as_bob):
    api.update_repo(repoid="repo", owner="bob")
    assert shown_to(as_bob) == URI


@pytest.mark.usefixtures("repo")
def test_the_password_is_sealed_in_the_database(world):
    table = schema.repositories
    ((uri, sealed),) = world.rows(select(table.c.clone_uri, table.c.clone_uri_password))
    assert uri == "https://bob@example.org:8443/a/b"
    assert SECRET.encode() not in sealed


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("sent", [MASKED, URI, None])
def test_the_masked_form_sent_back_keeps_the_stored_one(api, sent):
    changed = api.update_repo(repoid="repo", clone_uri=sent, description="x")["repository"]
    assert changed["clone_uri"] == URI


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize(
    "sent",
    [
        "https://bob:*****@evil.example/a/b",
        "https://bob:*****@example.org:8443/other",
        "http://bob:*****@example.org:8443/a/b",
        "https://eve:*****@example.org:8443/a/b",
    ],
)
def test_a_mask_around_another_address_gets_no_password(api, nothing_changes, sent):
    with nothing_changes():
        assert api.error("update_repo", repoid="repo", clone_uri=sent) == (
            "failed to update repo `repo`"
        )


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize(
    "sent", ["", "https://example.org/", "https://bob@example.org/x", "http://u:p@example.org/x"]
)
def test_another_address_replaces_it(api, sent):
    assert api.update_repo(repoid="repo", clone_uri=sent)["repository"]["clone_uri"] == sent
    assert api.get_repo(repoid="repo")["clone_uri"] == sent


@pytest.mark.usefixtures("repo")
def test_the_empty_address_is_none_to_pull_from(api):
    api.update_repo(repoid="repo", clone_uri="")
    assert api.error("pull", repoid="repo") == "Unable to pull changes from `repo`"


@pytest.mark.usefixtures("repo")
def test_a_fork_has_no_address(api):
    api.fork_repo(repoid="repo", fork_name="fork")
    assert api.get_repo(repoid="fork")["clone_uri"] is None


@pytest.mark.usefixtures("repo")
def test_the_password_survives_a_rename(api):
    api.update_repo(repoid="repo", name="renamed")
    assert api.get_repo(repoid="renamed")["clone_uri"] == URI


REFUSED = [
    "/etc",
    "file:///etc",
    "ext::sh -c touch% x",
    "git://example.org/x",
    "ssh://example.org/x",
    "svn+http://example.org/x",
    "ftp://example.org/x",
    "static-http://example.org/x",
    "-oProxyCommand=touch",
    "https://-oProxyCommand=touch/x",
    "https://example.org/--upload-pack=touch",
    "http://127.0.0.1/x",
    "http://127.1/x",
    "http://2130706433/x",
    "http://0x7f.1/x",
    "http://0177.0.0.1/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://10.0.0.1/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest",
    "http://0.0.0.0/x",
    "http://[fe80::1]/x",
    "http://example.org /x",
    "http://exam\nple.org/x",
    "http://a:*****@example.org/x",
    "https://",
    "example.org:x",
    "x" * 5000,
]


def test_create_repo_refuses_what_the_policy_refuses(api, nothing_changes):
    with nothing_changes():
        for uri in REFUSED:
            for alias in ("hg", "git"):
                text = api.error("create_repo", repo_name="a/new", repo_type=alias, clone_uri=uri)
                assert text == "failed to create repository `a/new`", uri


@pytest.mark.usefixtures("repo")
def test_update_repo_refuses_what_the_policy_refuses(api, nothing_changes):
    with nothing_changes():
        for uri in REFUSED:
            text = api.error("update_repo", repoid="repo", clone_uri=uri)
            assert text == "failed to update repo `repo`", uri
