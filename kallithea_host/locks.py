"""One change of a repository's directory at a time."""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from twisted.internet.defer import DeferredLock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALL_GROUPS: Final = 0
"""Held like the id of a repository by whoever changes repository groups: one change at a time."""


class RepositoryLocks:
    """A lock for each repository id, kept only while somebody holds it or waits."""

    def __init__(self) -> None:
        self._locks: defaultdict[int, DeferredLock] = defaultdict(DeferredLock)

    @asynccontextmanager
    async def holding(self, *repo_ids: int) -> AsyncIterator[None]:
        """Wait for the repositories, and keep others waiting; for the reactor thread.

        Several are taken in the order of their ids, so that two callers never wait for each other.
        """
        held: list[int] = []
        try:
            for repo_id in sorted(set(repo_ids)):
                await self._locks[repo_id].acquire()
                held.append(repo_id)
            yield
        finally:
            for repo_id in held:
                self._release(repo_id)

    def _release(self, repo_id: int) -> None:
        lock = self._locks[repo_id]
        lock.release()  # whoever waits goes on at once, and may have ended when this returns
        if not lock.locked and not lock.waiting and self._locks.get(repo_id) is lock:
            del self._locks[repo_id]
