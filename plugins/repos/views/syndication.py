"""Feeds in the two forms that readers know: RSS 2.0, and Atom as of RFC 4287."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from feedgenerator.django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Form = Literal["rss", "atom"]

LANGUAGE: Final = "en-us"
MINUTES: Final = "5"
"""How long a reader may wait before it asks again."""
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
NOBODY: Final = "unknown"
"""The author of what has none; Atom wants one with a name."""
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document of XML 1.0 may hold, in whatever way they are written."""
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that happened."""

    id: str
    """A URI that stays the same, whoever asks (``tag_uri``)."""
    title: str
    link: str
    description: str
    """HTML."""
    author: str
    email: str = ""
    """Told if it looks like one: both forms allow nothing else in its place."""
    at: datetime
    """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What happened lately."""

    title: str
    link: str
    description: str
    url: str
    """Where the feed itself is; no key is in it."""
    updated: datetime
    """When it last changed; aware, UTC."""
    items: Sequence[Item] = ()
    """The newest first."""


def rendered(feed: Feed, form: Form) -> bytes:
    """A feed as it is sent, in UTF-8."""
    generator = (_Rss if form == "rss" else _Atom)(
        title=_fit(feed.title),
        link=feed.link,
        description=_fit(feed.description),
        language=LANGUAGE,
        feed_url=feed.url,
        ttl=MINUTES,
        updated=feed.updated.replace(microsecond=0),
    )
    for item in feed.items:
        email = _ADDRESS.fullmatch(_fit(item.email))
        generator.add_item(
            title=_fit(item.title),
            link=item.link,
            description=_fit(item.description),
            author_name=_fit(item.author).strip() or NOBODY,
            author_email=email and email[0],
            pubdate=item.at.replace(microsecond=0),
            unique_id=item.id,
            unique_id_is_permalink=False,
        )
    text: str = generator.writeString("utf-8")
    return text.encode()


def tag_uri(link: str, at: datetime) -> str:
    """The tag URI of something with an address of its own: host, date and path.

    It has a port where the address has one, as Kallithea's: a reader that moves from there to here
    does not take everything for new.
    """
    host, slash, path = link.partition("://")[2].partition("/")
    return f"tag:{quote(host, safe=':')},{at.date().isoformat()}:{slash}{path}"


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, which says where it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _fit(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


class _Dated:
    """When a feed last changed; the library takes the present moment for one without items."""

    feed: Mapping[str, Any]

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated


class _Rss(_Dated, Rss201rev2Feed):  # type: ignore[misc] # the library is not typed
    pass


class _Atom(_Dated, Atom1Feed):  # type: ignore[misc] # as above
    pass
