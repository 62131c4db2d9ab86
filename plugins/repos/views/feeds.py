"""The view of a repository's feed: its newest changesets, for feed readers."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote

from kallithea_host import NotFound, Reply
from kallithea_plugins.repos.views.committers import persons
from kallithea_plugins.repos.views.declared import READ, views
from kallithea_plugins.repos.views.newest import Entry, Wanted, entries, newest
from kallithea_plugins.repos.views.syndication import (
    MEDIA_TYPES,
    Feed,
    Form,
    Item,
    cut,
    rendered,
    tag_uri,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kallithea_host import Changeset, ViewCall
    from kallithea_plugins.repos.views.touched import TouchedFile

TITLE: Final = 160
"""Characters of a message that are its title."""
MESSAGE: Final = 20_000
"""Characters of it that are shown."""


@views.of_repository("FeedController:__before__", "feed/{form}", needs=READ, always_open=True)
async def feed(call: ViewCall, form: str) -> Reply:
    """The newest changesets of a repository; the forms are rss and atom."""
    if form not in MEDIA_TYPES:
        raise NotFound("There is nothing here.")
    wanted = _wanted(call, form)
    known = frozenset({"*"}) if call.head else call.known_etags  # no body: as if all were known
    seen = await call.look(newest, wanted, known)
    body, modified = None, None
    if seen.changesets is not None:
        names = await call.read(persons, {changeset.author for changeset in seen.changesets})
        told = await entries(call, seen.changesets, seen.refs, wanted.diff_limit)
        created = call.target.created_on.replace(tzinfo=UTC)
        body = await call.vcs(_body, wanted, told, names, created)
        modified = _modified(seen.changesets)
    return Reply(body=body, media_type=MEDIA_TYPES[form], etag=seen.etag, modified=modified)


def _wanted(call: ViewCall, form: str) -> Wanted:
    settings = call.host.settings
    return Wanted(
        form=form,
        url=call.base_url + call.path,
        base_url=call.base_url,
        name=call.repository.name,
        items=settings.rss_items_per_page,
        diff_limit=settings.rss_cut_off_limit if settings.rss_include_diff else 0,
    )


def _modified(changesets: Sequence[Changeset]) -> datetime | None:
    """The date of the newest changeset, as far as it lies in the past."""
    dates = [changeset.date for changeset in changesets]
    return min(max(dates), datetime.now(UTC)) if dates else None


def _body(
    wanted: Wanted, told: Sequence[Entry], names: Mapping[str, str], created: datetime
) -> bytes:
    name = wanted.name
    link = f"{wanted.base_url}/{quote(name)}"
    made = Feed(
        title=f"{name} feed",
        link=link,
        description=f"Changes on {name} repository",
        url=wanted.url,
        updated=max((entry.changeset.date for entry in told), default=created),
        items=[_item(entry, names[entry.changeset.author], link) for entry in told],
    )
    return rendered(made, cast("Form", wanted.form))


def _item(entry: Entry, person: str, repository_link: str) -> Item:
    changeset = entry.changeset
    link = f"{repository_link}/changeset/{changeset.raw_id}"
    title = " ".join(changeset.message.split())
    return Item(
        id=tag_uri(link, changeset.date),
        title=cut(title, TITLE) or f"changeset {changeset.raw_id[:12]}",
        link=link,
        description="".join(_description(entry, person, link)),
        author=changeset.author,
        at=changeset.date,
    )


def _description(entry: Entry, person: str, link: str) -> Iterator[str]:
    """What a changeset is and did, as HTML."""
    changeset = entry.changeset
    date = changeset.date.replace(tzinfo=None).isoformat(" ", "seconds")
    yield f"{escape(person)} committed on {date}<br/>"
    for word, names in (
        ("branch", entry.branches),
        ("bookmark", entry.bookmarks),
        ("tag", entry.tags),
    ):
        for name in names:
            yield f"{word}: {escape(name)}<br/>"
    yield f'changeset: <a href="{escape(link)}">{changeset.raw_id[:8]}</a>'
    yield f"<pre>{escape(cut(changeset.message, MESSAGE))}\n"
    yield from map(_line, entry.touched.files)
    if entry.touched.unlisted:
        yield f"\n … and {entry.touched.unlisted:,} more"
    yield "</pre>"
    if entry.diff:
        yield f"<pre>{escape(entry.diff)}</pre>"


def _line(file: TouchedFile) -> str:
    """The line of a file; its name may hold anything but the end of that line."""
    name = escape(" ".join(file.path.splitlines()))
    if file.lines is None:
        return f"\n {file.kind} {name}"
    added, removed = file.lines
    return f"\n {file.kind} {name} ({added} lines added, {removed} lines removed)"
