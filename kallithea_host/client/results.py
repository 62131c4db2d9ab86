"""The objects in results.

Written by ``make clients``: what is changed here is lost.
"""

from typing import Any, Literal, NotRequired, TypedDict


class Network(TypedDict):
    """A network that a user may call from."""

    ip_addr: str
    """As it is stored: 10.0.0.0/24."""
    ip_range: list[str]
    """Its first and its last address."""


class Addresses(TypedDict):
    """The address of the call, and what a user may call from."""

    ip_addr_server: str
    """The client's address as the server sees it."""
    server_ip_addr: str
    """The same."""
    user_ips: list[Network]


class Author(TypedDict):
    """The author of a changeset."""

    name: str
    email: str


class Changeset(TypedDict):
    """A changeset."""

    short_id: str
    """The first twelve digits of the hash."""
    raw_id: str
    """The whole hash."""
    revision: int
    """The number in this repository; -1: there are no changesets."""
    message: str
    date: str
    """A moment in UTC: ISO 8601, without a zone."""
    author: str
    """Name <mail>"""


class ChangesetDetails(TypedDict):
    """A changeset, with what it did to files."""

    short_id: str
    """The first twelve digits of the hash."""
    raw_id: str
    """The whole hash."""
    revision: int
    """The number in this repository; -1: there are no changesets."""
    message: str
    date: str
    """A moment in UTC: ISO 8601, without a zone."""
    author: Author
    added: list[str]
    """Paths, compared with the first parent."""
    changed: list[str]
    """Paths, compared with the first parent."""
    removed: list[str]
    """Paths, compared with the first parent."""
    reviews: NotRequired[list[Any]]
    """An empty array: this server keeps none."""


class Done(TypedDict):
    """What was done, in a sentence, and whether it changed anything."""

    msg: str
    success: bool


class LoadedPlugin(TypedDict):
    """A plugin that takes part."""

    name: str
    distribution: str
    version: str
    methods: list[str]
    """The names of its methods."""


class LockState(TypedDict):
    """The lock of a repository."""

    msg: str
    repo: str
    """The full name."""
    locked: bool
    locked_since: float | None
    locked_by: str | None
    """A user name."""
    lock_state_changed: bool


class LoggedChangeset(TypedDict):
    """A changeset; what it did to files only ``with_file_list``."""

    short_id: str
    """The first twelve digits of the hash."""
    raw_id: str
    """The whole hash."""
    revision: int
    """The number in this repository; -1: there are no changesets."""
    message: str
    date: str
    """A moment in UTC: ISO 8601, without a zone."""
    author: str
    """Name <mail>"""
    added: NotRequired[list[str]]
    """Paths, compared with the first parent."""
    changed: NotRequired[list[str]]
    """Paths, compared with the first parent."""
    removed: NotRequired[list[str]]
    """Paths, compared with the first parent."""


class Node(TypedDict):
    """A file or a directory."""

    name: str
    """The whole path."""
    type: Literal["file", "dir"]


Permissions = TypedDict(
    "Permissions",
    {
        "global": list[str],
        "repositories": dict[str, str],
        "repositories_groups": dict[str, str],
        "user_groups": dict[str, str],
    },
)


class Renewed(TypedDict):
    """What was done, in a sentence, and to which repository."""

    msg: str
    repository: str
    """The full name."""


class User(TypedDict):
    """A user; what is not required is told to administrators and to the user himself."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str | None
    """The primary address."""
    emails: list[str]
    """All addresses, the primary one first."""
    active: bool
    admin: bool
    extern_type: str
    """Who authenticates the user."""
    extern_name: str
    ldap_dn: str | None
    """The same as extern_name, when extern_type is ldap."""
    last_login: NotRequired[str | None]
    ip_addresses: NotRequired[list[str]]
    """Networks the user may call from."""
    api_key: NotRequired[str]


class Repository(TypedDict):
    """A repository."""

    repo_id: int
    repo_name: str
    """The full name."""
    repo_type: str
    clone_uri: str | None
    """Its password is masked for all but its administrators."""
    private: bool
    created_on: str
    """A moment in UTC: ISO 8601, without a zone."""
    description: str
    landing_rev: str | list[str]
    owner: str
    """A user name."""
    fork_of: str | None
    """The parent, if the caller may see it."""
    enable_statistics: bool
    enable_downloads: bool
    enable_locking: bool
    last_changeset: Changeset
    locked_by: str | User | None
    locked_date: float | str | None


class RepositoryCreated(TypedDict):
    """What was done, in a sentence, and the new repository."""

    msg: str
    success: bool
    task: None
    repo: Repository


class UserGroupMember(TypedDict):
    """A user group that was granted something."""

    name: str
    type: Literal["users_group", "user_group"]
    id: int
    active: bool
    permission: str


class UserMember(TypedDict):
    """A user who was granted something."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str | None
    """The primary address."""
    emails: list[str]
    """All addresses, the primary one first."""
    active: bool
    admin: bool
    extern_type: str
    """Who authenticates the user."""
    extern_name: str
    ldap_dn: str | None
    """The same as extern_name, when extern_type is ldap."""
    last_login: NotRequired[str | None]
    ip_addresses: NotRequired[list[str]]
    """Networks the user may call from."""
    api_key: NotRequired[str]
    name: str
    """The user name."""
    type: Literal["user"]
    permission: str


class RepositoryDetails(TypedDict):
    """A repository, with who was granted what on it and who follows it."""

    repo_id: int
    repo_name: str
    """The full name."""
    repo_type: str
    clone_uri: str | None
    """Its password is masked for all but its administrators."""
    private: bool
    created_on: str
    """A moment in UTC: ISO 8601, without a zone."""
    description: str
    landing_rev: str | list[str]
    owner: str
    """A user name."""
    fork_of: str | None
    """The parent, if the caller may see it."""
    enable_statistics: bool
    enable_downloads: bool
    enable_locking: bool
    last_changeset: Changeset
    locked_by: str | User | None
    locked_date: float | str | None
    members: list[UserMember | UserGroupMember]
    """Users, default first; then user groups."""
    followers: list[User]
    tags: NotRequired[dict[str, str]]
    """Full hashes by name."""
    branches: NotRequired[dict[str, str]]
    """Full hashes by name."""
    bookmarks: NotRequired[dict[str, str]]
    """Full hashes by name."""
    pull_requests: NotRequired[list[Any]]
    """An empty array: this server keeps none."""


class RepositoryGroup(TypedDict):
    """A repository group."""

    group_id: int
    group_name: str
    """The full name."""
    group_description: str
    parent_group: str | None
    """The full name."""
    repositories: list[str]
    """The full names of those directly in it."""
    owner: str
    """A user name."""


class RepositoryGroupDeleted(TypedDict):
    """What was done, in a sentence."""

    msg: str
    repo_group: None


class RepositoryGroupDetails(TypedDict):
    """A repository group, with who was granted what on it."""

    group_id: int
    group_name: str
    """The full name."""
    group_description: str
    parent_group: str | None
    """The full name."""
    repositories: list[str]
    """The full names of those directly in it."""
    owner: str
    """A user name."""
    members: list[UserMember | UserGroupMember]
    """Users, default first; then user groups."""


class RepositoryGroupTold(TypedDict):
    """What was done, in a sentence, and the repository group as it is now."""

    msg: str
    repo_group: RepositoryGroup


class RepositoryMade(TypedDict):
    """What was done, in a sentence."""

    msg: str
    success: bool
    task: None


class RepositoryTold(TypedDict):
    """What was done, in a sentence, and the repository as it is now."""

    msg: str
    repository: Repository


class Rescanned(TypedDict):
    """Names of repositories."""

    added: list[str]
    removed: list[str]
    """Missing on disk, whether they are removed or not."""


class ServerInfo(TypedDict):
    """What the server is made of."""

    modules: list[list[str]]
    """Installed distributions: name and version."""
    py_version: str
    platform: str
    kallithea_version: str
    """The version of this server."""
    git_version: str
    """Empty: there is no git program."""
    git_path: str
    plugins: list[LoadedPlugin]


class UserDeleted(TypedDict):
    """What was done, in a sentence."""

    msg: str
    user: None


class UserDetails(TypedDict):
    """A user, with the permissions in force for him."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: str | None
    """The primary address."""
    emails: list[str]
    """All addresses, the primary one first."""
    active: bool
    admin: bool
    extern_type: str
    """Who authenticates the user."""
    extern_name: str
    ldap_dn: str | None
    """The same as extern_name, when extern_type is ldap."""
    last_login: NotRequired[str | None]
    ip_addresses: NotRequired[list[str]]
    """Networks the user may call from."""
    api_key: NotRequired[str]
    permissions: Permissions


class UserGroup(TypedDict):
    """A user group with its members."""

    users_group_id: int
    group_name: str
    group_description: str
    active: bool
    owner: str
    """A user name."""
    members: list[User]


class UserGroupCreated(TypedDict):
    """What was done, in a sentence, and the new user group, twice."""

    msg: str
    user_group: UserGroup
    users_group: UserGroup


class UserGroupDeleted(TypedDict):
    """What was done, in a sentence."""

    msg: str
    user_group: None


class UserGroupTold(TypedDict):
    """What was done, in a sentence, and the user group as it is now."""

    msg: str
    user_group: UserGroup


class UserTold(TypedDict):
    """What was done, in a sentence, and the user as he is now."""

    msg: str
    user: User
