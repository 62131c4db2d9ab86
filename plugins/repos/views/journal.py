"""The views of the journal: what happened lately to repositories that are followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kallithea_host import EMPTY, Reply
from kallithea_plugins.repos.views.actions import details, words
from kallithea_plugins.repos.views.declared import views
from kallithea_plugins.repos.views.entries import (
    Statement,
    newest_entries,
    of_followed,
    of_public,
)
from kallithea_plugins.repos.views.syndication import (
    MEDIA_TYPES,
    Feed,
    Form,
    Item,
    rendered,
    tag_uri,
)

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kallithea_host import DbJob, ViewCall


@dataclass(frozen=True, slots=True)
class Journal:
    """One of the two journals."""

    name: str
    """In URLs."""
    title: str
    description: str
    statement: Statement


OWN: Final = Journal(
    "journal", "Journal", "What happened to the repositories that you follow", of_followed
)
PUBLIC: Final = Journal(
    "public_journal", "Public journal", "What happened to public repositories", of_public
)


@views.of_site(
    "JournalController:journal_rss",
    "_admin/journal/rss",
    needs=None,
    always_open=True,
    to_anonymous=False,
)
async def journal_rss(call: ViewCall) -> Reply:
    """What happened to the repositories that the caller follows."""
    return await _reply(call, "rss", OWN)


@views.of_site(
    "JournalController:journal_atom",
    "_admin/journal/atom",
    needs=None,
    always_open=True,
    to_anonymous=False,
)
async def journal_atom(call: ViewCall) -> Reply:
    """What happened to the repositories that the caller follows."""
    return await _reply(call, "atom", OWN)


@views.of_site(
    "JournalController:public_journal_rss",
    "_admin/public_journal/rss",
    "_admin/public_journal_rss",
    needs=None,
    always_open=True,
)
async def public_journal_rss(call: ViewCall) -> Reply:
    """What happened to the public repositories that somebody follows."""
    return await _reply(call, "rss", PUBLIC)


@views.of_site(
    "JournalController:public_journal_atom",
    "_admin/public_journal/atom",
    "_admin/public_journal_atom",
    needs=None,
    always_open=True,
)
async def public_journal_atom(call: ViewCall) -> Reply:
    """What happened to the public repositories that somebody follows."""
    return await _reply(call, "atom", PUBLIC)


async def _reply(call: ViewCall, form: Form, journal: Journal) -> Reply:
    url = call.base_url + call.path
    body, updated = await call.read(_made, form, journal, call.base_url, url)
    return Reply(
        body=body, media_type=MEDIA_TYPES[form], etag=sha256(body).hexdigest(), modified=updated
    )


def _made(
    job: DbJob, form: Form, journal: Journal, base_url: str, url: str
) -> tuple[bytes, datetime | None]:
    """The feed of a journal, and when something happened last."""
    items = [_item(row, base_url) for row in newest_entries(job, journal.statement)]
    updated = items[0].at if items else None
    feed = Feed(
        title=f"{journal.title} {form} feed",
        link=f"{base_url}/_admin/{journal.name}/atom",
        description=journal.description,
        url=url,
        updated=updated or EMPTY.date,
        items=items,
    )
    return rendered(feed, form), updated


def _item(row: Row[Any], base_url: str) -> Item:
    link = f"{base_url}/{quote(row.repo_name)}"
    who = f"{row.firstname or ''} {row.lastname or ''}".strip() or row.username
    at = row.at.replace(tzinfo=UTC)
    title = f"{who} - {words(row.action)} {row.repo_name}"
    more = details(row.action, row.fork, link)
    return Item(
        id=tag_uri(f"{base_url}/_admin/journal/{row.entry_id}", at),
        title=title,
        link=f"{link}/changelog",
        description=f"{escape(title)}<br/>{more}" if more else escape(title),
        author=who,
        email=row.email or "",
        at=at,
    )
