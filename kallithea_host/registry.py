"""The plugins of a host, and what they contribute to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from inspect import isroutine
from typing import TYPE_CHECKING, Any

import pluggy

from kallithea_host import hookspecs, plugin_settings, tracing
from kallithea_host.config import ConfigError
from kallithea_host.hookspecs import HOOK_PREFIX
from kallithea_host.loading import Plugin, reason
from kallithea_host.permissions import Permissions
from kallithea_host.routes import Routes
from kallithea_host.vcs import Backends
from kallithea_host.views import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import click

    from kallithea_host.config import Settings
    from kallithea_host.methods import Method


class Registry:
    """What all plugins contribute, checked once and then fixed.

    An optional plugin that does not fit the hooks, or whose settings cannot be used, is left out:
    ``left_out`` has a line for each.
    """

    def __init__(self, plugins: Iterable[Plugin], settings: Settings) -> None:
        self._hooks = pluggy.PluginManager(hookspecs.PROJECT)
        self._hooks.add_hookspecs(hookspecs)
        self._pieces: dict[str, list[Any]] = {}
        self.plugins = tuple[Plugin, ...]()
        self.left_out = tuple[str, ...]()
        self.declared_settings: dict[Plugin, type[Any]] = {}
        self.settings = settings
        for plugin in plugins:
            self._take_in(_traced(plugin) if tracing.wanted() else plugin)
        self._refuse_strangers()
        declared = self._contributed("kallithea_methods")
        named = [(p, (m.name, *m.aliases), m) for p, m in declared]
        self.methods: Mapping[str, Method] = _unique("method", named)
        self._of_plugin = {p: [m for owner, m in declared if owner is p] for p in self.plugins}
        checks = self._contributed("kallithea_permission_checks", settings=self.settings)
        self.permissions = Permissions(check for _, check in checks)
        backends = self._contributed("kallithea_vcs_backends")
        by_alias = _unique("backend", [(p, (b.alias,), b) for p, b in backends])
        self.backends = Backends(by_alias.values())
        self._references = {backend.alias: plugin.reference for plugin, backend in backends}
        self.views, self.routes = _views(self._contributed("kallithea_views"))
        self.event = self._hooks.hook.kallithea_event

    def join(self, listener: object) -> None:
        """Let an object, which is no plugin, hear of events as well."""
        self._hooks.register(listener)

    def methods_of(self, plugin: Plugin) -> Sequence[Method]:
        """The methods that one plugin declares, in their order."""
        return self._of_plugin[plugin]

    def pieces(self, hook: str) -> Sequence[Any]:
        """What all plugins returned for a hook that contributes, such as ``kallithea_views``."""
        return self._pieces[hook]

    def commands(self) -> list[click.Command]:
        """The commands of the operator's program, sorted by name."""
        contributed = self._contributed("kallithea_commands")
        commands = _unique("command", [(p, (c.name or "",), c) for p, c in contributed])
        return [commands[name] for name in sorted(commands)]

    def reference_of(self, alias: str) -> str:
        """The entry point of the plugin that serves a type of repositories."""
        try:
            return self._references[alias]
        except KeyError:
            raise ConfigError(f"no plugin serves repositories of type {alias}") from None

    def _take_in(self, plugin: Plugin) -> None:
        """Register a plugin and read its settings; an optional one that fails is left out."""
        try:
            self._register(plugin)
            self._read_settings(plugin)
        except ConfigError as error:
            if plugin.name not in self.settings.plugins_optional:
                raise
            self._hooks.unregister(plugin.module)
            self.left_out = (*self.left_out, str(error))
        else:
            self.plugins = (*self.plugins, plugin)

    def _register(self, plugin: Plugin) -> None:
        """Let a plugin take part in the hooks; a misspelt or unmarked hook is refused."""
        try:
            self._hooks.register(plugin.module, name=plugin.name)
            self._hooks.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise ConfigError(f"plugin {plugin.described}: {reason(error)}") from error
        heard = {caller.name for caller in self._hooks.get_hookcallers(plugin.module) or ()}
        for name in dir(plugin.module):
            if (
                name.startswith(HOOK_PREFIX)
                and name not in heard
                and isroutine(getattr(plugin.module, name))
            ):
                raise ConfigError(f"plugin {plugin.described}: {name} is not marked with hookimpl")

    def _refuse_strangers(self) -> None:
        """Options for a plugin that is neither here nor left out on purpose are a mistake."""
        known = {plugin.name for plugin in self.plugins}.union(
            self.settings.plugins_disabled, self.settings.plugins_optional
        )
        for name in self.settings.plugin_options:
            if name not in known:
                raise ConfigError(f"section [plugin:{name}] is about no plugin{_near(name, known)}")

    def _read_settings(self, plugin: Plugin) -> None:
        """Make a plugin's section its own type; options for a plugin without one are refused."""
        options = self.settings.plugin_options.get(plugin.name, {})
        with _blamed(plugin, "kallithea_settings"):
            returned = self._caller("kallithea_settings", plugin)()
            for declared in returned:
                plugin_settings.hints_of(declared)
        if options and not returned:
            raise ConfigError(f"section [plugin:{plugin.name}]: the plugin has no settings")
        for declared in returned:
            self._refuse_shared(plugin, declared)
            values = plugin_settings.read(plugin.name, declared, options)
            known = {**self.settings.plugin_settings, declared: values}
            self.settings = replace(self.settings, plugin_settings=known)
            self.declared_settings[plugin] = declared

    def _refuse_shared(self, plugin: Plugin, declared: type[Any]) -> None:
        """Settings are found by their type, so that it belongs to one plugin."""
        for other, same in self.declared_settings.items():
            if same is declared:
                both = f"{other.described} and {plugin.described}"
                raise ConfigError(f"two plugins have the settings {declared.__name__}: {both}")

    def _contributed(self, hook: str, **given: Any) -> list[tuple[Plugin, Any]]:
        """What each plugin returns for a hook, piece by piece, in the order of the plugins."""
        pieces: list[tuple[Plugin, Any]] = []
        for plugin in self.plugins:
            with _blamed(plugin, hook):
                for returned in self._caller(hook, plugin)(**given):
                    pieces.extend((plugin, piece) for piece in returned)
        self._pieces[hook] = [piece for _, piece in pieces]
        return pieces

    def _caller(self, hook: str, plugin: Plugin) -> pluggy.HookCaller:
        """Calls a hook of one plugin only."""
        others = [other.module for other in self.plugins if other is not plugin]
        return self._hooks.subset_hook_caller(hook, others)


def _traced(plugin: Plugin) -> Plugin:
    return replace(plugin, module=tracing.Traced(plugin.name, plugin.module))


@contextmanager
def _blamed(plugin: Plugin, hook: str) -> Iterator[None]:
    """Whatever goes wrong in a plugin's hook is told with its name, in one line."""
    try:
        yield
    except Exception as error:  # a plugin may fail in any way
        raise ConfigError(f"plugin {plugin.described}: {hook} failed: {reason(error)}") from error


def _near(name: str, known: Iterable[str]) -> str:
    """A plugin whose name looks like a mistyped one, as the end of a sentence."""
    near = get_close_matches(name, known, n=1)
    return f", did you mean [plugin:{near[0]}]?" if near else ""


def _views(claims: Sequence[tuple[Plugin, Any]]) -> tuple[Mapping[str, View], Routes]:
    """The views by name, and by their URLs; what is no ``View`` would get around the gate."""
    owners: dict[View, Plugin] = {}
    for plugin, view in claims:
        if type(view) is not View:
            raise ConfigError(f"plugin {plugin.described}: kallithea_views gives {view!r}, no view")
        owners[view] = plugin
    by_name: dict[str, View] = _unique("view", [(p, (v.name,), v) for p, v in claims])
    routes = Routes(by_name.values())
    for one, other, url in routes.clashes():
        both = " and ".join(f"{v.name} of plugin {owners[v].described}" for v in (one, other))
        raise ConfigError(f"two views have the URL {url}: {both}")
    return by_name, routes


def _unique(what: str, claims: Iterable[tuple[Plugin, Sequence[str], Any]]) -> dict[str, Any]:
    """The pieces by each of their names; refuses a name that is claimed twice."""
    by_name: dict[str, Any] = {}
    owners: dict[str, Plugin] = {}
    for plugin, names, piece in claims:
        for name in names:
            if owners.get(name) is plugin:
                raise ConfigError(f"plugin {plugin.described} has two of the {what} {name}")
            if name in by_name:
                both = f"{owners[name].described} and {plugin.described}"
                raise ConfigError(f"two plugins have a {what} {name}: {both}")
            by_name[name] = piece
            owners[name] = plugin
    return by_name
