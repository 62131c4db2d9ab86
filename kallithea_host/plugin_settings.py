"""The settings of plugins: a section ``[plugin:NAME]`` of the ini file becomes a plugin's own type.

A plugin declares a frozen dataclass with the hook ``kallithea_settings``. Fields made by
``option`` have an explanation and bounds; their annotations are what the texts of the file become.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from kallithea_host.config import PLUGIN_PREFIX
from kallithea_host.options import ConfigError, check_value, convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS: Final = (str, int, float, bool, Path, tuple[str, ...])
"""Types of fields, besides ``Literal`` of texts; each may be ``| None``, too."""


class SettingsError(Exception):
    """A plugin declared its settings wrongly."""


def read(plugin: str, declared: Any, options: Mapping[str, str]) -> Any:
    """The settings of a plugin from the options of its section; raises ``ConfigError``."""
    hints = hints_of(declared)
    known = {each.name: each for each in fields(declared)}
    try:
        values = {name: _value(name, known, hints, text) for name, text in options.items()}
        for name, each in known.items():
            if name not in values and is_required(each):
                raise ConfigError(f"`{name}` is missing, and has no default")
        return declared(**values)
    except (ConfigError, ValueError) as error:  # a dataclass may refuse values by a ValueError
        raise ConfigError(f"section [{PLUGIN_PREFIX}{plugin}]: {error}") from None


def hints_of(declared: Any) -> dict[str, Any]:
    """The types of the settings by their names; raises ``SettingsError`` where one is wrong."""
    if not (isinstance(declared, type) and is_dataclass(declared)):
        raise SettingsError("the settings of a plugin are a frozen dataclass")
    if not declared.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise SettingsError(f"the dataclass {declared.__name__} is not frozen")
    hints = get_type_hints(declared)
    for each in fields(declared):
        if not _is_readable(hints[each.name]):
            raise SettingsError(f"{declared.__name__}.{each.name}: an ini file holds no such type")
    return {each.name: hints[each.name] for each in fields(declared)}


def is_required(each: Field[Any]) -> bool:
    """Whether a setting has no default."""
    return each.default is MISSING and each.default_factory is MISSING


def _is_readable(hint: Any) -> bool:
    if get_origin(hint) in {Union, UnionType}:
        first, *others = get_args(hint)
        return others == [NoneType] and _is_readable(first)
    if get_origin(hint) is Literal:
        return all(isinstance(choice, str) for choice in get_args(hint))
    return hint in KINDS


def _value(name: str, known: Mapping[str, Field[Any]], hints: Mapping[str, Any], text: str) -> Any:
    if name not in known:
        raise ConfigError(f"unknown option `{name}`{_suggestion(name, known)}")
    try:
        value = convert(name, hints[name], text)
    except ConfigError:
        if known[name].repr:
            raise
        raise ConfigError(f"`{name}` has a value of another type") from None  # it is a secret
    if value is not None:
        check_value(known[name], _without_null(hints[name]), value)
    return value


def _without_null(hint: Any) -> Any:
    return get_args(hint)[0] if NoneType in get_args(hint) else hint


def _suggestion(name: str, known: Iterable[str]) -> str:
    if near := get_close_matches(name, known, n=1):
        return f", did you mean `{near[0]}`?"
    return f" (there are {', '.join(known)})" if known else ""
