"""The view of archives: all files of a changeset in one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from kallithea_host import BadRequest, Forbidden, NotFound, Reply, UnknownRevision
from kallithea_host.archives import MEDIA_TYPES
from kallithea_host.storage.events import repository_event
from kallithea_plugins.repos.views.bodies import body_of, discarded_on_failure
from kallithea_plugins.repos.views.declared import READ, found, views

if TYPE_CHECKING:
    from kallithea_host import DbJob, VcsJob, ViewCall

SHORT: Final = 12
"""Characters of the id in the names of the file and of its top folder."""
MARKED: Final = 16
"""Characters of the digest that tells when an archive says something else about itself."""


@views.of_repository("FilesController:archivefile", "archive/{file}", needs=READ)
async def archivefile(call: ViewCall, file: str) -> Reply:
    """All files of ``<revision><form>``; the forms are .zip, .tar.gz, .tar.bz2 and .tar."""
    if not call.target.enable_downloads:
        raise Forbidden("Downloads disabled")
    form = next((form for form in MEDIA_TYPES if file.endswith(form)), None)
    if form is None:
        raise BadRequest("Unknown archive type")
    known = await call.look(look, file.removesuffix(form))
    name = call.repository.name
    filename = f"{name.replace('/', '_')}-{known.raw_id[:SHORT]}{form}"
    top = f"{name.rpartition('/')[2]}-{known.raw_id[:SHORT]}"
    etag = f"{known.raw_id}{form}-{_mark(known.names, top)}"
    body = None
    if call.wants(etag):
        body = await body_of(call, "archive", known.raw_id, form, top)
        with discarded_on_failure(body):
            await call.write(_announce, filename)
    return Reply(
        body=body,
        media_type=MEDIA_TYPES[form],
        disposition="attachment",
        filename=filename,
        etag=etag,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be known of an archive before it is made."""

    raw_id: str
    names: str
    """The tags, of which the archives of Mercurial tell."""


def look(job: VcsJob, revision: str) -> Look:
    """A look at a revision that a URL names."""
    path = job.repository.path
    with found(job):
        try:
            raw_id = job.backend.resolve(path, revision)
        except UnknownRevision:
            empty = job.backend.tip(path).revision < 0
            raise NotFound(
                "Empty repository" if empty else f"Unknown revision {revision}"
            ) from None
        return Look(raw_id, repr(job.backend.refs(path).tags))


def _mark(*texts: str) -> str:
    return sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:MARKED]


def _announce(job: DbJob, filename: str) -> None:
    job.announce(repository_event(job.caller, "archived", job.target, file=filename))
