"""Changesets as differences: for ``hg import``, for programs that apply diffs, and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mercurial import mdiff
from mercurial import patch as mercurial_patch
from mercurial.node import nullrev

from kallithea_host.files import FileStat
from kallithea_host.patches import indented, one_line, quoted

from .library import to_text
from .repository import node_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mercurial.interfaces.types import RepoT

FileDiff: TypeAlias = "tuple[Any, Any, list[bytes], Iterable[tuple[Any, list[bytes]]]]"
"""The file before and after (or None), the lines of its head, its hunks with their lines."""

MODES: Final = {b"": b"100644", b"x": b"100755", b"l": b"120000"}
LINE_ENDS: Final = (b"\n", b"\r")
DIFF_STARTS: Final = (
    *(b"diff -", b"diff\t-", b"Index: ", b"Index:\t", b"--- ", b"---\t", b"*** ", b"***\t"),
    *(b"RCS file: ", b"retrieving revision ", b"# HG changeset patch"),
)
"""What makes ``hg import`` end the message and begin the diff, or begin again."""


def diff(repo: RepoT, raw_id: str, context: int, *, ignore_whitespace: bool) -> Iterator[bytes]:
    """A diff in Git's format, every name that could be misread in quotes."""
    changeset = repo[node_of(repo, raw_id)]
    wanted = mdiff.diffopts(git=True, context=context, ignorews=ignore_whitespace)
    for found in _file_diffs(repo, changeset, wanted):
        for each in _as_git_has_it(changeset, found, wanted):
            yield from _text(_with_quoted_names(each))


def patch(repo: RepoT, raw_id: str, context: int, *, ignore_whitespace: bool) -> Iterator[bytes]:
    """What ``hg export`` writes; only names that hold line ends are quoted, as hg reads no quotes.

    The empty line before the message keeps its first line from being read as a header.
    """
    changeset = repo[node_of(repo, raw_id)]
    yield b"".join(b"# %s\n" % one_line(line) for line in _header(changeset))
    yield b"\n%s\n\n" % indented(changeset.description().rstrip(), _begins_a_diff)
    wanted = mdiff.diffopts(git=True, context=context, ignorews=ignore_whitespace)
    for each in _file_diffs(repo, changeset, wanted):
        broken = any(end in path for path in _paths(each) for end in LINE_ENDS)
        yield from _text(_with_quoted_names(each) if broken else each)


def _header(changeset: Any) -> Iterator[bytes]:
    yield b"HG changeset patch"
    yield b"User " + changeset.user()
    yield b"Date %d %d" % changeset.date()
    if changeset.branch() != b"default":
        yield b"Branch " + changeset.branch()
    yield b"Node ID " + changeset.hex()
    for parent in [each for each in changeset.parents() if each.rev() >= 0] or [changeset.p1()]:
        yield b"Parent  " + parent.hex()


def _begins_a_diff(line: bytes) -> bool:
    return line.startswith(DIFF_STARTS) or line == b"---"


def stats(repo: RepoT, raw_id: str) -> list[FileStat]:
    """The lines that were added to and removed from each file, counted."""
    changeset = repo[node_of(repo, raw_id)]
    wanted = mdiff.diffopts(git=True, context=0, nobinary=True)
    diffs = _file_diffs(repo, changeset, wanted)
    return sorted(map(_stat, diffs), key=lambda stat: stat.path)


def _stat(each: FileDiff) -> FileStat:
    before, after, head, hunks = each
    lines = [line[:1] for place, hunk in hunks if place for line in hunk]
    renamed = any(line.startswith(b"rename from ") for line in head)
    added = before is None or (not renamed and before.path() != after.path() if after else False)
    return FileStat(
        to_text((after or before).path()),
        "R" if renamed else "D" if after is None else "A" if added else "M",
        lines.count(b"+"),
        lines.count(b"-"),
    )


def _file_diffs(repo: RepoT, changeset: Any, wanted: Any) -> Iterator[FileDiff]:
    found = mercurial_patch.diffhunks(repo, changeset.p1(), changeset, opts=wanted)
    for before, after, head, unread in found:
        hunks = list(unread)
        if hunks or len(head) > 1:
            yield before, after, head, hunks


def _as_git_has_it(changeset: Any, each: FileDiff, wanted: Any) -> Iterator[FileDiff]:
    """To Git a link is never changed into a file, nor back: one goes, and the other comes."""
    before, after, *_ = each
    if before is None or after is None or before.islink() == after.islink():
        yield each
        return
    old, new = _paths(each)
    nothing = (changeset.repo()[nullrev], None, new, None, None, b"")
    came = (changeset, after, new, after.flags(), after.data(), b"")
    went = (changeset.p1(), before, old, before.flags(), before.data(), b"")
    for sides, file, verb in (
        ((went, nothing), before, b"deleted"),
        ((nothing, came), after, b"new"),
    ):
        path = file.path()
        head = [
            b"diff --git a/%s b/%s" % (path, path),
            b"%s file mode %s" % (verb, MODES[file.flags()]),
        ]
        yield mercurial_patch.diffcontent(*sides, head, file.isbinary(), wanted)


def _text(each: FileDiff) -> Iterator[bytes]:
    _, _, head, hunks = each
    yield b"".join(b"%s\n" % line for line in head)
    for _, lines in hunks:
        yield b"".join(lines)


def _paths(each: FileDiff) -> tuple[bytes, bytes]:
    """The names on the left and on the right, as they stand in the head."""
    before, after, *_ = each
    return (before or after).path(), (after or before).path()


def _with_quoted_names(each: FileDiff) -> FileDiff:
    before, after, head, hunks = each
    old, new = _paths(each)
    if quoted(old) == old and quoted(new) == new:
        return each
    left, right = quoted(b"a/" + old), quoted(b"b/" + new)
    replaced = {b"diff --git a/%s b/%s" % (old, new): b"diff --git %s %s" % (left, right)}
    for tab in (b"", b"\t"):  # behind names with spaces, for other programs than Git's
        replaced[b"--- a/%s%s" % (old, tab)] = b"--- %s%s" % (left, tab)
        replaced[b"+++ b/%s%s" % (new, tab)] = b"+++ %s%s" % (right, tab)
    for verb in (b"rename", b"copy"):
        replaced[b"%s from %s" % (verb, old)] = b"%s from %s" % (verb, quoted(old))
        replaced[b"%s to %s" % (verb, new)] = b"%s to %s" % (verb, quoted(new))
    return before, after, [replaced.get(line, line) for line in head], hunks
