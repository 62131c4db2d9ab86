"""Whether feeds are what RFC 4287 and RSS 2.0 ask for, in what this server makes use of."""

import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
URI = re.compile(r"[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
CHANNEL = {"title", "link", "description", "language", "lastBuildDate", "ttl", "item"}
ITEM = {"title", "link", "description", "author", "pubDate", "guid", f"{DC}creator"}
FEED = {"id", "title", "updated", "subtitle", "link", "author", "entry"}
ENTRY = {"id", "title", "updated", "published", "link", "author", "summary"}


def faults(body, form):
    """What is wrong with a feed; nothing, if it is valid."""
    root = ET.fromstring(body)
    return list(_of_rss(root) if form == "rss" else _of_atom(root))


def _of_rss(root):
    if root.tag != "rss" or root.get("version") != "2.0" or [c.tag for c in root] != ["channel"]:
        yield "no rss 2.0 with one channel"
        return
    channel = root[0]
    yield from _elements(
        channel, CHANNEL | {f"{ATOM}link"}, {"title", "link", "description"}, many={"item"}
    )
    yield from _self_link(channel.findall(f"{ATOM}link"))
    yield from _dates(channel, "lastBuildDate", _is_rfc_822)
    for item in channel.findall("item"):
        yield from _elements(item, ITEM, {"guid", "pubDate"})
        if item.find("title") is None and item.find("description") is None:
            yield "an item without title and description"
        yield from _dates(item, "pubDate", _is_rfc_822)
        if item.find("guid").get("isPermaLink") != "false":
            yield "a guid that claims to be an address"
        if not re.fullmatch(r"[^ @]+@[^ ]+( \(.+\))?", item.findtext("author", "a@b")):
            yield "an author without an address"
    yield from _addresses([*channel.iter("link")], lambda link: link.text)
    yield from _different(guid.text for guid in channel.iter("guid"))


def _of_atom(root):
    if root.tag != f"{ATOM}feed":
        yield "no feed"
        return
    required = {"id", "title", "updated"}
    yield from _elements(root, _atom(FEED), _atom(required), many=_atom({"entry", "link"}))
    yield from _self_link(root.findall(f"{ATOM}link"))
    for entry in root.findall(f"{ATOM}entry"):
        yield from _elements(entry, _atom(ENTRY), _atom(required | {"author", "link"}))
        if entry.find(f"{ATOM}link").get("rel") != "alternate":
            yield "an entry without content and without an alternate"
        if not entry.findtext(f"{ATOM}author/{ATOM}name", ""):
            yield "an author without a name"
        if "@" not in entry.findtext(f"{ATOM}author/{ATOM}email", "@"):
            yield "an e-mail address that is none"
    for name in ("updated", "published"):
        yield from _dates(root, f".//{ATOM}{name}", _is_rfc_3339)
    ids = [found.text for found in root.iter(f"{ATOM}id")]
    yield from (f"an id that is no URI: {each}" for each in ids if not URI.fullmatch(each))
    yield from _different(ids)
    yield from _addresses(root.iter(f"{ATOM}link"), lambda link: link.get("href"))


def _atom(names):
    return {f"{ATOM}{name}" for name in names}


def _elements(parent, known, required, many=frozenset()):
    found = Counter(child.tag for child in parent)
    yield from (f"{parent.tag}: {tag} is unknown" for tag in found.keys() - known)
    yield from (f"{parent.tag}: {tag} is missing" for tag in required - found.keys())
    yield from (
        f"{parent.tag}: {tag} stands twice" for tag in found if found[tag] > 1 and tag not in many
    )


def _self_link(links):
    if [link.get("rel") for link in links].count("self") != 1:
        yield "no single link to itself"


def _dates(parent, path, is_date):
    for found in parent.findall(path):
        if not is_date(found.text):
            yield f"{path}: no date in UTC: {found.text}"


def _is_rfc_822(text):
    return parsedate_to_datetime(text).utcoffset().total_seconds() == 0


def _is_rfc_3339(text):
    found = RFC_3339.fullmatch(text) and datetime.fromisoformat(text)
    return bool(found) and found.utcoffset().total_seconds() == 0


def _addresses(links, address_of):
    for link in links:
        address = address_of(link) or ""
        if not URI.fullmatch(address) or not urlsplit(address).netloc:
            yield f"a link that is no address: {address}"


def _different(ids):
    yield from (f"{each} stands for several" for each, count in Counter(ids).items() if count > 1)
