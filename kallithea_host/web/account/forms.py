"""Forms that a browser sends, read strictly: what no form of ours sends is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES: Final = 16 * 1024
MOST_FIELDS: Final = 20
_TYPE: Final = "application/x-www-form-urlencoded"


class BadForm(ValueError):
    """The body is no form of these pages; the text repeats nothing of it."""


def parse(content_type: str, body: bytes) -> Mapping[str, str]:
    """The fields of a form by name, each given once."""
    if content_type.partition(";")[0].strip().lower() != _TYPE:
        raise BadForm(f"not of the type {_TYPE}")
    if len(body) > MOST_BYTES:
        raise BadForm("too long")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # of the decoding, too
        raise BadForm("not urlencoded UTF-8") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadForm("a field is given twice")
    return fields
