"""Views of single files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kallithea_host import Reply
from kallithea_plugins.repos.views import media
from kallithea_plugins.repos.views.bodies import body_of
from kallithea_plugins.repos.views.declared import READ, found, resolved, told, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host import Body, VcsJob, ViewCall

LIGHT: Final = 1024 * 1024
"""Bytes that reading a file may take in the server; with more, a child process does it."""


@views.of_repository("FilesController:raw", "raw/{revision}/{path...}", needs=READ)
async def raw(call: ViewCall, revision: str, path: str) -> Reply:
    """A file to be looked at: pictures as they are, everything else that is no binary as text."""
    return await _reply(call, revision, path, media.shown)


@views.of_repository("FilesController:rawfile", "rawfile/{revision}/{path...}", needs=READ)
async def rawfile(call: ViewCall, revision: str, path: str) -> Reply:
    """A file to be stored, with the type that its name tells."""
    return await _reply(call, revision, path, media.stored)


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be known of a file before it is sent."""

    raw_id: str
    whole: bytes | None
    """Its content, where that is read without much ado and not known already."""


def look(job: VcsJob, revision: str, path: str, known: frozenset[str]) -> Look:
    """A look at a file of a revision; ``known`` are the etags that the client has."""
    raw_id = resolved(job, revision)
    with found(job):
        where = job.repository.path
        weight = job.backend.weight(where, raw_id, path)
        if weight is None or weight > LIGHT or known & {raw_id, "*"}:
            return Look(raw_id, None)
        return Look(raw_id, b"".join(job.backend.content(where, raw_id, path)))


async def _reply(
    call: ViewCall, revision: str, path: str, served: Callable[[bytes, str], media.Served]
) -> Reply:
    seen = await call.look(look, revision, path, call.known_etags)
    if call.knows(seen.raw_id):
        return Reply(body=None, etag=seen.raw_id)
    body: Body | None = seen.whole
    size = None
    if body is None:
        size = await _size(call, seen.raw_id, path)
        body = await body_of(call, "content", seen.raw_id, path)
    media_type, disposition = served(body if isinstance(body, bytes) else body.start, path)
    return Reply(
        body=body,
        size=size,
        media_type=media_type,
        disposition=disposition,
        filename=path,
        etag=seen.raw_id,
        ranges=True,
    )


async def _size(call: ViewCall, raw_id: str, path: str) -> int:
    with told():
        return (await call.file(raw_id, path)).size
