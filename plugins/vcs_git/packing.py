"""Archives by ``git archive``, for trees that hold nothing but what unpacks to itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from kallithea_host.archives import compressed
from kallithea_host.vcs import VcsError

from .nodes import MAX_LISTING
from .programs import running
from .stored import PIECE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

LINK: Final = b"120000 blob "
MOST_LINKS: Final = 1_000
"""Each link is looked for in the whole listing: with more it would take too long."""


class Harmful(Exception):
    """A tree that would not unpack to itself, or would do so elsewhere."""


def packed(
    repository: Repository, commit_id: bytes, git: str, form: str, top: str
) -> Iterator[bytes]:
    """What ``git archive`` makes, compressed here: its own gzip may be any program.

    Raises ``Harmful`` before the first piece; the tree is looked at while that is made.
    """
    kind = "zip" if form == ".zip" else "tar"
    options = (f"--format={kind}", f"--prefix={top.replace('/', '_')}/")
    command = ("archive", *options, "--end-of-options", commit_id.decode("ascii"))
    with running(git, repository.object_directory, *command) as (_, output):
        if not _is_harmless(repository, commit_id, git):
            raise Harmful
        plain = iter(partial(output.read, PIECE), b"")
        yield from plain if kind == "zip" else compressed(plain, form)


def _is_harmless(repository: Repository, commit_id: bytes, git: str) -> bool:
    """Whether no path of a commit leads up, and none goes through a link or is there twice."""
    command = ("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit_id.decode("ascii"))
    with running(git, repository.object_directory, *command) as (_, answer):
        listing = answer.read(MAX_LISTING)
        if len(listing) == MAX_LISTING:
            raise VcsError("the trees of this commit stand for too many paths")
    if b".." in listing or b"\t/" in listing or b"//" in listing:
        return False
    entries = listing.split(b"\0")
    links = [entry.partition(b"\t")[2] for entry in entries if entry.startswith(LINK)]
    return len(links) <= MOST_LINKS and not any(_is_shadowed(listing, link) for link in links)


def _is_shadowed(listing: bytes, link: bytes) -> bool:
    return b"\t%b/" % link in listing or listing.count(b"\t%b\0" % link) > 1
