"""What is installed and what it adds, also where a daemon would not start with it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from kallithea_host import loading
from kallithea_host.options import ConfigError
from kallithea_host.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

    from kallithea_host.config import Settings
    from kallithea_host.loading import Plugin

State = Literal["loaded", "disabled", "left out", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one plugin adds, by name."""

    methods: Sequence[str] = ()
    checks: Sequence[str] = ()
    backends: Sequence[str] = ()
    views: Sequence[str] = ()
    commands: Sequence[str] = ()
    settings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """An installed plugin."""

    name: str
    distribution: str
    """Its name and version."""
    state: State
    reason: str = ""
    """Why it is left out, or what a start of the daemon would say."""
    adds: Contribution = field(default_factory=Contribution)


def survey(settings: Settings) -> tuple[list[Surveyed], str]:
    """Every installed plugin, and why all that work alone do not work together, if that is so.

    Raises ``ConfigError`` where two plugins have one name: then it is not known which is meant.
    """
    working: list[Plugin] = []
    found = [
        _look_at(name, point, settings, working)
        for name, point in sorted(loading.entry_points_by_name().items())
    ]
    failed = {each.name for each in found if each.state == "failed"}
    options = {name: of for name, of in settings.plugin_options.items() if name not in failed}
    try:
        Registry(working, replace(settings, plugin_options=options)).commands()
    except ConfigError as error:
        return found, str(error)
    return found, ""


def _look_at(name: str, point: EntryPoint, settings: Settings, working: list[Plugin]) -> Surveyed:
    surveyed = partial(Surveyed, name=name, distribution=loading.distribution_of(point))
    if name in settings.plugins_disabled:
        return surveyed(state="disabled")
    try:
        plugin = loading.load(name, point)
    except ConfigError as error:
        state: State = "left out" if name in settings.plugins_optional else "failed"
        return surveyed(state=state, reason=str(error))
    options = {each: of for each, of in settings.plugin_options.items() if each == name}
    try:
        alone = Registry([plugin], replace(settings, plugin_options=options))
        adds = _contribution(alone)
    except ConfigError as error:  # which stops a start, whether the plugin is optional or not
        return surveyed(state="failed", reason=str(error))
    if alone.left_out:
        return surveyed(state="left out", reason=alone.left_out[0])
    working.append(plugin)
    return surveyed(state="loaded", adds=adds)


def _contribution(alone: Registry) -> Contribution:
    """What a plugin adds when it is alone."""
    declared = alone.declared_settings.values()
    return Contribution(
        methods=list(dict.fromkeys(method.name for method in alone.methods.values())),
        checks=[type(check).__name__ for check in alone.pieces("kallithea_permission_checks")],
        backends=[backend.alias for backend in alone.pieces("kallithea_vcs_backends")],
        views=[view.name for view in alone.pieces("kallithea_views")],
        commands=[command.name or "" for command in alone.commands()],
        settings=[each.name for settings in declared for each in fields(settings)],
    )
