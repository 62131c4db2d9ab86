"""kallithea-host: the names a plugin may import, and no others.

Everything a plugin needs to declare methods, permission checks, VCS backends and commands is
here; modules below this package may change between versions. ``schema`` holds the shared tables.

They are loaded when the first of them is asked for: the program ``kallithea-api`` asks for none and
starts without a database and without Twisted.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kallithea_host import schema
    from kallithea_host.arguments import Ident, NewName
    from kallithea_host.auth import Caller
    from kallithea_host.commands.operator import Operator
    from kallithea_host.config import Settings
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
    from kallithea_host.faults import Fault
    from kallithea_host.files import Export, File, FileKind, FileStat, Member
    from kallithea_host.hookspecs import Event, Phase, hookimpl
    from kallithea_host.jobs import Call, DbJob, Repository, ThenVcs, VcsJob
    from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP, USER_GROUP, Kind, Level
    from kallithea_host.methods import Methods
    from kallithea_host.options import option
    from kallithea_host.permissions import PermissionCheck
    from kallithea_host.replies import Body, Reply, Stream
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
    from kallithea_host.views import ViewCall, Views

__all__ = [
    "EMPTY",
    "NULL_ID",
    "REPOSITORY",
    "REPOSITORY_GROUP",
    "USER_GROUP",
    "ApiError",
    "Backend",
    "BadRequest",
    "Body",
    "Busy",
    "Call",
    "Caller",
    "Changes",
    "Changeset",
    "Conflict",
    "DbJob",
    "Event",
    "Export",
    "Failed",
    "Fault",
    "File",
    "FileKind",
    "FileStat",
    "Forbidden",
    "Ident",
    "Kind",
    "Level",
    "Member",
    "Methods",
    "NewName",
    "Nodes",
    "NotAuthenticated",
    "NotFound",
    "Operator",
    "PermissionCheck",
    "Phase",
    "Program",
    "Refs",
    "Remote",
    "Reply",
    "Repository",
    "Selection",
    "Settings",
    "Stream",
    "ThenVcs",
    "UnknownBranch",
    "UnknownPath",
    "UnknownRevision",
    "VcsError",
    "VcsJob",
    "ViewCall",
    "Views",
    "hookimpl",
    "option",
    "schema",
]

_MODULES: Final = (
    "arguments",
    "auth",
    "config",
    "errors",
    "faults",
    "files",
    "hookspecs",
    "jobs",
    "kinds",
    "methods",
    "options",
    "permissions",
    "replies",
    "vcs",
    "views",
    "commands.operator",
)
"""Where the names are found."""


def __getattr__(name: str) -> Any:
    """A name of ``__all__``, which Python asks for once."""
    if name == "schema":
        return import_module("kallithea_host.schema")
    for home in _MODULES if name in __all__ else ():
        module = import_module(f"kallithea_host.{home}")
        if hasattr(module, name):
            return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
