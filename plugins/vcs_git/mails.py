"""A commit as the mail that ``git am`` takes in."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.utils import format_datetime, quote
from typing import TYPE_CHECKING, Final

from dulwich.objects import ObjectID

from kallithea_host.patches import indented, one_line

if TYPE_CHECKING:
    from .repository import Repository

BEGINNING: Final = "From %s Mon Sep 17 00:00:00 2001"
"""The line that begins a mail; Git has the same date in all of them."""
ENDS_MESSAGE: Final = (b"diff -", b"Index: ", b"From ", b">From ")
"""At the beginning of a line: what ``git am`` takes for the diff, or for the next mail."""
IN_BODY: Final = re.compile(rb"(?:from|date|subject|content-[a-z-]+):|\[PATCH", re.IGNORECASE)
"""At the very beginning: what it takes for a header."""
SPECIAL: Final = re.compile(r'[()<>@,;:\\".\[\]]')

_LINE: Final = re.compile(rb"(.*?) ?<([^<>]*)> (-?[0-9]{1,15}) ([+-])([0-9]{2})([0-9]{2})$")


def head(repository: Repository, commit_id: bytes) -> bytes:
    """Everything before the diff: author, date, message."""
    _, raw = repository.objects.get_raw(ObjectID(commit_id))
    headers, _, message = raw.partition(b"\n\n")
    values = dict(reversed([line.partition(b" ")[::2] for line in headers.split(b"\n")]))
    encoding = _encoding(values.get(b"encoding", b""))
    author, date = _author(values.get(b"author", b""), encoding)
    subject, body = _parted(message.decode(encoding, "replace"))
    lines = [BEGINNING % commit_id.decode("ascii"), f"From: {author}", f"Date: {date}"]
    lines.append(f"Subject: {_encoded(f'[PATCH] {subject}', 'Subject')}")
    if not body.isascii():
        lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8"]
        lines.append("Content-Transfer-Encoding: 8bit")
    text = "\n".join(lines).encode("utf-8", "replace") + b"\n\n"
    return text + (_safe(body) + b"\n" if body else b"") + b"---\n\n"


def _encoding(named: bytes) -> str:
    """The encoding that a commit names, if it is known, or UTF-8."""
    try:
        found = codecs.lookup(named.decode("ascii"))
    except (LookupError, ValueError):
        return "utf-8"
    return found.name if found._is_text_encoding else "utf-8"  # noqa: SLF001 - no public name


def _author(line: bytes, encoding: str) -> tuple[str, str]:
    """The author and the date as headers of a mail have them."""
    parts = _LINE.match(line)
    if parts is None:
        return _encoded(line.decode(encoding, "replace")), format_datetime(_moment(0, 0))
    name, mail = (one_line(part).decode(encoding, "replace") for part in parts.groups()[:2])
    minutes = (int(parts[5]) * 60 + int(parts[6])) * (-1 if parts[4] == b"-" else 1)
    quoted = name.isascii() and SPECIAL.search(name)
    person = f'"{quote(name)}"' if quoted else _encoded(name)
    return f"{person} <{mail}>".lstrip(), format_datetime(_moment(int(parts[3]), minutes))


def _moment(seconds: int, minutes: int) -> datetime:
    try:
        zone = timezone(timedelta(minutes=minutes))
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone)
    except (OverflowError, ValueError):  # whoever committed may write any number
        return datetime(1970, 1, 1, tzinfo=UTC)


def _parted(message: str) -> tuple[str, str]:
    """The first paragraph on one line, and the rest."""
    text = message.replace("\r\n", "\n").strip("\n")
    first, _, body = re.sub(r"\n[ \t]*\n", "\n\n", text).partition("\n\n")
    return " ".join(first.split("\n")), body.strip("\n")


def _encoded(value: str, header: str = "From") -> str:
    """The value of a header, as encoded words (RFC 2047) where it is not plain."""
    text = one_line(value.encode("utf-8", "replace")).decode("utf-8", "replace")
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=header).encode()


def _safe(body: str) -> bytes:
    safe = indented(body.encode("utf-8", "replace"), _ends_message)
    return b" " + safe if IN_BODY.match(safe) else safe


def _ends_message(line: bytes) -> bool:
    after = line[3:4]
    return line.startswith(ENDS_MESSAGE) or (line.startswith(b"---") and after in b" \t\f\v\r")
