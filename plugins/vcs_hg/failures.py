"""What Mercurial raises, turned into ``VcsError`` with a text that may be logged."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mercurial.utils import stringutil

from kallithea_host.vcs import Remote, VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST = 300
"""Characters of a message that are kept: a remote's answer can be part of it."""


@contextmanager
def failures(*paths: Path, remote: Remote | None = None) -> Iterator[None]:
    """Raise ``VcsError`` for every failure of the library, naming neither folders nor secrets."""
    try:
        yield
    except VcsError:
        raise
    except Exception as failure:  # noqa: BLE001 - damaged data and hostile remotes raise anything
        # The original is not chained: what a remote answered may repeat the credentials.
        raise VcsError(_message(failure, paths, remote)) from None


def _message(failure: Exception, paths: tuple[Path, ...], remote: Remote | None) -> str:
    """The first line of the failure's own text, masked."""
    text: str = stringutil.forcebytestr(failure).decode("utf-8", "replace")
    for path in paths:
        for folder in (str(path), str(path.resolve())):
            text = text.replace(folder, path.name)
    if remote and remote.password:
        text = text.replace(remote.password, "*****")
    line = "".join(char if char.isprintable() else " " for char in text.partition("\n")[0])
    return f"{type(failure).__name__}: {line[:_LONGEST]}"
