"""The whitelist: which views API keys open, and the names in it that mean nothing."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_PAGES: Final = {
    "BookmarksController": "index",
    "BranchesController": "index",
    "ChangelogController": "index changelog_details changelog_summary",
    "ChangesetController": "index changeset_raw changeset_patch changeset_download",
    "CompareController": "index compare",
    "FeedController": "__before__",
    "FilesController": (
        "index history authors diff diff_2way nodelist edit add delete raw rawfile archivefile"
    ),
    "FollowersController": "followers",
    "ForksController": "forks fork fork_create",
    "HomeController": "index repo_switcher_data",
    "JournalController": (
        "index public_journal toggle_following journal_rss journal_atom "
        "public_journal_rss public_journal_atom"
    ),
    "SearchController": "index",
    "SummaryController": "index repo_size statistics",
    "TagsController": "index",
}
KALLITHEAS: Final = frozenset(
    f"{controller}:{action}" for controller, actions in _PAGES.items() for action in actions.split()
)
"""Names that a file written for Kallithea may hold, whether or not there is such a view here."""
_MORE: Final = re.compile(r"(Pullrequests|Gists)Controller:[a-z_]+|[A-Za-z]+Controller:__before__")
"""Those of its pages that have one name for each action, and its administration."""


def unknown(whitelist: Collection[str], views: Collection[str]) -> Iterator[str]:
    """A line for each name that is no view of this server and no page of Kallithea."""
    known = KALLITHEAS.union(views)
    for name in whitelist:
        if name not in known and not _MORE.fullmatch(name):
            near = get_close_matches(name, sorted(known), n=1)
            hint = f", did you mean {near[0]}?" if near else ""
            yield f"`api_access_controllers_whitelist` names no view: {name}{hint}"
