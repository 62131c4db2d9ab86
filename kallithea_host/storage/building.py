"""The way of a new repository through the threads, for methods in the reactor thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.logger import Logger

from kallithea_host.errors import Failed, Vetoed
from kallithea_host.names import BadName
from kallithea_host.remote import RemoteRefused
from kallithea_host.storage import creation, layout, recovery
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Row

    from kallithea_host.hookspecs import Event
    from kallithea_host.jobs import Call, DbJob
    from kallithea_host.storage.creation import Reserved
    from kallithea_host.vcs import Backend, Changeset

_log = Logger()

FAILURES = (BadName, RemoteRefused, VcsError, OSError, Vetoed)
"""What says that a change of the disk cannot be made; the reason is for the log."""


def failed(text: str, reason: BaseException) -> Failed:
    """The error a client reads; the reason goes to the log, in one line."""
    _log.warn("{text}: {reason}", text=text, reason=" ".join(str(reason).split()))
    return Failed(text)


async def build(
    call: Call,
    reserved: Reserved,
    make: Callable[[Path], Awaitable[None]],
    event: Event,
) -> Row[Any]:
    """Build what was reserved and put it in place; its row.

    ``make`` builds the repository at a path. Whatever goes wrong, everything is taken back and
    the exception goes on.
    """
    host, root = call.host, call.host.settings.repositories
    try:
        path = reserved.place(root)
        await make(path)
        tip = await call.vcs(_completed, host.backends[reserved.new.type], path)
        await call.write(creation.plan_placing, reserved)
        return await call.write(_put_in_place, reserved, tip, event)
    except BaseException:
        await undo(call, reserved.intent_id)
        raise


def _completed(backend: Backend, path: Path) -> Changeset:
    tip = backend.tip(path)
    layout.make_durable(path)
    return tip


def _put_in_place(job: DbJob, reserved: Reserved, tip: Changeset, event: Event) -> Row[Any]:
    job.announce(event, asked=True)
    return creation.put_in_place(job, reserved, tip)


async def undo(call: Call, intent_id: int) -> None:
    """Take back a change that cannot be finished."""
    await call.host.jobs.urgent(recovery.undo, call.host, intent_id)
