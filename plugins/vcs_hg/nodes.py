"""The directories and files of a changeset, read from the text of its manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mercurial import requirements

from kallithea_host.vcs import Nodes, UnknownPath

from .library import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mercurial.interfaces.types import RepoT

_ENTRY = re.compile(r"^([^\0\n]+)\0", re.MULTILINE)
"""A line of a flat manifest is ``path NUL hash flags``, and lines are sorted by path."""


def list_nodes(repo: RepoT, node: bytes, root: str) -> Nodes:
    """Everything below ``root`` in the changeset ``node``."""
    prefix = root.encode("utf-8", "surrogatepass") + b"/" if root else b""
    if requirements.TREEMANIFEST_REQUIREMENT in repo.requirements:
        paths = _tree_paths(repo, node, prefix)
    else:
        paths = _flat_paths(repo, node, prefix)
    if root and not paths:
        raise UnknownPath(f"no directory {root!r} at {node.hex()}")
    return arrange(paths, root)


def _flat_paths(repo: RepoT, node: bytes, prefix: bytes) -> list[str]:
    """The paths below ``prefix``, without parsing the manifest into objects."""
    manifest = repo[node].manifestnode()
    text: bytes = repo.manifestlog.getstorage(b"").revision(manifest)
    if prefix:
        text = _section(text, prefix)
    return _ENTRY.findall(to_text(text))


def _section(text: bytes, prefix: bytes) -> bytes:
    """The lines that start with ``prefix``: they follow each other, as lines are sorted."""
    if b"\0" in prefix or b"\n" in prefix:
        return b""
    text = b"\n" + text
    start = text.find(b"\n" + prefix)
    if start < 0:
        return b""
    last = text.rfind(b"\n" + prefix)
    return text[start + 1 : text.find(b"\n", last + 1) + 1]


def _tree_paths(repo: RepoT, node: bytes, prefix: bytes) -> list[str]:
    """The same for a repository that keeps a manifest for each directory."""
    return [to_text(path) for path in repo[node].manifest() if path.startswith(prefix)]


def arrange(paths: Iterable[str], root: str) -> Nodes:
    """The listing of the files ``paths``, all below ``root``, in the order of ``Nodes``."""
    files: dict[str, list[str]] = {root: []}
    for path in paths:
        files.setdefault(path.rpartition("/")[0], []).append(path)
    dirs = _with_parents(files, root)
    return Nodes(dirs, [path for folder in (root, *dirs) for path in sorted(files.get(folder, ()))])


def _with_parents(folders: Iterable[str], root: str) -> list[str]:
    """``folders`` and all directories between them and ``root``, in pre-order."""
    found = {root}
    for folder in folders:
        parent = folder
        while parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    # NUL is in no path and sorts before all that is: a directory comes right before what it holds.
    return sorted(found - {root}, key=lambda folder: folder.replace("/", "\0"))
