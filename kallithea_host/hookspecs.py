"""The hooks: every way a plugin adds something to the server.

A plugin is a module named by an entry point of the group ``kallithea_host.plugins``. It
implements any of these functions and marks them with ``hookimpl``. Hooks that contribute
something are called once, at start, in the reactor thread; ``kallithea_event`` is called whenever
something happens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import click

    from kallithea_host.config import Settings
    from kallithea_host.jobs import DbJob
    from kallithea_host.methods import Methods
    from kallithea_host.permissions import PermissionCheck
    from kallithea_host.vcs import Backend
    from kallithea_host.views import Views

PROJECT: Final = "kallithea_host"
HOOK_PREFIX: Final = "kallithea_"
"""What the name of every hook begins with."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Phase(Enum):
    """When an event is told."""

    VETO = "veto"
    """Inside the transaction, first: raising an ``ApiError`` refuses the change."""
    STAGE = "stage"
    """Inside the transaction: what is written now is committed with the change, or not at all."""
    AFTER = "after"
    """Once committed: the change has happened and stays."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens: what, to what, by whom."""

    action: str
    """A word for what happens: ``user.created``, ``repository.pulled``, …"""
    actor: str
    """The user name of the caller."""
    address: str
    """The address the caller calls from; empty for the operator's program."""
    subject: Mapping[str, Any]
    """What it happens to: plain values, never a password or a key."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What more there is to say: plain values."""


@hookspec
def kallithea_methods() -> Methods:
    """The RPC methods of the plugin; called once, at start. Since 0.1."""
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_settings() -> type[Any]:
    """The type of the plugin's settings, a frozen dataclass; called once, at start. Since 0.2.

    Its fields are the options of the section ``[plugin:NAME]``, best made by ``option``. Once they
    are read, ``settings.of(TheType)`` gives them wherever there are settings. Called before the
    other hooks, in the reactor thread; also by the operator's program.
    """
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_permission_checks(settings: Settings) -> Iterable[PermissionCheck]:
    """Checks for the chain that every call passes; called once, at start. Since 0.1.

    Their functions run in database threads. None as an opinion leaves the answer to the others.
    """
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_vcs_backends() -> Iterable[Backend]:
    """Backends for further types of repositories; called once, at start. Since 0.1.

    Also called in each child process that clones or pulls. Their functions block and run in VCS
    threads or in a child process.
    """
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_views() -> Views:
    """The plugin's views, which are fetched by GET with an API key or without. Since 0.2.

    Called once, at start, in the reactor thread; also by the operator's program.
    """
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_commands() -> Iterable[click.Command]:
    """Commands for the operator's program ``kallithea-host``; called when it starts. Since 0.1.

    A command gets the ``Operator`` of the program with ``click.pass_obj``.
    """
    raise AssertionError("a specification is never called")


@hookspec
def kallithea_event(job: DbJob, event: Event, phase: Phase) -> None:
    """Something happens; called for every phase of every event, in a database thread. Since 0.1.

    In the phases ``VETO`` and ``STAGE`` the transaction of ``job`` is open; an ``ApiError`` raised
    in ``VETO`` refuses the change in the method's own words. In ``AFTER`` it is committed:
    ``job.db`` is closed, and an exception is logged and changes nothing.
    """
