"""Git: repositories of type ``git``, made, forked, cloned, pulled and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host import Backend


@hookimpl
def kallithea_vcs_backends() -> Iterable[Backend]:
    """Git, imported only now, because dulwich takes a third of a second."""
    from .backend import GitBackend  # noqa: PLC0415

    return [GitBackend()]
