"""One setting: a field of a frozen dataclass, and what its text in an ini file becomes."""

from __future__ import annotations

import math
from configparser import RawConfigParser
from dataclasses import MISSING, Field, field
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

OWN_SECTION: Final = "kallithea-host"


class ConfigError(Exception):
    """A setting cannot be used; the text is one line that names it."""


def option(
    default: Any = MISSING,
    about: str = "",
    *,
    between: tuple[float, float] = (1, math.inf),
    secret: bool = False,
    ini: str = "",
    section: str = OWN_SECTION,
) -> Any:
    """A setting, as a field of a frozen dataclass.

    Args:
        default: its value where nothing is said; without one it must be set.
        about: what it means, for the documentation and ``plugin list``.
        between: the least and the largest number it may be.
        secret: it may hold a password, and is left out of the text form of the settings.
        ini: its name in the ini file, when that is not the field's. The host's own only.
        section: its section of the ini file. The host's own only.
    """
    metadata = {"about": about, "ini": ini, "section": section, "between": between}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: default, repr=not secret, metadata=metadata)
    return field(default=default, repr=not secret, metadata=metadata)


def convert(name: str, hint: Any, text: str) -> Any:
    """The value of a setting from its text in the file; raises ``ConfigError``."""
    if hint == tuple[str, ...]:
        return tuple(text.replace(",", " ").split())
    if NoneType in get_args(hint):
        return convert(name, get_args(hint)[0], text) if text else None
    if hint is bool:
        try:
            return RawConfigParser.BOOLEAN_STATES[text.lower()]
        except KeyError:
            raise ConfigError(f"`{name}` is neither yes nor no: {text}") from None
    if hint not in {int, float, Path}:
        return text
    try:
        return hint(text)
    except ValueError:
        raise ConfigError(f"`{name}` is no number: {text}") from None


def check_value(option: Field[Any], hint: Any, value: Any) -> None:
    """Refuse a value that is none of the choices, or out of bounds, by a ``ConfigError``."""
    if get_origin(hint) is Literal and value not in get_args(hint):
        raise ConfigError(f"`{option.name}` must be one of {', '.join(get_args(hint))}")
    if hint in {int, float}:
        least, most = option.metadata.get("between", (-math.inf, math.inf))
        if not least <= value <= most:
            reach = f"{least} or more" if most == math.inf else f"from {least} to {most}"
            raise ConfigError(f"`{option.name}` must be {reach}")
