"""The settings of a daemon or an operator's command: read once, checked before a port opens."""

from __future__ import annotations

import configparser
import ipaddress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from kallithea_host.rules import PermissionRule, ResultStyle, ShowKeys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN_SECTION: Final = "kallithea-host"
KALLITHEA_SECTION: Final = "app:main"


class ConfigError(Exception):
    """A setting cannot be used; the text is one line that names it."""


def _option(default: Any, about: str, *, ini: str = "", section: str = OWN_SECTION) -> Any:
    """A setting: its default, what it means, and its name in the ini file when that differs."""
    metadata = {"about": about, "ini": ini, "section": section}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; every option has a default, so no file is needed."""

    data_dir: Path = _option(
        Path("kallithea-data"), "folder of the database, the secret and the repositories"
    )
    database_url: str = _option(
        "", "SQLAlchemy URL; empty: kallithea.db in data_dir", ini="sqlalchemy.url",
        section=KALLITHEA_SECTION,
    )
    repositories_dir: Path | None = _option(
        None, "root of the repositories; empty: repositories in data_dir", ini="repositories"
    )
    listen: tuple[str, ...] = _option(
        ("tcp:5000:interface=127.0.0.1",), "Twisted endpoint strings, one a line"
    )
    api_result_style: ResultStyle = _option(
        "documented", "shape of the results where documentation and product differ"
    )
    show_keys: ShowKeys = _option("documented", "who reads API keys in results")
    permission_rule: PermissionRule = _option(
        "most_specific", "which row decides: the most specific, or the highest"
    )
    clone_uri_schemes: tuple[str, ...] = _option(
        ("http", "https"), "schemes of remote repositories"
    )
    clone_uri_allow: tuple[str, ...] = _option(
        (), "hosts and networks allowed as remotes although they are not public"
    )
    trusted_proxies: tuple[str, ...] = _option(
        (), "networks whose client address header is believed"
    )
    remote_addr_header: str = _option(
        "X-Forwarded-For", "header in which a trusted proxy names the client"
    )
    body_limit: int = _option(2 * 1024 * 1024, "largest request body, in bytes")
    database_threads: int = _option(2, "threads that read the database")
    vcs_threads: int = _option(4, "threads that read repositories")
    queue_limit: int = _option(1000, "calls waiting for a thread before the server says busy")
    remote_jobs: int = _option(4, "clones and pulls from remotes at one time")
    remote_time_limit: float = _option(3600.0, "seconds a clone or pull from a remote may take")
    remote_memory_limit: int = _option(0, "bytes of memory for such a job; 0: no limit")
    stop_grace: float = _option(25.0, "seconds that calls in flight have to end at a stop")
    access_log: Path | None = _option(None, "file with one line for every HTTP request")
    plugins_disabled: tuple[str, ...] = _option(
        (), "plugins that are not loaded", ini="disabled", section="plugins"
    )
    plugins_optional: tuple[str, ...] = _option(
        (), "plugins that may fail to load", ini="optional", section="plugins"
    )

    @property
    def repositories(self) -> Path:
        """The repository root."""
        return self.repositories_dir or self.data_dir / "repositories"

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kallithea.db'}"


def load(path: Path | None, overrides: Mapping[str, Any]) -> Settings:
    """The settings of an ini file, or of none, with the command line's values over them.

    Raises ``ConfigError``. Relative folders in the file are taken from the file's place by
    ``%(here)s``, others from the working folder.
    """
    settings = Settings(**_read(path)) if path else Settings()
    given = {name: value for name, value in overrides.items() if value is not None}
    settings = replace(settings, **given)
    _check(settings)
    return replace(
        settings,
        data_dir=settings.data_dir.absolute(),
        repositories_dir=settings.repositories_dir and settings.repositories_dir.absolute(),
    )


def ignored_options(path: Path) -> list[str]:
    """Options of Kallithea's own section that have no meaning here."""
    parser = _parse(path)
    known = {f.metadata["ini"] for f in fields(Settings) if f.metadata["section"] != OWN_SECTION}
    if not parser.has_section(KALLITHEA_SECTION):
        return []
    names = set(parser[KALLITHEA_SECTION]) - set(parser.defaults())
    return sorted(names - known)


def _parse(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(
        defaults={"here": str(path.absolute().parent)}, interpolation=_OnlyHere()
    )
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=path.name)
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(f"cannot read {path}: {_one_line(error)}") from error
    return parser


class _OnlyHere(configparser.Interpolation):
    """Puts the file's folder for ``%(here)s`` and leaves every other per cent sign alone."""

    def before_get(
        self, _parser: Any, _section: str, _option: str, value: str, defaults: Mapping[str, str]
    ) -> str:
        return value.replace("%(here)s", defaults["here"])


def _read(path: Path) -> dict[str, Any]:
    parser = _parse(path)
    values: dict[str, Any] = {}
    for option in fields(Settings):
        section, name = option.metadata["section"], option.metadata["ini"] or option.name
        if parser.has_option(section, name):
            values[option.name] = _convert(option.name, parser.get(section, name))
    _refuse_unknown(parser)
    return values


def _refuse_unknown(parser: configparser.ConfigParser) -> None:
    for section in (OWN_SECTION, "plugins"):
        if not parser.has_section(section):
            continue
        known = {
            f.metadata["ini"] or f.name for f in fields(Settings) if f.metadata["section"] == section
        }
        for name in sorted(set(parser[section]) - known - set(parser.defaults())):
            raise ConfigError(f"unknown option `{name}` in section [{section}]")


def _convert(name: str, text: str) -> Any:
    hint = get_type_hints(Settings)[name]
    if hint == tuple[str, ...]:
        return tuple(text.replace(",", " ").split()) if name != "listen" else _lines(text)
    if Path in (hint, *get_args(hint)):
        return Path(text) if text else None
    try:
        return hint(text) if hint in (int, float) else text
    except ValueError:
        raise ConfigError(f"`{name}` is no number: {text}") from None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _check(settings: Settings) -> None:
    hints = get_type_hints(Settings)
    for name in ("api_result_style", "show_keys", "permission_rule"):
        allowed = get_args(hints[name])
        if getattr(settings, name) not in allowed:
            raise ConfigError(f"`{name}` must be one of {', '.join(allowed)}")
    for option in fields(Settings):
        value = getattr(settings, option.name)
        least = 0 if option.name == "remote_memory_limit" else 1
        if hints[option.name] in (int, float) and value < least:
            raise ConfigError(f"`{option.name}` must be {least} or more")
    for network in settings.trusted_proxies:
        _check_network("trusted_proxies", network)
    _check_schemes(settings.clone_uri_schemes)


def _check_network(name: str, network: str) -> None:
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise ConfigError(f"`{name}` holds no address or network: {network}") from None


def _check_schemes(schemes: Sequence[str]) -> None:
    for scheme in schemes:
        if scheme not in {"http", "https", "ssh"}:
            raise ConfigError(f"`clone_uri_schemes` may hold http, https and ssh, not {scheme}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
