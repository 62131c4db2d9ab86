"""What the server and its child process say to each other: one line of JSON each way."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from kallithea_host.vcs import Remote  # noqa: TC001 - msgspec reads the annotations

GRACE: Final = 10.0
"""Seconds between the request to end and the end by force."""

Operation = Literal["clone", "pull"]


class Order(msgspec.Struct, frozen=True):
    """What the child is to do; it comes on its standard input, which holds the credentials."""

    operation: Operation
    plugin: str
    """``module`` or ``module:attribute``, as in an entry point."""
    alias: str
    """Which of the plugin's backends."""
    path: str
    remote: Remote
    allow: tuple[str, ...] = ()
    """The ``allow`` of the policy that the remote has passed."""
    memory: int = 0
    """Bytes of address space; 0 is no limit."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it went: exactly one of the two."""

    ok: tuple[str, ...] | None = None
    """Ids of the changesets that came, oldest first; none for a clone."""
    failed: str | None = None
    """Why not, without credentials."""
