"""Clones and pulls over HTTP, by a real daemon and its child processes."""

import pytest
from sqlalchemy import create_engine, text

PASSWORD = "s3cret-w0rd"
OTHER_PASSWORD = "0ther-s3cret"
ALIASES = pytest.mark.parametrize("alias", ["git", "hg"])


@pytest.fixture(scope="module")
def server(make_daemon, tmp_path_factory):
    """One daemon for the tests of this module."""
    return make_daemon(tmp_path_factory.mktemp("remotes") / "server").start()


@pytest.fixture
def origin(http_remote, clients, alias, name):
    """A remote repository with one changeset, by the name of the test."""
    path = http_remote.root / name
    clients[alias].init(path)
    clients[alias].commit(path, {"readme": "one\n"}, message="first")
    return path


def journal(server, name):
    engine = create_engine(f"sqlite:///{server.data_dir / 'kallithea.db'}")
    with engine.connect() as db:
        rows = db.execute(
            text("SELECT action, address FROM journal WHERE repo_name = :name ORDER BY entry_id"),
            {"name": name},
        ).all()
    engine.dispose()
    return [tuple(row) for row in rows]


def tip(server, name):
    return server.api.get_repo(repoid=name)["last_changeset"]["raw_id"]


@ALIASES
def test_a_clone_has_everything_and_its_last_changeset_is_known(
    server, http_remote, clients, origin, alias, name
):
    uri = http_remote.url(name)
    made = server.api.create_repo(repo_name=f"m/{name}", repo_type=alias, clone_uri=uri)["repo"]
    assert made["clone_uri"] == uri
    assert {made["last_changeset"]["raw_id"]} == clients[alias].ids(origin)
    assert clients[alias].ids(server.root / "m" / name) == clients[alias].ids(origin)
    assert clients[alias].problems(server.root / "m" / name) == ""
    nodes = server.api.get_repo_nodes(repoid=f"m/{name}", revision="tip", root_path="/")
    assert nodes == [{"name": "readme", "type": "file"}]


@ALIASES
def test_a_pull_brings_what_is_new_and_writes_it_into_the_journal(
    server, http_remote, clients, origin, alias, name
):
    api, client = server.api, clients[alias]
    api.create_repo(repo_name=name, repo_type=alias, clone_uri=http_remote.url(name))
    assert api.pull(repoid=name) == f"Pulled from `{name}`"
    second = client.commit(origin, {"readme": "two\n"}, hour=13)
    third = client.commit(origin, {"more": "three\n"}, branch="side", parent=second, hour=14)
    assert api.pull(repo=name) == f"Pulled from `{name}`"
    assert client.ids(server.root / name) == client.ids(origin)
    assert tip(server, name) == third
    actions = [action for action, address in journal(server, name) if address == "127.0.0.1"]
    assert actions[:3] == ["user_created_repo", "started_following_repo", "push_remote:"]
    assert set(actions[3].removeprefix("push_remote:").split(",")) == {second, third}
    assert client.problems(server.root / name) == ""


@ALIASES
def test_a_pull_from_another_address_leaves_the_stored_one_as_it_is(
    server, http_remote, clients, origin, alias, name
):
    api, client = server.api, clients[alias]
    stored = http_remote.url(f"{name}-gone")
    for kept in (None, stored):
        there = f"{name}-{'stored' if kept else 'none'}"
        api.create_repo(repo_name=there, repo_type=alias)
        if kept:
            api.update_repo(repoid=there, clone_uri=kept)
        answer = api.pull(repoid=there, clone_uri=http_remote.url(name))
        assert answer == f"Pulled from `{there}`"
        assert client.ids(server.root / there) == client.ids(origin)
        assert api.get_repo(repoid=there)["clone_uri"] == kept
        assert {tip(server, there)} == client.ids(origin)
        assert api.error("pull", repoid=there) == f"Unable to pull changes from `{there}`"


@ALIASES
@pytest.mark.usefixtures("origin")
def test_credentials_of_an_address_that_is_given_are_kept_nowhere(server, http_remote, alias, name):
    http_remote.credentials = ("mirror", OTHER_PASSWORD)
    uri = http_remote.url(name).replace("//", f"//mirror:{OTHER_PASSWORD}@")
    server.api.create_repo(repo_name=name, repo_type=alias)
    assert server.api.pull(repoid=name, clone_uri=uri) == f"Pulled from `{name}`"
    http_remote.credentials = ("mirror", "another")
    answer = server.api.error("pull", repoid=name, clone_uri=uri)
    assert answer == f"Unable to pull changes from `{name}`"
    assert OTHER_PASSWORD not in server.log
    stored = b"".join(path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file())
    assert OTHER_PASSWORD.encode() not in stored


@ALIASES
@pytest.mark.usefixtures("origin")
def test_credentials_of_the_address_are_used_and_kept_secret(server, http_remote, alias, name):
    http_remote.credentials = ("mirror", PASSWORD)
    uri = http_remote.url(name).replace("//", f"//mirror:{PASSWORD}@")
    server.api.create_repo(repo_name=name, repo_type=alias, clone_uri=uri)
    masked = uri.replace(PASSWORD, "*****")
    server.api.update_repo(repoid=name, clone_uri=masked)
    assert server.api.pull(repoid=name) == f"Pulled from `{name}`"
    assert PASSWORD not in server.log
    stored = b"".join(path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in stored


@ALIASES
@pytest.mark.usefixtures("origin")
def test_wrong_credentials_are_a_failure_that_leaves_nothing(server, http_remote, alias, name):
    http_remote.credentials = ("mirror", "another")
    uri = http_remote.url(name).replace("//", f"//mirror:{PASSWORD}@")
    answer = server.api.error("create_repo", repo_name=f"{name}/x", repo_type=alias, clone_uri=uri)
    assert answer == f"failed to create repository `{name}/x`"
    assert not (server.root / name).exists()
    assert list((server.root / ".tmp").iterdir()) == []
    assert PASSWORD not in server.log
    assert server.sound()


def refuse(http_remote, what, origin):
    """Let the remote server answer otherwise than it did."""
    if what == "nothing there":
        origin.rename(origin.with_name(f"{origin.name}-moved"))
    elif what == "a web page":
        http_remote.page = b"<html>Welcome</html>"
    elif what == "another host":
        http_remote.redirect = "http://example.invalid"
    else:
        http_remote.credentials = ("somebody", "else")


@pytest.mark.parametrize(
    ("alias", "what"),
    [("git", "nothing there"), ("hg", "a web page"), ("git", "another host"), ("hg", "a password")],
)
def test_a_pull_that_fails_leaves_the_repository_as_it_was(
    server, http_remote, clients, origin, alias, name, what
):
    api = server.api
    api.create_repo(repo_name=name, repo_type=alias, clone_uri=http_remote.url(name))
    before, ids = api.get_repo(repoid=name), clients[alias].ids(server.root / name)
    clients[alias].commit(origin, {"readme": "two\n"}, hour=13)
    refuse(http_remote, what, origin)
    assert api.error("pull", repoid=name) == f"Unable to pull changes from `{name}`"
    assert api.get_repo(repoid=name) == before
    assert clients[alias].ids(server.root / name) == ids
    assert clients[alias].problems(server.root / name) == ""


@ALIASES
@pytest.mark.usefixtures("origin")
def test_a_remote_of_another_type_is_refused(server, http_remote, alias, name):
    other = {"git": "hg", "hg": "git"}[alias]
    answer = server.api.error(
        "create_repo", repo_name=name, repo_type=other, clone_uri=http_remote.url(name)
    )
    assert answer == f"failed to create repository `{name}`"
    assert server.sound()


@ALIASES
@pytest.mark.usefixtures("origin")
def test_only_hosts_that_are_listed_may_be_private(server, http_remote, alias, name):
    seen = len(http_remote.requests)
    for host in ("127.0.0.2", "[::1]", "127.1"):
        answer = server.api.error(
            "create_repo", repo_name=name, repo_type=alias, clone_uri=http_remote.url(name, host)
        )
        assert answer == f"failed to create repository `{name}`"
    assert len(http_remote.requests) == seen


@pytest.mark.parametrize("alias", ["git"])
@pytest.mark.usefixtures("origin")
def test_a_mirror_s_fork_is_no_mirror(server, http_remote, alias, name):
    server.api.create_repo(repo_name=name, repo_type=alias, clone_uri=http_remote.url(name))
    server.api.fork_repo(repoid=name, fork_name=f"{name}-fork")
    text_ = f"Unable to pull changes from `{name}-fork`"
    assert server.api.error("pull", repoid=f"{name}-fork") == text_
    assert tip(server, f"{name}-fork") == tip(server, name)
