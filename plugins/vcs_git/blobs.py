"""The contents of many files, one after the other: by the ``git`` program, or without it."""

from __future__ import annotations

from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from dulwich.objects import ObjectID

from kallithea_host.vcs import VcsError

from .programs import running
from .stored import BLOB, PIECE, find_stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .repository import Repository

ASKED_AHEAD: Final = 500
"""Ids that ``git`` is sent while it works on as many: both fit into the pipe."""


def blobs(
    repository: Repository, ids: Iterable[bytes], git: str | None
) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Size and content of each blob, the content to be read before the next one is asked for."""
    return _by_dulwich(repository, ids) if git is None else _by_git(repository, ids, git)


def _by_dulwich(
    repository: Repository, ids: Iterable[bytes]
) -> Iterator[tuple[int, Iterator[bytes]]]:
    for blob_id in ids:
        data = read(repository, blob_id)
        yield len(data), pieces(data)


def read(repository: Repository, blob_id: bytes) -> bytes:
    """The whole content of a blob."""
    kind, data = repository.objects.get_raw(ObjectID(blob_id))
    if kind != BLOB:
        raise VcsError(f"object {blob_id.decode('ascii', 'replace')} is no file")
    return data


def size_of(repository: Repository, blob_id: bytes, git: str | None) -> int:
    """The size of a blob, which of a difference only ``git`` can tell without reading it whole."""
    if stored := find_stored(repository, blob_id):
        return stored.size
    if git is None:
        return len(read(repository, blob_id))
    with running(git, repository.object_directory, "cat-file", "--batch-check") as pipes:
        asking, answers = pipes
        _ask(asking, iter([blob_id]))
        return _size(answers)


def content(repository: Repository, blob_id: bytes, git: str | None) -> Iterator[bytes]:
    """The content of one blob."""
    if stored := find_stored(repository, blob_id):
        yield from stored.pieces()
        return
    for _, chunks in blobs(repository, [blob_id], git):
        yield from chunks


def pieces(data: bytes) -> Iterator[bytes]:
    """A content in pieces."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


def _by_git(
    repository: Repository, ids: Iterable[bytes], git: str
) -> Iterator[tuple[int, Iterator[bytes]]]:
    wanted = iter(ids)
    with running(git, repository.object_directory, "cat-file", "--batch") as (asking, answers):
        waiting = _ask(asking, wanted)
        while waiting:
            further = _ask(asking, wanted)
            for _ in range(waiting):
                size = _size(answers)
                yield size, _content(answers, size)
                answers.read(1)  # the end of the line behind the content
            waiting = further


def _ask(stream: IO[bytes], ids: Iterator[bytes]) -> int:
    wanted = list(islice(ids, ASKED_AHEAD))
    stream.write(b"".join(b"%s\n" % blob_id for blob_id in wanted))
    stream.flush()
    return len(wanted)


def _size(stream: IO[bytes]) -> int:
    """Read the line before a content, ``<id> blob <size>``."""
    line = stream.readline(200)
    words = line.split()
    if words[1:2] != [b"blob"]:
        raise VcsError(f"no file behind an id: {line.decode('utf-8', 'replace').strip()}")
    return int(words[2])


def _content(stream: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE))
        if not piece:
            raise VcsError("git ended in the middle of a file")
        size -= len(piece)
        yield piece
