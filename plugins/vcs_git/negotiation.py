"""Telling a remote which commits we have."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from dulwich.objects import ObjectID

if TYPE_CHECKING:
    from .repository import Repository


class Haves:
    """Names our commits to the remote, young ones first, so that it sends only what is new."""

    def __init__(self, repository: Repository) -> None:
        """Begin at the refs of ``repository``."""
        self.shallow = {ObjectID(each) for each in repository.shallow}
        self._repository = repository
        self._queue = [(-commit.time, each) for each, commit in repository.tips().items()]
        heapq.heapify(self._queue)
        self._seen = {each for _, each in self._queue}
        self._common: set[bytes] = set()

    def __next__(self) -> ObjectID | None:
        """The next commit to name, or None when there is no other."""
        while self._queue:
            _, commit_id = heapq.heappop(self._queue)
            if commit_id in self._common:
                continue
            for parent in self._repository.commit(commit_id).parents:
                if parent not in self._seen:
                    self._seen.add(parent)
                    heapq.heappush(self._queue, (-self._repository.commit(parent).time, parent))
            return ObjectID(commit_id)
        return None

    def ack(self, sha: bytes) -> None:
        """The remote has this commit, so those before it need not be named."""
        if sha in self._seen:
            self._common.update(self._repository.commit(sha).parents)

    def nak(self) -> None:
        """The remote has none of the commits named so far."""
