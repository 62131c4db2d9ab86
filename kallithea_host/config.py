"""The settings of a daemon or an operator's command: read once, checked before a port opens."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_type_hints

from kallithea_host import ini
from kallithea_host.options import OWN_SECTION, ConfigError, check_value, convert, option
from kallithea_host.rules import ChosenRule, ResultStyle, ShowKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ConfigError", "Settings", "ignored_options", "load"]

A_YEAR: Final = 366 * 24 * 3600
KALLITHEA_SECTION: Final = "app:main"
PLUGINS_SECTION: Final = "plugins"
PLUGIN_PREFIX: Final = "plugin:"
ADDRESS: Final = r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._~/-]+)?/?"
"""What ``canonical_url`` looks like."""
NO_SECTION: Final = ""
"""The section of what nobody sets: it follows from other settings."""

Declared = TypeVar("Declared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; every option has a default, so no file is needed."""

    data_dir: Path = option(
        Path("kallithea-data"), "folder of the database, the secret and the repositories"
    )
    database_url: str = option(
        "",
        "SQLAlchemy URL; empty: kallithea.db in data_dir",
        ini="sqlalchemy.url",
        section=KALLITHEA_SECTION,
        secret=True,
    )
    repositories_dir: Path | None = option(
        None, "root of the repositories; empty: repositories in data_dir", ini="repositories"
    )
    listen: tuple[str, ...] = option(
        ("tcp:5000:interface=127.0.0.1",), "Twisted endpoint strings, one a line"
    )
    api_result_style: ResultStyle = option(
        "documented", "shape of the results where documentation and product differ"
    )
    show_keys: ShowKeys = option("documented", "who reads API keys in results")
    permission_rule: ChosenRule = option(
        "as_imported",
        "which row decides; as_imported: as where the data were imported from, else most_specific",
    )
    api_access_controllers_whitelist: tuple[str, ...] = option(
        (),
        "views that API keys open, as `Controller:action`, besides the feeds",
        section=KALLITHEA_SECTION,
    )
    canonical_url: str = option(
        "",
        "the server's address in what it sends, such as `https://hg.example.org`; empty: the one "
        "that the client used",
        section=KALLITHEA_SECTION,
    )
    rss_items_per_page: int = option(
        10, "changesets in the feed of a repository", section=KALLITHEA_SECTION, between=(1, 500)
    )
    rss_include_diff: bool = option(
        False,  # noqa: FBT003 - the value of a field
        "feeds of repositories show the diff of each changeset",
        section=KALLITHEA_SECTION,
    )
    rss_cut_off_limit: int = option(
        256_000, "bytes of such a diff that are shown", section=KALLITHEA_SECTION
    )
    clone_uri_schemes: tuple[str, ...] = option(("http", "https"), "schemes of remote repositories")
    clone_uri_allow: tuple[str, ...] = option(
        (), "hosts and networks allowed as remotes although they are not public"
    )
    trusted_proxies: tuple[str, ...] = option(
        (), "networks whose client address header is believed"
    )
    remote_addr_header: str = option(
        "X-Forwarded-For", "header in which a trusted proxy names the client"
    )
    session_idle: float = option(
        3600.0,
        "seconds after which a session of the account page ends that is not used",
        between=(1, A_YEAR),
    )
    session_lifetime: float = option(
        43200.0,
        "seconds after which a session of the account page ends in any case",
        between=(1, A_YEAR),
    )
    body_limit: int = option(2 * 1024 * 1024, "largest request body, in bytes")
    nesting_limit: int = option(
        100, "arrays and objects in one another in a request", between=(2, 500)
    )
    digits_limit: int = option(4300, "digits of a number in a request", between=(20, 4300))
    values_limit: int = option(100_000, "members and elements in a request", between=(10, math.inf))
    batch_limit: int = option(100, "requests in one body, as an array")
    database_threads: int = option(2, "threads that read the database")
    vcs_threads: int = option(4, "threads that read repositories")
    queue_limit: int = option(1000, "calls waiting for a thread before the server says busy")
    remote_jobs: int = option(4, "clones and pulls from remotes at one time")
    remote_time_limit: float = option(3600.0, "seconds a clone or pull from a remote may take")
    remote_memory_limit: int = option(
        0, "bytes of memory for such a job; 0: no limit", between=(0, math.inf)
    )
    stream_jobs: int = option(16, "archives, diffs and files made at one time, each by a process")
    stream_stall_limit: float = option(
        60.0, "seconds that a client may take nothing of one before it is given up"
    )
    stream_time_limit: float = option(7200.0, "seconds that one may take altogether")
    stream_memory_limit: int = option(
        4 * 1024**3, "bytes of memory for such a process; 0: no limit", between=(0, math.inf)
    )
    stop_grace: float = option(
        15.0, "seconds that calls in flight have to end at a stop", between=(0, math.inf)
    )
    access_log: Path | None = option(None, "file with one line for every HTTP request")
    plugins_disabled: tuple[str, ...] = option(
        (), "plugins that are not loaded", ini="disabled", section=PLUGINS_SECTION
    )
    plugins_optional: tuple[str, ...] = option(
        (),
        "plugins that are left out if they fail to load or their settings are wrong",
        ini="optional",
        section=PLUGINS_SECTION,
    )
    plugin_options: Mapping[str, Mapping[str, str]] = option(
        {},
        "what the plugin NAME declares with `kallithea_settings`; `plugin list` shows it",
        ini="…",
        section=f"{PLUGIN_PREFIX}NAME",
        secret=True,
    )
    plugin_settings: Mapping[type[Any], Any] = option(
        {}, "the settings of the plugins, read from their options", section=NO_SECTION, secret=True
    )

    @property
    def repositories(self) -> Path:
        """The repository root."""
        return self.repositories_dir or self.data_dir / "repositories"

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kallithea.db'}"

    def of(self, declared: type[Declared]) -> Declared:
        """The settings of a plugin, by the type it declares with ``kallithea_settings``."""
        try:
            found: Declared = self.plugin_settings[declared]
        except KeyError:
            raise LookupError(f"no loaded plugin declares {declared.__name__}") from None
        return found


def load(
    path: Path | None, overrides: Mapping[str, Any], assignments: Sequence[str] = ()
) -> Settings:
    """The settings of an ini file, or of none, with the command line's values over them.

    ``assignments`` are texts ``name=value``; ``overrides`` stand above them. Raises
    ``ConfigError``. Relative folders in the file are taken from the file's place by ``%(here)s``,
    others from the working folder.
    """
    values = _from_file(path) if path else {}
    values |= dict(_assigned(text) for text in assignments)
    values |= {name: value for name, value in overrides.items() if value is not None}
    settings = Settings(**values)
    _check(settings)
    return replace(
        settings,
        **{
            name: getattr(settings, name).absolute()
            for name in ("data_dir", "repositories_dir", "access_log")
            if getattr(settings, name)
        },
    )


def ignored_options(path: Path) -> list[str]:
    """Options of Kallithea's own section that have no meaning here."""
    return sorted(set(_sections(path).get(KALLITHEA_SECTION, ())) - set(_known(KALLITHEA_SECTION)))


def _known(section: str) -> dict[str, Field[Any]]:
    """The settings of a section, by their names in it."""
    return {
        option.metadata["ini"] or option.name: option
        for option in fields(Settings)
        if option.metadata["section"] == section
    }


def _sections(path: Path) -> dict[str, dict[str, str]]:
    try:
        return ini.read(path)
    except ini.IniError as error:
        raise ConfigError(str(error)) from error


def _from_file(path: Path) -> dict[str, Any]:
    sections = _sections(path)
    texts = {
        section: dict(sections.get(section, {}))
        for section in (KALLITHEA_SECTION, OWN_SECTION, PLUGINS_SECTION)
    }
    texts[KALLITHEA_SECTION] = sections.get("DEFAULT", {}) | texts[KALLITHEA_SECTION]
    values: dict[str, Any] = {}
    for section, options in texts.items():
        known = _known(section)
        for name, text in options.items():
            if name in known:
                values[known[name].name] = _convert(known[name].name, text)
            elif section != KALLITHEA_SECTION:
                raise ConfigError(f"unknown option `{name}` in section [{section}]")
    values["plugin_options"] = {
        section.removeprefix(PLUGIN_PREFIX): options
        for section, options in sections.items()
        if section.startswith(PLUGIN_PREFIX)
    }
    return values


def _assigned(text: str) -> tuple[str, Any]:
    """The setting that ``name=value`` is about, by its own name or the one it has in the file."""
    given, equals, value = text.partition("=")
    own = {option.name for option in fields(Settings)} - {"plugin_options", "plugin_settings"}
    name = _known(OWN_SECTION)[given].name if given in _known(OWN_SECTION) else given
    if not equals or name not in own:
        raise ConfigError(f"no setting is called `{given}`; it takes NAME=VALUE")
    return name, _convert(name, value)


def _convert(name: str, text: str) -> Any:
    if name == "listen":  # an endpoint may hold commas and spaces
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    return convert(name, get_type_hints(Settings)[name], text)


def _check(settings: Settings) -> None:
    hints = get_type_hints(Settings)
    for each in fields(Settings):
        check_value(each, hints[each.name], getattr(settings, each.name))
    if not settings.listen:
        raise ConfigError("`listen` is empty: the server would answer nobody")
    if not re.fullmatch("[A-Za-z0-9-]+", settings.remote_addr_header):
        raise ConfigError("`remote_addr_header` is no name of a header")
    if settings.canonical_url and not re.fullmatch(ADDRESS, settings.canonical_url):
        raise ConfigError("`canonical_url` is no address such as https://hg.example.org")
    for network in settings.trusted_proxies:
        _check_network("trusted_proxies", network)
    for scheme in settings.clone_uri_schemes:
        if scheme not in {"http", "https", "ssh"}:
            raise ConfigError(f"`clone_uri_schemes` may hold http, https and ssh, not {scheme}")


def _check_network(name: str, network: str) -> None:
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise ConfigError(f"`{name}` holds no address or network: {network}") from None
