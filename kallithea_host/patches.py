"""What every patch needs, whichever system it is for: names and messages that cannot be misread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROL: Final = bytes((*range(0x20), 0x7F))
_BLANKING: Final = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
_ESCAPES: Final = {byte: b"\\%03o" % byte for byte in _CONTROL} | {
    raw: b"\\%c" % letter for raw, letter in zip(b'\a\b\t\n\v\f\r"\\', b'abtnvfr"\\', strict=True)
}


def quoted(name: bytes) -> bytes:
    """A file name as Git writes it: in quotes if a byte of it could be misread, else as it is."""
    if not any(byte in _ESCAPES for byte in name):
        return name
    return b'"' + b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in name) + b'"'


def one_line(value: bytes) -> bytes:
    """The value of a header: control characters become spaces, or they would begin a new one."""
    return value.translate(_BLANKING)


def indented(message: bytes, misread: Callable[[bytes], bool]) -> bytes:
    """The message with a space before each line that would be taken for more than a message.

    Only so does a program that reads the patch get the changes of the changeset, and not those
    that somebody wrote into its message.
    """
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(b" " + line if misread(line) else line for line in lines)
