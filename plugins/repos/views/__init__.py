"""Views of repositories: pages for programs, fetched with an API key or without.

- ``files``: ``FilesController:raw``, ``FilesController:rawfile``
- ``archives``: ``FilesController:archivefile``
- ``changesets``: ``ChangesetController:changeset_raw``, ``changeset_patch``, ``changeset_download``
- ``page``: ``ChangesetController:index``
- ``feeds``: ``FeedController:__before__``
- ``journal``: ``JournalController:journal_rss``, ``journal_atom``, ``public_journal_rss``,
  ``public_journal_atom``
"""

from __future__ import annotations

from kallithea_plugins.repos.views import archives, changesets, feeds, files, journal, page
from kallithea_plugins.repos.views.declared import views

__all__ = ["archives", "changesets", "feeds", "files", "journal", "page", "views"]
