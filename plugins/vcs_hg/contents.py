"""The files of a changeset: one of them, or all on their way into an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mercurial import archival, error

from kallithea_host.files import Export, File, FileKind, Member
from kallithea_host.vcs import UnknownPath

from .repository import node_of
from .sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mercurial.interfaces.types import RepoT

KINDS: Final = {b"": FileKind.FILE, b"x": FileKind.EXECUTABLE, b"l": FileKind.LINK}
METADATA: Final = b".hg_archival.txt"
PIECE: Final = 256 * 1024


def file(repo: RepoT, raw_id: str, name: str) -> File:
    """Size and kind of a file."""
    found = _file_context(repo, raw_id, name)
    return File(size_of(found), KINDS[found.flags()])


def weight(repo: RepoT, raw_id: str, name: str) -> int:
    """The size of the largest version that a file's content is built upon, itself included."""
    found = _file_context(repo, raw_id, name)
    versions = found.filelog()._revlog  # noqa: SLF001 - there is no public way
    chain, _ = versions._deltachain(found.filerev())  # noqa: SLF001
    largest: int = max(map(versions.rawsize, chain))
    return largest


def content(repo: RepoT, raw_id: str, name: str) -> Iterator[bytes]:
    """The content of a file."""
    yield from _pieces(_file_context(repo, raw_id, name).data())


def _file_context(repo: RepoT, raw_id: str, name: str) -> Any:
    unknown = UnknownPath(f"no file {name!r:.100} at {raw_id}")
    try:
        return repo[node_of(repo, raw_id)][name.encode()]
    except (error.ManifestLookupError, UnicodeEncodeError):
        raise unknown from None


def _pieces(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    for start in range(0, len(data), PIECE):
        yield bytes(view[start : start + PIECE])


def export(repo: RepoT, raw_id: str) -> Export:
    """The files of a changeset, after the file in which ``hg archive`` says what they are."""
    context = repo[node_of(repo, raw_id)]
    return Export(raw_id, int(context.date()[0]), _members(repo, context))


def _members(repo: RepoT, context: Any) -> Iterator[Member]:
    about = archival.buildmetadata(context)
    yield Member(METADATA, FileKind.FILE, len(about), (about,))
    for path, node, flags in context.manifest().iterentries():
        data = repo.file(path).read(node)
        yield Member(path, KINDS[flags], len(data), (data,))
