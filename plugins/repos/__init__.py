"""Repositories: made, forked, read, changed, deleted, pulled and found on disk.

Views are in ``views``. Methods, by module:

- ``reading``: ``get_repo``, ``get_repos``, ``get_repo_nodes``
- ``history``: ``get_changesets``, ``get_changeset``
- ``creating``: ``create_repo``
- ``forking``: ``fork_repo``
- ``changing``: ``update_repo``
- ``deleting``: ``delete_repo``
- ``locking``: ``lock``, ``get_locks``
- ``syncing``: ``pull``, ``rescan_repos``, ``invalidate_cache``
- ``groups``: ``get_repo_group``, ``get_repo_groups``, ``create_repo_group``, ``delete_repo_group``
- ``regrouping``: ``update_repo_group``
- ``server``: ``get_server_info``, ``test``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import Event, Phase, hookimpl
from kallithea_plugins.repos import (
    changing,
    creating,
    deleting,
    forking,
    groups,
    history,
    locking,
    reading,
    regrouping,
    server,
    syncing,
)
from kallithea_plugins.repos.commands import check, trash
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.journal import record
from kallithea_plugins.repos.views import views

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from kallithea_host import DbJob, Methods, Views

__all__ = [
    "changing",
    "creating",
    "deleting",
    "forking",
    "groups",
    "history",
    "locking",
    "reading",
    "regrouping",
    "server",
    "syncing",
]


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods


@hookimpl
def kallithea_views() -> Views:
    """What programs fetch of repositories."""
    return views


@hookimpl
def kallithea_commands() -> Iterable[click.Command]:
    """The operator's commands that look after repositories."""
    return [check, trash]


@hookimpl
def kallithea_event(job: DbJob, event: Event, phase: Phase) -> None:
    """Keep what happens to repositories on record."""
    if phase is Phase.STAGE and event.action.startswith("repository."):
        record(job, event)
