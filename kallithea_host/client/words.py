"""The words after the method: each is one argument of the call."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable


def arguments(words: Iterable[str]) -> dict[str, Any]:
    """The arguments that words give; of a name given twice the last counts.

    ``key:value`` is the text after the first colon, whatever it is. ``key=:value`` is JSON, and
    ``key@:file`` the text in a file (``-``: on standard input) without the line's end after it.
    """
    found: dict[str, Any] = {}
    stdin_taken = False
    for word in words:
        key, colon, value = word.partition(":")
        if not _is_text(word):
            raise click.UsageError("an argument is no valid text")
        if not colon:
            raise click.UsageError(f"`{word}` is no argument: expected key:value")
        if key.endswith("="):
            found[key[:-1]] = _json(key[:-1], value)
        elif key.endswith("@"):
            if value == "-" and stdin_taken:
                raise click.UsageError("only one argument can be read from standard input")
            stdin_taken |= value == "-"
            found[key[:-1]] = _content(value)
        else:
            found[key] = value
    return found


def _is_text(word: str) -> bool:
    """Whether the bytes of a word were text; those that were none arrive as surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _json(key: str, value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise click.UsageError(
            f'`{key}=:` wants JSON (true, 7, null, ["a"], "text"); {key}:… is text as it is'
        ) from None


def _refused(name: str) -> None:
    raise ValueError(name)


def _content(name: str) -> str:
    if name == "-" and sys.stdin is None:
        raise click.UsageError("standard input is closed")
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror}") from None
    except ValueError:
        raise click.UsageError(f"{name} is no text in UTF-8") from None
