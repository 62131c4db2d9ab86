"""The way of a new repository through the threads, for methods in the reactor thread."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from kallithea_host.storage import creation, layout, recovery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from kallithea_host.hookspecs import Event
    from kallithea_host.jobs import Call, DbJob
    from kallithea_host.storage.creation import Reserved
    from kallithea_host.vcs import Backend, Changeset


async def build(
    call: Call,
    reserved: Reserved,
    make: Callable[[Path], Awaitable[None]],
    event: Event,
) -> None:
    """Build what was reserved and put it in place.

    ``make`` builds the repository at a path. Whatever goes wrong, everything is taken back and
    the exception goes on.
    """
    host, root = call.host, call.host.settings.repositories
    async with undoing(call, reserved.intent_id):
        path = reserved.place(root)
        await make(path)
        tip = await call.vcs(_completed, host.backends[reserved.new.type], path)
        await call.write(creation.plan_placing, reserved)
        await call.write(_put_in_place, reserved, tip, event)


def _completed(backend: Backend, path: Path) -> Changeset:
    tip = backend.tip(path)
    layout.make_durable(path)
    return tip


def _put_in_place(job: DbJob, reserved: Reserved, tip: Changeset, event: Event) -> None:
    job.announce(event, asked=True)
    creation.put_in_place(job, reserved, tip)


@asynccontextmanager
async def undoing(call: Call, intent_id: int) -> AsyncIterator[None]:
    """Take a change back when it cannot be finished, whatever the reason, which goes on."""
    try:
        yield
    except BaseException:  # a call that is cancelled leaves nothing half made, either
        await call.host.jobs.urgent(recovery.undo, call.host, intent_id)
        raise
