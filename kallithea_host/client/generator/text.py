"""Pieces of Python's source."""

from __future__ import annotations

import keyword
import re
from textwrap import fill, indent
from typing import Final

WIDTH: Final = 100
WRITTEN: Final = "Written by ``make clients``: what is changed here is lost."
_QUOTES: Final = '"""'


def indented(source: str, levels: int) -> str:
    """Lines of source, moved to the right."""
    return indent(source, "    " * levels)


def identifier(name: str, taken: frozenset[str] = frozenset()) -> str:
    """A name as Python's: ``system.listMethods`` is ``system_list_methods``.

    Underscores in front are dropped: Python has such names for itself.
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    found = re.sub(r"\W", "_", spaced).lower().lstrip("_")
    if not found.isidentifier():
        found = f"_{found}"
    return f"{found}_" if keyword.iskeyword(found) or found in taken else found


def filled(text: str, levels: int, first: str = "") -> str:
    """A paragraph in lines that are not too long; those after the first are one level deeper."""
    hanging = "    " if first else ""
    width = WIDTH - 4 * levels
    return fill(first + text, width, subsequent_indent=hanging, break_on_hyphens=False)


def docstring(text: str, levels: int = 1) -> str:
    """A docstring of one paragraph."""
    escaped = _escaped(text)
    line = f"{_QUOTES}{escaped}{_QUOTES}"
    if len(line) <= WIDTH - 4 * levels and not escaped.endswith('"'):
        return f"{line}\n"
    return f"{filled(_QUOTES + escaped, levels)}\n{_QUOTES}\n"


def long_docstring(paragraphs: list[str], levels: int) -> str:
    """A docstring of several paragraphs, which are in lines already."""
    first, *others = paragraphs
    if not others:
        return docstring(first, levels)
    body = "\n\n".join([filled(_QUOTES + _escaped(first), levels), *map(_escaped, others)])
    return f"{body}\n{_QUOTES}\n"


def importing(module: str, source: str, *names: str) -> str:
    """The line that imports those of some names that a source uses."""
    used = [name for name in names if re.search(rf"\b{name}\b", source)]
    used.sort(key=lambda name: (not name.isupper(), name))  # as ruff sorts them
    line = f"from {module} import {', '.join(used)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in used) + ")"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(_QUOTES, "'''")
