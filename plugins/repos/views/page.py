"""The page of a changeset: where the items of feeds lead to."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kallithea_host import Reply
from kallithea_plugins.repos.views.declared import READ, found, resolved, views
from kallithea_plugins.repos.views.newest import Names
from kallithea_plugins.repos.views.syndication import cut
from kallithea_plugins.repos.views.touched import touched

if TYPE_CHECKING:
    from kallithea_host import Changeset, Refs, VcsJob, ViewCall
    from kallithea_plugins.repos.views.newest import Entry

MESSAGE: Final = 100_000
"""Characters of a message that are shown."""
KINDS: Final = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed"}

_template: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
).get_template("changeset.html")


@views.of_repository("ChangesetController:index", "changeset/{revision}", needs=READ)
async def index(call: ViewCall, revision: str) -> Reply:
    """A changeset as a page: what it is, its files, and where its diff and patch are."""
    seen = await call.look(_look, revision)
    body = None
    if call.wants(seen.etag):
        files = await touched(call, seen.changeset.raw_id)
        entry = Names(seen.refs).entry(seen.changeset, files, diff="")
        body = await call.vcs(_page, call.repository.name, entry)
    return Reply(body=body, media_type="text/html; charset=utf-8", etag=seen.etag, styled=True)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A changeset, and what everything is called at the moment."""

    changeset: Changeset
    refs: Refs

    @property
    def etag(self) -> str:
        """A mark that changes when a branch, tag or bookmark is moved."""
        state = repr(self.refs).encode("utf-8", "surrogatepass")
        return f"{self.changeset.raw_id}-{sha256(state).hexdigest()}"


def _look(job: VcsJob, revision: str) -> _Seen:
    raw_id = resolved(job, revision)
    with found(job):
        path = job.repository.path
        return _Seen(job.backend.changeset(path, raw_id), job.backend.refs(path))


def _page(repository: str, entry: Entry) -> bytes:
    message = cut(entry.changeset.message, MESSAGE)
    page = _template.render(repository=repository, entry=entry, message=message, kinds=KINDS)
    return page.encode("utf-8", "replace")
