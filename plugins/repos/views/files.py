"""Views of single files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kallithea_host import Reply
from kallithea_plugins.repos.views import media
from kallithea_plugins.repos.views.bodies import body_of
from kallithea_plugins.repos.views.declared import READ, found, resolved, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host import Body, VcsJob, ViewCall

WHOLE: Final = 1024 * 1024
"""The largest file, in bytes, that is read at once."""


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
    size: int
    whole: bytes | None
    """Its content, where it is small and not known already."""


def look(job: VcsJob, revision: str, path: str, known: frozenset[str]) -> Look:
    """A look at a file of a revision; ``known`` are the etags that the client has."""
    raw_id = resolved(job, revision)
    with found(job):
        where = job.repository.path
        file = job.backend.file(where, raw_id, path)
        wanted = file.size <= WHOLE and not known & {raw_id, "*"}
        whole = b"".join(job.backend.content(where, raw_id, path)) if wanted else None
    return Look(raw_id, file.size, whole)


async def _reply(
    call: ViewCall, revision: str, path: str, served: Callable[[bytes, str], media.Served]
) -> Reply:
    seen = await call.look(look, revision, path, call.known_etags)
    if call.knows(seen.raw_id):
        return Reply(body=None, etag=seen.raw_id)
    body: Body | None = seen.whole
    if body is None:
        body = await body_of(call, "content", seen.raw_id, path)
    media_type, disposition = served(body if isinstance(body, bytes) else body.start, path)
    return Reply(
        body=body,
        size=seen.size,
        media_type=media_type,
        disposition=disposition,
        filename=path,
        etag=seen.raw_id,
        ranges=True,
    )
