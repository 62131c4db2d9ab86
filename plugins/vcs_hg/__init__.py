"""Mercurial: repositories of type ``hg``, made, forked, cloned and read."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from kallithea_host import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host import Backend


@hookimpl
def kallithea_vcs_backends() -> Iterable[Backend]:
    """Mercurial, imported only now: it takes a third of a second, and sets up its environment."""
    # Mercurial takes hold of the standard streams, in whose place twistd has put its log.
    with redirect_stdout(sys.__stdout__), redirect_stderr(sys.__stderr__):
        from .backend import HgBackend  # noqa: PLC0415

    return [HgBackend()]
