"""Hook calls in the log: ``KALLITHEA_TRACE_PLUGINS=1`` shows which hooks of which plugin run.

A line says how long the call took and the type of what it returned, never a value: settings and
requests hold secrets. Where the variable is not set, nothing of this is between host and plugins.
"""

from __future__ import annotations

import os
import sys
import time
from functools import wraps
from inspect import isroutine
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from twisted.logger import Logger, globalLogBeginner, textFileLogObserver

from kallithea_host.hookspecs import HOOK_PREFIX, Event, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VARIABLE: Final = "KALLITHEA_TRACE_PLUGINS"

_log: Final = Logger()


def wanted() -> bool:
    """Whether hook calls are to be told."""
    return os.environ.get(VARIABLE, "0") not in {"", "0"}


def tell_on_standard_error() -> None:
    """Print the log, in a program that has none."""
    observer = textFileLogObserver(sys.stderr)
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


class Traced(ModuleType):
    """Stands for a plugin: the same hooks, each of which tells the log when it runs."""

    def __init__(self, plugin: str, module: Any) -> None:
        super().__init__(plugin, module.__doc__)
        for name in dir(module):
            if name.startswith(HOOK_PREFIX) and isroutine(hook := getattr(module, name)):
                setattr(self, name, _told(plugin, hook))


def _told(plugin: str, hook: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(hook)
    def told(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            result = hook(*args)
            outcome = f"returned {type(result).__name__}"
        except BaseException as error:
            outcome = f"raised {type(error).__name__}"
            raise
        finally:
            _log.info(
                "plugin {plugin}: {hook}({about}) {outcome} after {milliseconds:.2f} ms",
                plugin=plugin,
                hook=hook.__name__,
                about=", ".join(_about(args)),
                outcome=outcome,
                milliseconds=(time.perf_counter() - began) * 1000,
            )
        return result

    return told


def _about(args: Iterable[Any]) -> Iterable[str]:
    """What of a hook's arguments may be told: which event it is, and its phase."""
    for arg in args:
        if isinstance(arg, Event):
            yield arg.action
        elif isinstance(arg, Phase):
            yield arg.value
