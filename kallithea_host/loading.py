"""Finding and importing the installed plugins.

A plugin is an entry point of the group ``kallithea_host.plugins``; the built-in ones are no
exception. Loading is sorted by name, so that the order never depends on the installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.options import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

GROUP: Final = "kallithea_host.plugins"


@dataclass(frozen=True, slots=True, eq=False)
class Plugin:
    """One loaded plugin and where it came from."""

    name: str
    module: Any
    reference: str
    """The entry point's value: what a child process imports."""
    distribution: str
    """Name and version of the distribution that brought it."""

    @property
    def described(self) -> str:
        """The plugin's name and origin, for messages."""
        return f"{self.name} ({self.distribution})" if self.distribution else self.name


def installed(
    disabled: Sequence[str] = (), optional: Sequence[str] = ()
) -> tuple[list[Plugin], list[str]]:
    """The installed plugins, and a line for each optional one that was left out.

    Raises ``ConfigError``, one line that names the plugin and its distribution, when one that is
    not optional fails to load, or two have one name.
    """
    points = entry_points_by_name()
    for setting, names in (("disabled", disabled), ("optional", optional)):
        for name in names:
            if name not in points:
                raise ConfigError(
                    f"`{setting}` in section [plugins] names no plugin: {name} "
                    f"(there are {', '.join(sorted(points))})"
                )
    plugins, left_out = [], []
    for name in sorted(points.keys() - set(disabled)):
        try:
            plugins.append(load(name, points[name]))
        except ConfigError as error:
            if name not in optional:
                raise
            left_out.append(str(error))
    return plugins, left_out


def entry_points_by_name() -> dict[str, EntryPoint]:
    """The installed plugins, none of which is loaded for that."""
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        other = found.setdefault(point.name, point)
        if other != point:
            origins = f"{distribution_of(other)} and {distribution_of(point)}"
            raise ConfigError(f"two plugins are called {point.name}: from {origins}")
    return found


def load(name: str, point: EntryPoint) -> Plugin:
    """Import a plugin; raises ``ConfigError``, one line that names it and its distribution."""
    try:
        return Plugin(name, point.load(), point.value, distribution_of(point))
    except Exception as error:  # a plugin may fail in any way while it is imported
        line = f"plugin {name} ({distribution_of(point)}) cannot be loaded: {reason(error)}"
        raise ConfigError(line) from error


def distribution_of(point: EntryPoint) -> str:
    """Name and version of the distribution that a plugin is in."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "unknown distribution"


def reason(error: Exception) -> str:
    """What went wrong, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
