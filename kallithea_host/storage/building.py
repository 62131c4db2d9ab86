"""The way of a new repository through the threads, for methods in the reactor thread."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from twisted.logger import Logger

from kallithea_host.errors import Failed, Vetoed
from kallithea_host.names import BadName
from kallithea_host.storage import creation, layout, recovery
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from kallithea_host.hookspecs import Event
    from kallithea_host.jobs import Call, DbJob
    from kallithea_host.storage.creation import Reserved
    from kallithea_host.vcs import Backend, Changeset

_log: Final = Logger()

FAILURES: Final[tuple[type[Exception], ...]] = (BadName, VcsError, OSError, Vetoed)
"""What says that a change of the disk cannot be made; the reason is for the log."""


@contextmanager
def told_as(text: str, *more: type[Exception]) -> Iterator[None]:
    """Answer ``text`` when a change of the disk cannot be made; the reason goes to the log.

    ``more`` are further reasons besides ``FAILURES``.
    """
    try:
        yield
    except (*FAILURES, *more) as reason:
        what, why = (" ".join(str(each).split()) for each in (text, reason))
        _log.warn("{what}: {why}", what=what, why=why)
        raise Failed(text) from reason


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
    try:
        path = reserved.place(root)
        await make(path)
        tip = await call.vcs(_completed, host.backends[reserved.new.type], path)
        await call.write(creation.plan_placing, reserved)
        await call.write(_put_in_place, reserved, tip, event)
    except BaseException:
        await undo(call, reserved.intent_id)
        raise


def _completed(backend: Backend, path: Path) -> Changeset:
    tip = backend.tip(path)
    layout.make_durable(path)
    return tip


def _put_in_place(job: DbJob, reserved: Reserved, tip: Changeset, event: Event) -> None:
    job.announce(event, asked=True)
    creation.put_in_place(job, reserved, tip)


async def undo(call: Call, intent_id: int) -> None:
    """Take back a change that cannot be finished."""
    await call.host.jobs.urgent(recovery.undo, call.host, intent_id)
