"""The revision a repository is shown at first."""

from __future__ import annotations

from typing import Final

from kallithea_host.names import BadName, is_plain

DEFAULT: Final = "rev:tip"
TYPES: Final = frozenset({"rev", "branch", "tag", "book"})


def landing_rev_of(given: str | None) -> str:
    """``<type>:<revision>`` as it is stored; text without a type is a ``rev``.

    Raises ``BadName`` for another type, or a revision that is no plain text.
    """
    if not given:
        return DEFAULT
    kind, colon, revision = given.partition(":")
    if not colon:
        kind, revision = "rev", given
    if kind not in TYPES or not revision or not is_plain(revision):
        raise BadName("landing_rev is not <type>:<revision>")
    return f"{kind}:{revision}"
