"""What a new user does, from an empty folder on, with nothing but ``curl``."""

import json
import subprocess

import pytest

from tests.acceptance.daemon import Daemon, wait_for
from tests.remotes import serve

ALIASES = pytest.mark.parametrize("alias", ["hg", "git"])


class Refused(Exception):
    """The server has answered with an error."""


class Person:
    """Somebody who has a key and ``curl``."""

    def __init__(self, url, key):
        self.url, self.key = url, key

    def __getattr__(self, method):
        return lambda **args: self.call(method, args)

    def call(self, method, args):
        body = json.dumps({"id": 1, "api_key": self.key, "method": method, "args": args})
        answer = curl(self.url, "--data-binary", body)
        if answer["error"] is not None:
            raise Refused(answer["error"])
        return answer["result"]

    def refused(self, method, **args):
        with pytest.raises(Refused) as refused:
            self.call(method, args)
        return str(refused.value)

    def sees(self, repository):
        """Whether a repository exists for this person."""
        if repository in {each["repo_name"] for each in self.get_repos()}:
            return self.get_repo(repoid=repository)["repo_name"] == repository
        refusal = self.refused("get_repo", repoid=repository)
        assert refusal == f"repository `{repository}` does not exist"
        return False


def curl(*arguments):
    done = subprocess.run(["curl", "-sS", *arguments], capture_output=True, check=True)
    return json.loads(done.stdout)


class Place:
    """A server, its people, and a remote server with a repository of each type."""

    def __init__(self, daemon, remote, clients):
        self.daemon, self.remote, self.clients = daemon, remote, clients
        self.url = f"http://127.0.0.1:{daemon.port}/_admin/api"
        self.admin = self.person("admin")
        self.admin.create_user(username="alice", email="alice@example.org", password="a secret")
        self.admin.create_user(username="bob", email="bob@example.org")
        self.admin.create_user_group(group_name="reviewers")
        self.admin.add_user_to_user_group(usergroupid="reviewers", userid="bob")
        self.alice, self.bob = self.person("alice"), self.person("bob")

    def person(self, name):
        """The person whose key the operator's program shows."""
        status, key = self.daemon.operate_here("key", "show", name)
        assert status == 0
        return Person(self.url, key.strip())

    def origin(self, alias, name):
        """A remote repository with two changesets, one of them on the branch ``side``."""
        client, path = self.clients[alias], self.remote.root / name
        client.init(path)
        first = client.commit(path, {"readme": "one\n", "source/main": "two\n"}, hour=10)
        client.commit(path, {"more": "three\n"}, branch="side", parent=first, hour=11)
        return path

    def sound(self, *repositories):
        """Whether the server and the real clients find nothing wrong."""
        for name in repositories:
            path = self.daemon.root / name
            alias = "hg" if (path / ".hg").is_dir() else "git"
            assert self.clients[alias].problems(path) == ""
        return self.daemon.sound()


@pytest.fixture(scope="module")
def place(tmp_path_factory, clients, hg_server):
    """A server that was started in an empty folder."""
    daemon = Daemon(tmp_path_factory.mktemp("story"))
    try:
        with serve(*hg_server) as remote:
            yield Place(daemon.start(), remote, clients)
    finally:
        daemon.close()


@pytest.fixture
def private(place, name):
    """A private repository of the administrator's."""
    place.admin.create_repo(repo_name=name, repo_type="hg", private=True)
    return name


def test_the_printed_line_answers(place):
    wait_for(lambda: "curl" in place.daemon.log, "the line to paste")
    line = next(line for line in place.daemon.log.splitlines() if line.startswith("  curl "))
    printed = subprocess.run(line, shell=True, capture_output=True, check=True, cwd="/").stdout
    assert json.loads(printed)["result"]["username"] == "admin"


def test_two_users_and_a_group(place):
    users = {user["username"]: user["email"] for user in place.admin.get_users()}
    assert users["alice"] == "alice@example.org"
    assert users["bob"] == "bob@example.org"
    group = place.admin.get_user_group(usergroupid="reviewers")
    assert [member["username"] for member in group["members"]] == ["bob"]
    assert place.alice.get_user()["username"] == "alice"


@ALIASES
def test_a_repository_in_nested_groups(place, name, alias):
    repository = f"{name}/inner/repository"
    made = place.admin.create_repo(repo_name=repository, repo_type=alias, description="a first one")
    assert made["msg"] == f"Created new repository `{repository}`"
    assert made["repo"]["repo_type"] == alias
    assert place.alice.get_repo(repoid=repository)["description"] == "a first one"
    assert place.sound(repository)


@ALIASES
def test_a_mirror_of_a_remote_repository_that_grows(place, name, alias):
    origin = place.origin(alias, name)
    place.admin.create_repo(repo_name=name, repo_type=alias, clone_uri=place.remote.url(name))
    assert place.clients[alias].ids(place.daemon.root / name) == place.clients[alias].ids(origin)
    grown = place.clients[alias].commit(origin, {"readme": "four\n"}, message="grown", hour=13)
    assert place.admin.pull(repoid=name) == f"Pulled from `{name}`"
    last = place.alice.get_repo(repoid=name)["last_changeset"]
    assert (last["raw_id"], last["message"]) == (grown, "grown")
    assert place.clients[alias].ids(place.daemon.root / name) == place.clients[alias].ids(origin)
    assert place.sound(name)


@ALIASES
def test_nodes_at_a_branch_and_at_a_hash(place, name, alias):
    origin = place.origin(alias, name)
    third = place.clients[alias].commit(origin, {"source/new": "x"}, hour=12)
    place.admin.create_repo(repo_name=name, repo_type=alias, clone_uri=place.remote.url(name))

    def nodes(revision, root_path="/", **more):
        found = place.alice.get_repo_nodes(
            repoid=name, revision=revision, root_path=root_path, **more
        )
        return [(node["name"], node["type"]) for node in found]

    assert set(nodes("side", ret_type="files")) == {
        ("more", "file"),
        ("readme", "file"),
        ("source/main", "file"),
    }
    assert set(nodes(third)) == {
        ("readme", "file"),
        ("source", "dir"),
        ("source/main", "file"),
        ("source/new", "file"),
    }
    assert nodes(third, "source", ret_type="files") == [
        ("source/main", "file"),
        ("source/new", "file"),
    ]


def test_what_is_granted_to_a_user_holds_until_it_is_revoked(place, private):
    assert not place.alice.sees(private)
    place.admin.grant_user_permission(repoid=private, userid="alice", perm="repository.read")
    assert place.alice.sees(private)
    refusal = place.alice.refused("invalidate_cache", repoid=private)
    assert refusal == f"repository `{private}` does not exist"
    place.admin.grant_user_permission(repoid=private, userid="alice", perm="repository.write")
    assert place.alice.invalidate_cache(repoid=private) == f"Caches of repository `{private}`"
    place.admin.revoke_user_permission(repoid=private, userid="alice")
    assert not place.alice.sees(private)
    assert place.admin.sees(private)


def test_what_is_granted_to_a_group_holds_for_its_members(place, private):
    grant = {"repoid": private, "usergroupid": "reviewers"}
    place.admin.grant_user_group_permission(**grant, perm="repository.read")
    assert place.bob.sees(private)
    assert not place.alice.sees(private)
    place.admin.add_user_to_user_group(usergroupid="reviewers", userid="alice")
    assert place.alice.sees(private)
    place.admin.remove_user_from_user_group(usergroupid="reviewers", userid="alice")
    assert not place.alice.sees(private)
    place.admin.revoke_user_group_permission(**grant)
    assert not place.bob.sees(private)


@ALIASES
def test_a_fork_belongs_to_who_made_it(place, name, alias):
    origin = place.origin(alias, name)
    place.admin.create_repo(repo_name=name, repo_type=alias, clone_uri=place.remote.url(name))
    fork = f"{name}-fork"
    made = place.alice.fork_repo(repoid=name, fork_name=fork)
    assert made["msg"] == f"Created fork of `{name}` as `{fork}`"
    seen = place.bob.get_repo(repoid=fork)
    assert (seen["owner"], seen["fork_of"]) == ("alice", name)
    assert place.clients[alias].ids(place.daemon.root / fork) == place.clients[alias].ids(origin)
    assert place.sound(name, fork)


def test_a_lock_is_seen_by_others(place, private):
    for person in ("alice", "bob"):
        place.admin.grant_user_permission(repoid=private, userid=person, perm="repository.write")
    assert place.alice.lock(repoid=private, locked=True)["lock_state_changed"] is True
    seen = place.bob.lock(repoid=private)
    assert (seen["locked"], seen["locked_by"]) == (True, "alice")
    assert place.bob.get_repo(repoid=private)["locked_by"] == "alice"
    place.alice.lock(repoid=private, locked=False)
    assert place.bob.lock(repoid=private)["locked"] is False


@ALIASES
def test_a_repository_is_renamed_and_moved(place, name, alias):
    place.admin.create_repo(repo_name=f"{name}/group/other", repo_type=alias)
    place.admin.create_repo(repo_name=name + "-old", repo_type=alias)
    place.admin.update_repo(repoid=name + "-old", name=name + "-new")
    assert place.alice.sees(name + "-new")
    assert not place.alice.sees(name + "-old")
    moved = f"{name}/group/{name}-new"
    answer = place.admin.update_repo(repoid=name + "-new", group=f"{name}/group")
    assert answer["repository"]["repo_name"] == moved
    assert place.alice.sees(moved)
    assert not place.alice.sees(name + "-new")
    assert place.sound(moved)


@ALIASES
def test_deleted_alone_or_with_its_forks_and_brought_back(place, name, alias):
    place.origin(alias, name)
    place.admin.create_repo(repo_name=name, repo_type=alias, clone_uri=place.remote.url(name))
    place.alice.fork_repo(repoid=name, fork_name=f"{name}-fork")
    place.bob.fork_repo(repoid=f"{name}-fork", fork_name=f"{name}-second")
    refusal = place.admin.refused("delete_repo", repoid=name)
    assert refusal == f"Cannot delete `{name}` it still contains attached forks"
    deleted = place.admin.delete_repo(repoid=name, forks="detach")
    assert deleted["msg"] == f"Deleted repository `{name}`"
    assert not place.admin.sees(name)
    assert place.admin.get_repo(repoid=f"{name}-fork")["fork_of"] is None
    place.admin.delete_repo(repoid=f"{name}-fork", forks="delete")
    assert not place.bob.sees(f"{name}-second")
    for entry, repository in reversed(trashed(place, name)):
        restored = place.daemon.operate("trash", "restore", entry)
        assert restored == (0, f"restored {repository}\n")
    seen = {each: place.bob.get_repo(repoid=each) for each in (name, f"{name}-fork")}
    assert seen[f"{name}-fork"]["fork_of"] == name
    assert seen[f"{name}-fork"]["owner"] == "alice"
    assert place.bob.get_repo(repoid=f"{name}-second")["fork_of"] == f"{name}-fork"
    assert place.sound(name, f"{name}-fork", f"{name}-second")


def trashed(place, name):
    """The entries of the trash of repositories whose names begin so, oldest first."""
    _, lines = place.daemon.operate("trash", "list")
    rows = [line.split("\t") for line in lines.splitlines()]
    return [(row[0], row[3]) for row in rows if row[3].startswith(name)]


@ALIASES
def test_a_repository_copied_in_by_hand_is_found(place, name, alias):
    client, path = place.clients[alias], place.daemon.root / name / "by-hand"
    path.parent.mkdir()
    client.init(path)
    newest = client.commit(path, {"readme": "one\n"})
    assert place.admin.rescan_repos()["added"] == [f"{name}/by-hand"]
    found = place.alice.get_repo(repoid=f"{name}/by-hand")
    assert (found["repo_type"], found["owner"]) == (alias, "admin")
    assert found["last_changeset"]["raw_id"] == newest
    assert place.sound(f"{name}/by-hand")
