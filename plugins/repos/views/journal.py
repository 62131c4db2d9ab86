"""The views of the journal: what happened lately to repositories that are followed."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import and_, exists, func, select

from kallithea_host import EMPTY, REPOSITORY, Level, Reply, schema
from kallithea_host.permissions import CALLER_ID
from kallithea_plugins.repos.views.actions import FORKED, details, words
from kallithea_plugins.repos.views.declared import views
from kallithea_plugins.repos.views.syndication import (
    MEDIA_TYPES,
    Feed,
    Form,
    Item,
    rendered,
    tag_uri,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Row, Select

    from kallithea_host import DbJob, ViewCall

    Statement = Callable[[ColumnElement[bool]], Select[Any]]

ENTRIES: Final = 20
_journal, _followers, _repositories = schema.journal, schema.followers, schema.repositories
_users, _emails = schema.users, schema.emails


@views.of_site(
    "JournalController:journal_rss",
    "_admin/journal/rss",
    needs=None,
    always_open=True,
    to_anonymous=False,
)
async def journal_rss(call: ViewCall) -> Reply:
    """What happened to the repositories that the caller follows."""
    return await _reply(call, "rss", "Journal", _followed)


@views.of_site(
    "JournalController:journal_atom",
    "_admin/journal/atom",
    needs=None,
    always_open=True,
    to_anonymous=False,
)
async def journal_atom(call: ViewCall) -> Reply:
    """What happened to the repositories that the caller follows."""
    return await _reply(call, "atom", "Journal", _followed)


@views.of_site(
    "JournalController:public_journal_rss",
    "_admin/public_journal/rss",
    "_admin/public_journal_rss",
    needs=None,
    always_open=True,
)
async def public_journal_rss(call: ViewCall) -> Reply:
    """What happened to the public repositories that somebody follows."""
    return await _reply(call, "rss", "Public journal", _public)


@views.of_site(
    "JournalController:public_journal_atom",
    "_admin/public_journal/atom",
    "_admin/public_journal_atom",
    needs=None,
    always_open=True,
)
async def public_journal_atom(call: ViewCall) -> Reply:
    """What happened to the public repositories that somebody follows."""
    return await _reply(call, "atom", "Public journal", _public)


async def _reply(call: ViewCall, form: Form, title: str, statement: Statement) -> Reply:
    rows = await call.read(_entries, statement)
    items = [_item(row, call.base_url) for row in rows]
    place = title.lower().replace(" ", "_")
    feed = Feed(
        title=f"{title} {form} feed",
        link=f"{call.base_url}/_admin/{place}/atom",
        description=f"{title} {form} feed",
        url=call.base_url + call.path,
        updated=items[0].at if items else EMPTY.date,
        items=items,
    )
    body = rendered(feed, form)
    return Reply(
        body=body,
        media_type=MEDIA_TYPES[form],
        etag=sha256(body).hexdigest(),
        modified=items[0].at if items else None,
    )


def _entries(job: DbJob, statement: Statement) -> list[Row[Any]]:
    """The newest entries about repositories that the caller may read now; one statement."""
    wanted = (REPOSITORY, Level.READ)
    return list(job.host.permissions.select(job.db, job.caller, statement, wanted).all())


def _followed(readable: ColumnElement[bool]) -> Select[Any]:
    """The entries about repositories that the caller follows."""
    followed = exists(_followers.c.repo_id).where(
        _followers.c.repo_id == _journal.c.repo_id, _followers.c.user_id == CALLER_ID
    )
    return _newest(readable).where(followed)


def _public(readable: ColumnElement[bool]) -> Select[Any]:
    """The entries about repositories that are not private and that anybody follows."""
    followed = exists(_followers.c.repo_id).where(_followers.c.repo_id == _journal.c.repo_id)
    return _newest(readable).where(followed, ~_repositories.c.private)


def _newest(readable: ColumnElement[bool]) -> Select[Any]:
    """The newest entries with what they are about; who is gone is known by his user name."""
    primary = and_(_emails.c.user_id == _users.c.user_id, _emails.c.is_primary)
    names = (_users.c.firstname, _users.c.lastname, _emails.c.email)
    return (
        select(
            *(_journal.c.entry_id, _journal.c.action, _journal.c.at, _journal.c.username),
            *(_repositories.c.repo_name, *names, _fork(readable).label("fork")),
        )
        .join(_repositories, _repositories.c.repo_id == _journal.c.repo_id)
        .outerjoin(_users, _users.c.user_id == _journal.c.user_id)
        .outerjoin(_emails, primary)
        .where(readable, ~_repositories.c.pending)
        .order_by(_journal.c.entry_id.desc())
        .limit(ENTRIES)
    )


def _fork(readable: ColumnElement[bool]) -> Any:
    """The name of the fork that an entry tells of, unless the caller may not see it."""
    action, start = _journal.c.action, len(FORKED)
    return (
        select(_repositories.c.repo_name)
        .where(
            func.substr(action, 1, start) == FORKED,
            _repositories.c.repo_name == func.substr(action, start + 1),
            readable,
        )
        .correlate(_journal)
        .scalar_subquery()
    )


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
