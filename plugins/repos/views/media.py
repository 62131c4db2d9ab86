"""What a file of a repository is served as, by its content and its name."""

from __future__ import annotations

from mimetypes import MimeTypes
from typing import Final, Literal

from kallithea_host.replies import TEXT

Served = tuple[str, Literal["inline", "attachment"]]

BINARY: Final = "application/octet-stream"
LOOKED_AT: Final = 8000
"""Bytes at the front among which a NUL makes a file a binary one, as for Git."""
_IMAGES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_COMPRESSED: Final = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip2",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}
_TYPES: Final = MimeTypes()
"""Python's own table: what a server says does not depend on the files of its system."""


def shown(start: bytes, name: str) -> Served:
    """For a file that is looked at: pictures and text, nothing that a browser would run.

    A picture is one by its first bytes, whatever it is called. A drawing (SVG) may hold scripts:
    pages can embed it, and nobody lands in it.
    """
    for signature, media_type in _IMAGES:
        if start.startswith(signature):
            return media_type, "inline"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp", "inline"
    if is_binary(start):
        return BINARY, "attachment"
    if name.lower().endswith(".svg"):
        return "image/svg+xml", "attachment"
    return TEXT, "inline"


def stored(start: bytes, name: str) -> Served:
    """For a file that is stored: the type its name tells, else what its content looks like."""
    # Behind a slash no name is taken for a URL, of which the table knows types, too.
    guessed, encoding = _TYPES.guess_type("/" + name.rpartition("/")[2])
    if encoding:
        return _COMPRESSED.get(encoding, BINARY), "attachment"
    if guessed is None:
        return BINARY if is_binary(start) else TEXT, "attachment"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed, "attachment"


def is_binary(start: bytes) -> bool:
    """Whether a file that begins so is no text."""
    return b"\0" in start[:LOOKED_AT]
