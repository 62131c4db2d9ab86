"""Views of repositories: pages for programs, fetched with an API key or without.

- ``files``: ``FilesController:raw``, ``FilesController:rawfile``
- ``archives``: ``FilesController:archivefile``
- ``changesets``: ``ChangesetController:changeset_raw``, ``changeset_patch``, ``changeset_download``
"""

from __future__ import annotations

from kallithea_plugins.repos.views import archives, changesets, files
from kallithea_plugins.repos.views.declared import views

__all__ = ["archives", "changesets", "files", "views"]
