"""Differences of files as text, written the way Git writes them, without its program."""

from __future__ import annotations

import zlib
from base64 import b85encode
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOOKED_AT: Final = 8000
"""A NUL among so many bytes at the beginning makes a file binary, to Git as well."""
MOST_LINES: Final = 20_000
"""Files that differ in more lines are not searched for lines in common: it could take for ever."""
_PER_LINE: Final = 52
_MISSING_END: Final = b"\n\\ No newline at end of file\n"

Opcode = tuple[str, int, int, int, int]


def is_binary(content: bytes) -> bool:
    """Whether Git takes a content for binary."""
    return b"\0" in content[:LOOKED_AT]


class _Matcher(SequenceMatcher[str]):
    """Groups the differences that were found elsewhere."""

    def __init__(self, found: list[Opcode]) -> None:
        super().__init__()
        self._found = found

    def get_opcodes(self) -> list[Opcode]:  # type: ignore[override]
        return self._found


def _opcodes(old: Sequence[bytes], new: Sequence[bytes]) -> list[Opcode]:
    """The differences, looked for between the lines that both have at the beginning and the end."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    for tag, start, stop, new_start, new_stop in _changes(old[head:old_end], new[head:new_end]):
        found.append((tag, start + head, stop + head, new_start + head, new_stop + head))
    if tail:
        found.append(("equal", old_end, len(old), new_end, len(new)))
    return found


def _common(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _changes(old: Sequence[bytes], new: Sequence[bytes]) -> list[Opcode]:
    if not old and not new:
        return []
    if max(len(old), len(new)) > MOST_LINES:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new).get_opcodes())


def hunks(
    old: bytes, new: bytes, context: int, *, ignore_whitespace: bool = False
) -> Iterator[list[bytes]]:
    """The hunks between two texts, each a list of lines that begins with its head."""
    before, after = _lines(old), _lines(new)
    seen = (before, after)
    if ignore_whitespace:
        seen = (_without_whitespace(before), _without_whitespace(after))
    for group in _Matcher(_opcodes(*seen)).get_grouped_opcodes(context):
        lines = list(_hunk_lines(group, before, after))
        if any(line[:1] != b" " for line in lines):
            first, last = group[0], group[-1]
            places = _place(first[1], last[2]), _place(first[3], last[4])
            yield [b"@@ -%s +%s @@\n" % places, *lines]


def _lines(text: bytes) -> list[bytes]:
    """The lines with their ends; only a line feed ends one."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    last = lines.pop()
    return lines if last == b"\n" else [*lines, last[:-1]]


def _without_whitespace(lines: Sequence[bytes]) -> list[bytes]:
    return [b"".join(line.split()) for line in lines]


def _hunk_lines(
    group: Sequence[Opcode], before: Sequence[bytes], after: Sequence[bytes]
) -> Iterator[bytes]:
    for tag, start, stop, new_start, new_stop in group:
        if tag == "equal":
            yield from (_line(b" ", line) for line in after[new_start:new_stop])
        else:
            yield from (_line(b"-", line) for line in before[start:stop])
            yield from (_line(b"+", line) for line in after[new_start:new_stop])


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + _MISSING_END


def _place(start: int, stop: int) -> bytes:
    length = stop - start
    return b"%d" % (start + 1) if length == 1 else b"%d,%d" % (start + (length > 0), length)


def binary_patch(old: bytes, new: bytes) -> Iterator[bytes]:
    """Both contents whole, so that the patch applies in both directions."""
    yield b"GIT binary patch\n"
    for content in (new, old):
        yield b"literal %d\n" % len(content)
        packed = zlib.compress(content, 1)  # Git's own level, so that the text is the same
        for start in range(0, len(packed), _PER_LINE):
            piece = packed[start : start + _PER_LINE]
            length = len(piece) + (0x40 if len(piece) <= 26 else 0x46)  # noqa: PLR2004 - A-Z, a-z
            yield bytes((length,)) + b85encode(piece, pad=True) + b"\n"
        yield b"\n"
