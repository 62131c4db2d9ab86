"""Loading plugins and freezing what they contribute.

A plugin is an entry point of the group ``kallithea_host.plugins``; the built-in ones are no
exception. Loading is sorted by name, so that the order never depends on the installation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

import pluggy

from kallithea_host import hookspecs
from kallithea_host.config import ConfigError
from kallithea_host.methods import Method
from kallithea_host.permissions import Permissions
from kallithea_host.signatures import DeclarationError
from kallithea_host.vcs import Backends

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.metadata import EntryPoint

    import click

    from kallithea_host.config import Settings

GROUP: Final = "kallithea_host.plugins"


@dataclass(frozen=True, slots=True)
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
    found: defaultdict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=GROUP):
        if point not in found[point.name]:
            found[point.name].append(point)
    plugins, left_out = [], []
    for name in sorted(set(found) - set(disabled)):
        first, *others = found[name]
        if others:
            origins = " and ".join(_distribution(point) for point in found[name])
            raise ConfigError(f"two plugins are called {name}: from {origins}")
        try:
            module = first.load()
        except Exception as error:  # a plugin may fail in any way while it is imported
            line = f"plugin {name} ({_distribution(first)}) cannot be loaded: {_reason(error)}"
            if name not in optional:
                raise ConfigError(line) from error
            left_out.append(line)
        else:
            plugins.append(Plugin(name, module, first.value, _distribution(first)))
    return plugins, left_out


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "unknown distribution"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


class Registry:
    """What all plugins contribute, checked once and then fixed."""

    def __init__(self, plugins: Iterable[Plugin], settings: Settings) -> None:
        self.plugins = tuple(plugins)
        self._hooks = pluggy.PluginManager(hookspecs.PROJECT)
        self._hooks.add_hookspecs(hookspecs)
        for plugin in self.plugins:
            self._register(plugin)
        self.methods: dict[str, Method] = self._methods()
        hook = self._hooks.hook
        self.permissions = Permissions(
            check for checks in hook.kallithea_permission_checks(settings=settings) for check in checks
        )
        self.backends = Backends(
            backend for backends in hook.kallithea_vcs_backends() for backend in backends
        )
        self.event = hook.kallithea_event

    def _register(self, plugin: Plugin) -> None:
        try:
            self._hooks.register(plugin.module, name=plugin.name)
            self._hooks.check_pending()
        except pluggy.PluginValidationError as error:
            raise ConfigError(f"plugin {plugin.described}: {_reason(error)}") from error

    def _methods(self) -> dict[str, Method]:
        """Every method by each of its names; refuses a name that two plugins claim."""
        by_name: dict[str, Method] = {}
        for plugin in self.plugins:
            for method in self.methods_of(plugin):
                for name in (method.name, *method.aliases):
                    if name in by_name:
                        owners = f"{by_name[name].plugin} and {plugin.described}"
                        raise ConfigError(f"method {name} is declared by two plugins: {owners}")
                    by_name[name] = method
        return by_name

    def methods_of(self, plugin: Plugin) -> list[Method]:
        """The methods that one plugin declares, in their order."""
        implementation = getattr(plugin.module, "kallithea_methods", None)
        try:
            return list(implementation()) if implementation else []
        except DeclarationError as error:
            raise ConfigError(f"plugin {plugin.described}: {error}") from error

    def commands(self) -> list[click.Command]:
        """The commands of the operator's program, sorted by name."""
        contributed = self._hooks.hook.kallithea_commands()
        return sorted((c for commands in contributed for c in commands), key=lambda c: c.name or "")

    def reference_of(self, alias: str) -> str:
        """The entry point of the plugin that serves a type of repositories."""
        for plugin in self.plugins:
            backends = getattr(plugin.module, "kallithea_vcs_backends", None)
            if backends and any(backend.alias == alias for backend in backends()):
                return plugin.reference
        raise ConfigError(f"no plugin serves repositories of type {alias}")
