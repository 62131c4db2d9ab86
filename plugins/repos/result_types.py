"""The types of what the methods about repositories answer."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from kallithea_host.result_types import (
    Done,
    GroupMemberType,
    LandingRev,
    LockedBy,
    LockedDate,
    Moment,
    Seconds,
    Told,
    User,
)

NoneKept = Annotated[list[Any], "An empty array: this server keeps none."]
Paths = Annotated[list[str], "Paths, compared with the first parent."]
Hashes = Annotated[dict[str, str], "Full hashes by name."]


class Revision(TypedDict):
    """What every changeset object has."""

    short_id: Annotated[str, "The first twelve digits of the hash."]
    raw_id: Annotated[str, "The whole hash."]
    revision: Annotated[int, "The number in this repository; -1: there are no changesets."]
    message: str
    date: Moment


class Changeset(Revision):
    """A changeset."""

    author: Annotated[str, "Name <mail>"]


class LoggedChangeset(Changeset):
    """A changeset; what it did to files only ``with_file_list``."""

    added: NotRequired[Paths]
    changed: NotRequired[Paths]
    removed: NotRequired[Paths]


class Author(TypedDict):
    """The author of a changeset."""

    name: str
    email: str


class ChangesetDetails(Revision):
    """A changeset, with what it did to files."""

    author: Author
    added: Paths
    changed: Paths
    removed: Paths
    reviews: NotRequired[NoneKept]


class Repository(TypedDict):
    """A repository."""

    repo_id: int
    repo_name: Annotated[str, "The full name."]
    repo_type: str
    clone_uri: Annotated[str | None, "Its password is masked for all but its administrators."]
    private: bool
    created_on: Moment
    description: str
    landing_rev: LandingRev
    owner: Annotated[str, "A user name."]
    fork_of: Annotated[str | None, "The parent, if the caller may see it."]
    enable_statistics: bool
    enable_downloads: bool
    enable_locking: bool
    last_changeset: Changeset
    locked_by: LockedBy
    locked_date: LockedDate


class UserMember(User):
    """A user who was granted something."""

    name: Annotated[str, "The user name."]
    type: Literal["user"]
    permission: str


class UserGroupMember(TypedDict):
    """A user group that was granted something."""

    name: str
    type: GroupMemberType
    id: int
    active: bool
    permission: str


Members = Annotated[list[UserMember | UserGroupMember], "Users, default first; then user groups."]


class RepositoryDetails(Repository):
    """A repository, with who was granted what on it and who follows it."""

    members: Members
    followers: list[User]
    tags: NotRequired[Hashes]
    branches: NotRequired[Hashes]
    bookmarks: NotRequired[Hashes]
    pull_requests: NotRequired[NoneKept]


class Node(TypedDict):
    """A file or a directory."""

    name: Annotated[str, "The whole path."]
    type: Literal["file", "dir"]


class RepositoryTold(Told):
    """What was done, in a sentence, and the repository as it is now."""

    repository: Repository


class RepositoryMade(Done):
    """What was done, in a sentence."""

    task: None


class RepositoryCreated(RepositoryMade):
    """What was done, in a sentence, and the new repository."""

    repo: Repository


class Rescanned(TypedDict):
    """Names of repositories."""

    added: list[str]
    removed: Annotated[list[str], "Missing on disk, whether they are removed or not."]


class LockState(Told):
    """The lock of a repository."""

    repo: Annotated[str, "The full name."]
    locked: bool
    locked_since: Seconds | None
    locked_by: Annotated[str | None, "A user name."]
    lock_state_changed: bool


class RepositoryGroup(TypedDict):
    """A repository group."""

    group_id: int
    group_name: Annotated[str, "The full name."]
    group_description: str
    parent_group: Annotated[str | None, "The full name."]
    repositories: Annotated[list[str], "The full names of those directly in it."]
    owner: Annotated[str, "A user name."]


class RepositoryGroupDetails(RepositoryGroup):
    """A repository group, with who was granted what on it."""

    members: Members


class RepositoryGroupTold(Told):
    """What was done, in a sentence, and the repository group as it is now."""

    repo_group: RepositoryGroup


class RepositoryGroupDeleted(Told):
    """What was done, in a sentence."""

    repo_group: None


class LoadedPlugin(TypedDict):
    """A plugin that takes part."""

    name: str
    distribution: str
    version: str
    methods: Annotated[list[str], "The names of its methods."]


class ServerInfo(TypedDict):
    """What the server is made of."""

    modules: Annotated[list[list[str]], "Installed distributions: name and version."]
    py_version: str
    platform: str
    kallithea_version: Annotated[str, "The version of this server."]
    git_version: Annotated[str, "Empty: there is no git program."]
    git_path: str
    plugins: list[LoadedPlugin]
