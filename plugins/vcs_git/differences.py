"""How a commit differs from its first parent, as a diff.

With the ``git`` program it is Git's own. Without it files are paired by dulwich and compared here;
the two differ in which of several shortest ways they find, and in that Git tells the function that
a hunk is in, and how similar a renamed file is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kallithea_host.patches import quoted

from .pairs import MOST_RENAMES, NO_ID, SIMILAR, Pair, Side, content, pairs, trees
from .programs import running
from .stored import PIECE
from .textdiff import binary_patch, hunks, is_binary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .repository import Repository

COMPARING: Final = ("diff-tree", "-r", f"-M{SIMILAR}%", f"-l{MOST_RENAMES}", "--no-ext-diff")
_AS_PATCH: Final = ("--patch", "--binary", "--full-index", "--no-color", "--no-textconv")


def diff_by_git(
    repository: Repository, commit_id: bytes, git: str, context: int, *, ignore_whitespace: bool
) -> Iterator[bytes]:
    """The diff that ``git`` makes of two trees."""
    options = [f"--unified={context}", *(["--ignore-all-space"] if ignore_whitespace else [])]
    compared = [tree.decode("ascii") for tree in trees(repository, commit_id)]
    command = [*COMPARING, *_AS_PATCH, *options, "--end-of-options", *compared]
    with running(git, repository.object_directory, *command) as (_, diff):
        while piece := diff.read(PIECE):
            yield piece


def diff_by_dulwich(
    repository: Repository, commit_id: bytes, context: int, *, ignore_whitespace: bool
) -> Iterator[bytes]:
    """The diff that is made here."""
    for pair in pairs(repository, commit_id):
        old, new = (content(repository, side) for side in pair)
        if old != new and (is_binary(old) or is_binary(new)):
            yield _head(pair)
            yield from binary_patch(old, new)
            continue
        found = list(hunks(old, new, context, ignore_whitespace=ignore_whitespace))
        if found or old == new or pair.kind != b"M":
            yield _head(pair)
        if found:
            yield b"--- %s\n+++ %s\n" % (_name(b"a/", pair.old), _name(b"b/", pair.new))
        yield from map(b"".join, found)


def _name(prefix: bytes, side: Side) -> bytes:
    if side.id == NO_ID:
        return b"/dev/null"
    tab = b"\t" if b" " in side.path else b""
    return quoted(prefix + side.path) + tab


def _head(pair: Pair) -> bytes:
    return b"".join(b"%s\n" % line for line in _head_lines(pair))


def _head_lines(pair: Pair) -> Iterator[bytes]:
    old, new = pair
    yield b"diff --git %s %s" % (quoted(b"a/" + old.path), quoted(b"b/" + new.path))
    if pair.kind == b"A":
        yield b"new file mode %06o" % new.mode
    elif pair.kind == b"D":
        yield b"deleted file mode %06o" % old.mode
    elif old.mode != new.mode:
        yield b"old mode %06o" % old.mode
        yield b"new mode %06o" % new.mode
    if pair.kind == b"R":
        yield b"rename from %s" % quoted(old.path)
        yield b"rename to %s" % quoted(new.path)
    if old.id != new.id:
        yield b"index %s..%s" % (old.id, new.id) + (
            b" %06o" % new.mode if old.mode == new.mode else b""
        )
