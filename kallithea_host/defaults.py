"""What a new repository is like when its maker does not say: the settings ``default_repo_…``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select

from kallithea_host import schema
from kallithea_host.arguments import convert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

PREFIX: Final = "default_repo_"
"""A setting's name is this and the name of the field."""
TYPE: Final = "default_repo_type"

_settings = schema.settings


@dataclass(frozen=True, slots=True)
class RepositoryDefaults:
    """The settings, with the values of a fresh installation."""

    type: str = "hg"
    private: bool = False
    enable_statistics: bool = False
    enable_downloads: bool = False
    enable_locking: bool = False


def by_setting(defaults: RepositoryDefaults) -> dict[str, Any]:
    """The values under the names of the settings."""
    return {PREFIX + field: value for field, value in asdict(defaults).items()}


FRESH: Final[Mapping[str, Any]] = by_setting(RepositoryDefaults())
"""The names of the settings and their values on a fresh installation."""


def get(db: Connection) -> RepositoryDefaults:
    """The defaults in force."""
    rows = db.execute(
        select(_settings.c.name, _settings.c.value).where(_settings.c.name.in_(FRESH))
    )
    return RepositoryDefaults(
        **{name.removeprefix(PREFIX): _typed(name, text) for name, text in rows}
    )


def put(db: Connection, name: str, text: str) -> None:
    """Set one of ``FRESH`` from text; raises ``arguments.Mismatch`` if it is no such value.

    Whether a backend serves a type is for the caller to know.
    """
    value = _typed(name, text)
    db.execute(delete(_settings).where(_settings.c.name == name))
    db.execute(insert(_settings).values(name=name, value=as_text(value)))


def as_text(value: str | bool) -> str:  # noqa: FBT001 - the value that is written
    """A value as it is stored and shown: ``true`` and ``false``, or the text."""
    return str(value).lower() if isinstance(value, bool) else value


def _typed(name: str, text: str) -> Any:
    return convert(text, type(FRESH[name]))
