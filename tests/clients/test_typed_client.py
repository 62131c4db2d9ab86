"""A client whose classes were written for Kallithea 0.7, in a language that knows types.

It sends an id as text and wants that text back, ``args`` null where there are none, null for every
option that is not set, ids of objects as text, and its body in chunks. A number that comes as text,
or a null where a class has none, is the end of it: the classes below are decoded strictly.
"""

import uuid
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec
import pytest
from msgspec import Struct

from kallithea_host import schema
from tests.vcs.clients import GitClient

T = TypeVar("T")


class Reply(Struct, Generic[T]):
    id: str
    result: T | None
    error: str | None


class User(Struct):
    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str | None
    emails: list[str]
    active: bool
    admin: bool


class Permissions(Struct):
    global_: list[str] = msgspec.field(name="global")
    repositories: dict[str, str]
    repositories_groups: dict[str, str]
    user_groups: dict[str, str]


class UserDetails(User):
    permissions: Permissions


class UserGroup(Struct):
    users_group_id: int
    group_name: str
    group_description: str
    active: bool
    owner: str
    members: list[User]


class Changeset(Struct):
    short_id: str
    raw_id: str
    revision: int
    message: str
    date: datetime
    author: str


class Repository(Struct):
    repo_id: int
    repo_name: str
    repo_type: str
    clone_uri: str | None
    private: bool
    created_on: datetime
    description: str
    landing_rev: tuple[str, str]
    owner: str
    fork_of: str | None
    enable_statistics: bool
    enable_downloads: bool
    last_changeset: Changeset


class Member(Struct):
    name: str
    type: Literal["user", "user_group"]
    permission: str


class RepositoryDetails(Repository):
    members: list[Member]
    followers: list[User]


class Named(RepositoryDetails):
    tags: dict[str, str]
    branches: dict[str, str]
    bookmarks: dict[str, str]


class RepositoryGroup(Struct):
    group_id: int
    group_name: str
    group_description: str
    parent_group: str | None
    repositories: list[str]
    owner: str


class RepositoryGroupDetails(RepositoryGroup):
    members: list[Member]


class Author(Struct):
    name: str
    email: str


class LoggedChangeset(Changeset):
    added: list[str]
    changed: list[str]
    removed: list[str]


class ChangesetDetails(Struct):
    short_id: str
    raw_id: str
    revision: int
    message: str
    date: datetime
    author: Author
    added: list[str]
    changed: list[str]
    removed: list[str]


class ServerInfo(Struct):
    modules: list[tuple[str, str]]
    py_version: str
    platform: str
    kallithea_version: str
    git_version: str
    git_path: str


class Node(Struct):
    name: str
    type: Literal["file", "dir"]


class Network(Struct):
    ip_addr: str
    ip_range: tuple[str, str]


class Addresses(Struct):
    server_ip_addr: str
    user_ips: list[Network]


class Told(Struct):
    msg: str


class Done(Told):
    success: bool


class UserTold(Told):
    user: User | None


class UserGroupTold(Told):
    user_group: UserGroup


class RepositoryTold(Told):
    repository: Repository


class RepositoryGroupTold(Told):
    repo_group: RepositoryGroup | None


class Renewed(Told):
    repository: str


class Rescanned(Struct):
    added: list[str]
    removed: list[str]


HEAD = (
    "POST /_admin/api HTTP/1.1\r\n"
    "Host: localhost:5000\r\n"
    "Transfer-Encoding: chunked\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "\r\n"
)


class TypedClient:
    """Calls methods and reads each result as a class."""

    def __init__(self, api):
        self._api = api

    def __call__(self, kind, method, **args):
        request_id = str(uuid.uuid4())
        call = {"id": request_id, "api_key": self._api._key, "method": method, "args": args or None}
        answer = self._api.exchange(HEAD.encode() + chunked(msgspec.json.encode(call)))
        assert answer.status // 100 == 2
        reply = msgspec.json.decode(answer.body, type=Reply[kind], strict=True)
        assert (reply.id, reply.error) == (request_id, None)
        return reply.result


def chunked(body, size=64):
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


@pytest.fixture
def ask(api):
    return TypedClient(api)


NEW_USER: dict[str, Any] = dict.fromkeys(
    ["password", "firstname", "lastname", "active", "admin", "extern_type", "extern_name"]
)
NEW_REPOSITORY: dict[str, Any] = dict.fromkeys(
    [
        "owner", "description", "private", "clone_uri", "landing_rev", "enable_statistics",
        "enable_downloads", "copy_permissions",
    ]
)  # fmt: skip
CHANGED_REPOSITORY: dict[str, Any] = dict.fromkeys(
    [
        "name", "owner", "group", "description", "private", "clone_uri", "landing_rev",
        "enable_statistics", "enable_downloads",
    ]
)  # fmt: skip


def test_methods_without_arguments(ask, world):
    world.user("bob")
    world.user_group("team", 2)
    world.repository("team/repo")
    assert [user.username for user in ask(list[User], "get_users")] == ["admin", "bob"]
    (group,) = ask(list[UserGroup], "get_user_groups")
    assert [member.username for member in group.members] == ["admin"]
    (repository,) = ask(list[Repository], "get_repos")
    assert repository.last_changeset.raw_id == "0" * 40


def test_users(ask):
    made = ask(UserTold, "create_user", username="bob", email="B@example.org", **NEW_USER).user
    assert (made.firstname, made.lastname, made.emails) == ("", "", ["b@example.org"])
    assert (made.active, made.admin) == (True, False)
    userid = str(made.user_id)
    unset = dict.fromkeys(["username", "email", *NEW_USER])
    changed = ask(UserTold, "update_user", userid=userid, **unset | {"active": False}).user
    assert changed == msgspec.structs.replace(made, active=False)
    details = ask(UserDetails, "get_user", userid=userid)
    assert details.username == "bob"
    assert "repository.read" in details.permissions.global_
    assert ask(UserTold, "delete_user", userid=userid).user is None


def test_a_user_without_an_address_has_an_empty_list(ask):
    made = ask(UserTold, "create_user", username="bob", email=None, **NEW_USER).user
    assert (made.email, made.emails) == (None, [])


def test_oneself_is_meant_where_nobody_is_named(ask):
    assert ask(UserDetails, "get_user", userid=None).username == "admin"
    assert ask(Addresses, "get_ip", userid=None).server_ip_addr == "127.0.0.1"


def test_addresses_are_pairs(ask, world):
    world.add(schema.user_addresses, user_id=2, network="127.0.0.0/24")
    (network,) = ask(Addresses, "get_ip", userid="2").user_ips
    assert network == Network("127.0.0.0/24", ("127.0.0.0", "127.0.0.255"))


def test_user_groups(ask, bob):
    unset = dict.fromkeys(["description", "owner", "active"])
    made = ask(UserGroupTold, "create_user_group", group_name="team", **unset).user_group
    assert (made.group_description, made.active, made.members) == ("", True, [])
    ids = {"usergroupid": str(made.users_group_id), "userid": str(bob)}
    assert ask(Done, "add_user_to_user_group", **ids).success is True
    assert ask(Done, "add_user_to_user_group", **ids).success is False
    (member,) = ask(UserGroup, "get_user_group", usergroupid=ids["usergroupid"]).members
    assert member.user_id == bob
    assert ask(Done, "remove_user_from_user_group", **ids).success is True


def test_a_repository_that_is_empty(ask):
    new = NEW_REPOSITORY | {"repo_name": "repo", "repo_type": "git"}
    assert ask(Done, "create_repo", **new).success is True
    details = ask(RepositoryDetails, "get_repo", repoid="1")
    assert details.landing_rev == ("rev", "tip")
    assert (details.private, details.enable_statistics, details.clone_uri) == (False, False, None)
    assert details.last_changeset == Changeset(
        "0" * 12,
        "0" * 40,
        -1,
        "",
        datetime.fromisoformat("1970-01-01T00:00:00"),
        "",
    )
    assert [follower.username for follower in details.followers] == ["admin"]
    assert ask(Renewed, "invalidate_cache", repoid="1").repository == "repo"


def test_a_repository_with_changesets(ask, host):
    ask(Done, "create_repo", **NEW_REPOSITORY | {"repo_name": "repo", "repo_type": "git"})
    path = host.settings.repositories / "repo"
    raw_id = GitClient().commit(path, {"docs/a": "1", "b": "2"}, message="one\ntwo")
    ask(Renewed, "invalidate_cache", repoid="1")
    unset = {"with_revision_names": None, "with_pullrequests": None}
    tip = ask(RepositoryDetails, "get_repo", repoid="1", **unset).last_changeset
    assert (tip.raw_id, tip.revision, tip.message) == (raw_id, 0, "one\ntwo")
    nodes = {"repoid": "1", "revision": "tip", "root_path": "/", "ret_type": None}
    found = [(node.type, node.name) for node in ask(list[Node], "get_repo_nodes", **nodes)]
    assert found == [("dir", "docs"), ("file", "b"), ("file", "docs/a")]


def test_the_history_of_a_repository(ask, host):
    ask(Done, "create_repo", **NEW_REPOSITORY | {"repo_name": "repo", "repo_type": "git"})
    git, path = GitClient(), host.settings.repositories / "repo"
    raw_ids = [git.commit(path, {"a": "1"}), git.commit(path, {"a": "2", "b": "1"}, hour=13)]
    unset = dict.fromkeys(
        ["start", "end", "start_date", "end_date", "branch_name", "reverse", "max_revisions"]
    )
    log = ask(list[LoggedChangeset], "get_changesets", repoid="1", with_file_list=True, **unset)
    assert [(each.raw_id, each.added, each.changed) for each in log] == [
        (raw_ids[0], ["a"], []),
        (raw_ids[1], ["b"], ["a"]),
    ]
    bare = ask(list[Changeset], "get_changesets", repoid="1", with_file_list=None, **unset)
    assert [each.revision for each in bare] == [0, 1]
    last = {"repoid": "1", "raw_id": raw_ids[1]}
    details = ask(ChangesetDetails, "get_changeset", **last, with_reviews=None)
    assert (details.raw_id, details.added, details.removed) == (raw_ids[1], ["b"], [])
    assert (details.author.name, details.author.email) == ("Žofie Nováková", "zofie@example.org")
    names = {"with_revision_names": True, "with_pullrequests": None}
    assert ask(Named, "get_repo", repoid="1", **names).branches == {"main": raw_ids[1]}


def test_repository_groups(ask):
    unset = dict.fromkeys(["description", "owner", "copy_permissions"])
    top = {"group_name": "top", "parent": None} | unset
    assert ask(RepositoryGroupTold, "create_repo_group", **top).repo_group.parent_group is None
    made = ask(
        RepositoryGroupTold, "create_repo_group", group_name="sub", parent="top", **unset
    ).repo_group
    assert (made.group_name, made.parent_group, made.repositories) == ("top/sub", "top", [])
    on = {"repogroupid": str(made.group_id)}
    (member, *_) = ask(RepositoryGroupDetails, "get_repo_group", **on).members
    assert member.permission.startswith("group.")
    assert len(ask(list[RepositoryGroup], "get_repo_groups")) == 2
    assert ask(RepositoryGroupTold, "delete_repo_group", **on).repo_group is None


def test_locks(ask, world):
    world.repository("repo")
    assert ask(list[Repository], "get_locks", userid=None) == []


def test_the_server(ask):
    info = ask(ServerInfo, "get_server_info")
    assert "kallithea-host" in dict(info.modules)


def test_members_are_users_and_user_groups(ask, world, bob):
    repo_id, group_id = world.repository("team/repo"), world.user_group("team")
    world.grant("repository.none", repo_id, user_id=1)
    on = {"repoid": str(repo_id)}
    user = on | {"userid": str(bob)}
    group = on | {"usergroupid": str(group_id)}
    assert ask(Done, "grant_user_permission", **user, perm="repository.write").success
    assert ask(Done, "grant_user_group_permission", **group, perm="repository.read").success
    members = ask(RepositoryDetails, "get_repo", **on).members
    assert members == [
        Member("default", "user", "repository.none"),
        Member("bob", "user", "repository.write"),
        Member("team", "user_group", "repository.read"),
    ]
    assert ask(Done, "revoke_user_permission", **user).success
    assert ask(Done, "revoke_user_group_permission", **group).success


def test_changing_a_repository(ask, world):
    world.repository("team/repo")
    told = ask(RepositoryTold, "update_repo", repoid="1", **CHANGED_REPOSITORY)
    assert told.msg == "updated repo ID:1 team/repo"
    change = CHANGED_REPOSITORY | {"landing_rev": "branch:stable", "private": True}
    changed = ask(RepositoryTold, "update_repo", repoid="1", **change).repository
    assert (changed.landing_rev, changed.private) == (("branch", "stable"), True)


def test_forks(ask):
    ask(Done, "create_repo", **NEW_REPOSITORY | {"repo_name": "repo", "repo_type": "git"})
    unset = dict.fromkeys(["owner", "description", "copy_permissions", "private", "landing_rev"])
    assert ask(Done, "fork_repo", repoid="1", fork_name="fork", **unset).success
    assert ask(RepositoryDetails, "get_repo", repoid="fork").fork_of == "repo"
    assert ask(Done, "delete_repo", repoid="fork", forks=None).msg == "Deleted repository `fork`"
    gone = ask(Done, "delete_repo", repoid="1", forks="detach")
    assert gone.msg == "Deleted repository `repo` Detached 0 forks"


def test_a_rescan(ask):
    assert ask(Rescanned, "rescan_repos", remove_obsolete=None) == Rescanned([], [])


def test_an_error_is_text_and_the_result_null(api):
    call = {"id": "x", "api_key": api._key, "method": "get_repo", "args": {"repoid": "77"}}
    answer = api.exchange(HEAD.encode() + chunked(msgspec.json.encode(call)))
    assert answer.status == 200
    reply = msgspec.json.decode(answer.body, type=Reply[RepositoryDetails])
    assert reply == Reply("x", None, "repository `77` does not exist")
