"""Reading ini files the way Kallithea writes them."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class IniError(Exception):
    """The file cannot be read; the text is one line."""


class _OnlyHere(configparser.Interpolation):
    """Puts the file's folder for ``%(here)s`` and leaves every other per cent sign alone."""

    def before_get(
        self, _parser: Any, _section: str, _option: str, value: str, defaults: Mapping[str, str]
    ) -> str:
        return value.replace("%(here)s", defaults["here"])


def read(path: Path) -> dict[str, dict[str, str]]:
    """The options of every section, as they stand in the file; ``[DEFAULT]`` is one of them."""
    parser = configparser.ConfigParser(interpolation=_OnlyHere(), default_section="")
    parser.read_dict({"": {"here": str(path.absolute().parent)}})
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"), source=str(path))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise IniError(f"cannot read {path}: {' '.join(str(error).split())}") from error
    return {
        name: {option: value for option, value in section.items() if option != "here"}
        for name, section in parser.items()
        if name
    }
