"""Repositories on this disk: made, opened, copied, looked up in, mended."""

from __future__ import annotations

import configparser
import os
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, Any

from mercurial import error, exchange, localrepo, phases, scmutil, streamclone, util, verify
from mercurial.repo import creation

from kallithea_host.vcs import EMPTY, Changeset, UnknownRevision, VcsError

from .library import new_ui, to_text

if TYPE_CHECKING:
    from pathlib import Path

    from mercurial.interfaces.types import RepoT

_LOCKS = ("wlock", "wlock.break", "store/lock", "store/lock.break")
_FOLDERS = ("", "store", "cache", "wcache")
_LEFTOVERS = (".*-*~", "journal", "journal.*")
"""Files written under a temporary name, and what a recovered transaction forgets to remove."""


def open_repository(path: Path, findings: BytesIO | None = None) -> RepoT:
    """The repository in ``path``, for this thread and this operation only."""
    return localrepo.makelocalrepository(new_ui(findings), _raw(path))


def open_served(path: Path) -> RepoT:
    """The repository as everybody sees it: without secret and hidden changesets."""
    return open_repository(path).filtered(b"served")


def create(path: Path) -> RepoT:
    """Make an empty repository and open it."""
    raw = _raw(path)
    path.mkdir()
    localrepo.createrepository(new_ui(), raw)
    return open_repository(path)


def fork(source: Path, path: Path) -> None:
    """Copy what is served of ``source``, by hard links where nothing has to be left out."""
    original = open_repository(source)
    if not original.cancopy() or phases.hassecret(original):
        _copy_changesets(original, path)
        return
    try:
        lock = original.lock(wait=False)
    except error.LockError:  # somebody writes: the files are no snapshot, changesets are
        _copy_changesets(original, path)
        return
    with lock:
        path.mkdir()
        needs = creation.clone_requirements(new_ui(), {}, original)
        localrepo.createrepository(new_ui(), _raw(path), requirements=needs)
        copy = open_repository(path)
        with copy.wlock(), copy.lock():
            streamclone.local_copy(original, copy)


def _copy_changesets(original: RepoT, path: Path) -> None:
    exchange.pull(create(path), original.peer(), streamclonerequested=False)


def _raw(path: Path) -> bytes:
    """The path as Mercurial takes it, which would expand variables in it."""
    raw = os.fsencode(path)
    if util.expandpath(raw) != raw:
        raise VcsError(f"the name of the folder {path.name} is not usable")
    return raw


def newest(repo: RepoT) -> Changeset:
    """The tip of ``repo``, or ``EMPTY``."""
    tip = repo[repo.changelog.tip()]
    return EMPTY if tip.rev() < 0 else changeset(tip)


def changeset(context: Any) -> Changeset:
    """What Mercurial calls a changectx, as the host's value."""
    return Changeset(
        raw_id=context.hex().decode(),
        revision=context.rev(),
        message=to_text(context.description()),
        author=to_text(context.user()),
        date=_moment(context.date()[0]),
        branch=to_text(context.branch()),
    )


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # whoever committed may write any number
        return EMPTY.date


def find(repo: RepoT, revision: str | int | None) -> bytes:
    """The node that ``revision`` names; it is looked up as one symbol, never as a revset."""
    unknown = UnknownRevision(f"{revision!r:.100} names no changeset, or several")
    text = "tip" if revision in {None, -1, "-1"} else str(revision)
    if text in {"", "."} or "\0" in text:  # "." is the parent of a working copy
        raise unknown
    if isinstance(revision, int) and not -len(repo) <= revision < len(repo):
        raise unknown  # its digits could be the beginning of a hash
    try:
        changeset = scmutil.revsymbol(repo, text.encode())
    except (error.RepoLookupError, error.LookupError, UnicodeEncodeError):
        raise unknown from None
    if changeset.rev() is None or changeset.rev() < 0:  # the working directory; "null"
        raise unknown
    node: bytes = changeset.node()
    return node


def node_of(repo: RepoT, raw_id: str) -> bytes:
    """The node of a full id that is in ``repo``."""
    try:
        node = bytes.fromhex(raw_id)
        known = repo.changelog.rev(node) >= 0
    except (ValueError, error.LookupError, error.WdirUnsupported):
        known = False
    if not known:
        raise UnknownRevision(f"{raw_id!r:.100} is no changeset")
    return node


def configured_description(path: Path) -> str:
    """``web.description`` of the repository's hgrc, which is read as text and never applied."""
    hgrc = path / ".hg" / "hgrc"
    if not hgrc.is_file():
        return ""
    parser = configparser.RawConfigParser(
        allow_no_value=True, delimiters=("=",), empty_lines_in_values=False, strict=False
    )
    try:
        parser.read_string(hgrc.read_bytes().decode("utf-8", "replace"))
    except configparser.Error:
        return ""
    return parser.get("web", "description", fallback="") or ""


def repair(path: Path) -> None:
    """Remove locks and temporary files, and undo a transaction that was never finished."""
    for name in _LOCKS:
        (path / ".hg" / name).unlink(missing_ok=True)
    recover(path)
    for folder, pattern in product(_FOLDERS, _LEFTOVERS):
        for leftover in (path / ".hg" / folder).glob(pattern):
            leftover.unlink()


def recover(path: Path) -> None:
    """Undo a transaction that was never finished, unless somebody holds the lock: it is his."""
    repo = open_repository(path)
    repo.ui.setconfig(b"ui", b"timeout", b"0", b"kallithea")
    if repo.svfs.exists(b"journal"):
        with suppress(error.LockHeld):
            repo.recover()


def check(path: Path) -> list[str]:
    """What Mercurial's own verification reports."""
    findings = BytesIO()
    verify.verify(open_repository(path, findings))
    return [line.strip() for line in to_text(findings.getvalue()).splitlines() if line.strip()]
