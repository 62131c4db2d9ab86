"""kallithea-host: the names a plugin may import, and no others.

Everything a plugin needs to declare methods, permission checks, VCS backends and commands is
here; modules below this package may change between versions. ``schema`` holds the shared tables.
"""

from kallithea_host import schema
from kallithea_host.arguments import Ident, NewName
from kallithea_host.auth import Caller
from kallithea_host.errors import (
    ApiError,
    BadRequest,
    Busy,
    Conflict,
    Failed,
    Forbidden,
    NotAuthenticated,
    NotFound,
)
from kallithea_host.hookspecs import Event, Phase, hookimpl
from kallithea_host.jobs import Call, DbJob, Repository, ThenVcs, VcsJob
from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP, USER_GROUP, Kind, Level
from kallithea_host.methods import Methods
from kallithea_host.permissions import PermissionCheck
from kallithea_host.vcs import (
    EMPTY,
    NULL_ID,
    Backend,
    Changes,
    Changeset,
    Nodes,
    Program,
    Refs,
    Remote,
    Selection,
    UnknownBranch,
    UnknownPath,
    UnknownRevision,
    VcsError,
)

__all__ = [
    "EMPTY",
    "NULL_ID",
    "REPOSITORY",
    "REPOSITORY_GROUP",
    "USER_GROUP",
    "ApiError",
    "Backend",
    "BadRequest",
    "Busy",
    "Call",
    "Caller",
    "Changes",
    "Changeset",
    "Conflict",
    "DbJob",
    "Event",
    "Failed",
    "Forbidden",
    "Ident",
    "Kind",
    "Level",
    "Methods",
    "NewName",
    "Nodes",
    "NotAuthenticated",
    "NotFound",
    "PermissionCheck",
    "Phase",
    "Program",
    "Refs",
    "Remote",
    "Repository",
    "Selection",
    "ThenVcs",
    "UnknownBranch",
    "UnknownPath",
    "UnknownRevision",
    "VcsError",
    "VcsJob",
    "hookimpl",
    "schema",
]
