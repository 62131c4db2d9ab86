"""Views of what a changeset did to its first parent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from kallithea_host import BadRequest, Reply
from kallithea_host.arguments import FALSE_WORDS, TRUE_WORDS
from kallithea_plugins.repos.views.bodies import body_of
from kallithea_plugins.repos.views.declared import READ, resolved, views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host import ViewCall

CONTEXT: Final = 3
NAMED: Final = 12
"""Characters of the revision in the name of a stored diff."""
_NUMBER: Final = re.compile("[0-9]{1,6}", re.ASCII)


@views.of_repository(
    "ChangesetController:changeset_raw",
    "changeset-diff/{revision}",
    "raw-changeset/{revision}",
    needs=READ,
)
async def changeset_raw(call: ViewCall, revision: str) -> Reply:
    """A changeset as a diff, for ``git apply`` and ``patch``."""
    return await _reply(call, revision, "diff")


@views.of_repository(
    "ChangesetController:changeset_patch", "changeset-patch/{revision}", needs=READ
)
async def changeset_patch(call: ViewCall, revision: str) -> Reply:
    """A changeset with its author, date and message, for ``hg import`` or ``git am``."""
    return await _reply(call, revision, "patch")


@views.of_repository(
    "ChangesetController:changeset_download", "changeset-download/{revision}", needs=READ
)
async def changeset_download(call: ViewCall, revision: str) -> Reply:
    """A changeset as a diff to be stored."""
    return await _reply(call, revision, "diff", f"{revision[:NAMED]}.diff")


async def _reply(
    call: ViewCall, revision: str, operation: Literal["diff", "patch"], filename: str = ""
) -> Reply:
    context = _context(call.query)
    ignores = _ignores_whitespace(call.query)
    raw_id = await call.look(resolved, revision)
    etag = f"{raw_id}-{context}{'-w' if ignores else ''}"
    body = None
    if call.wants(etag):
        body = await body_of(call, operation, raw_id, context=context, ignore_whitespace=ignores)
    return Reply(
        body=body,
        etag=etag,
        disposition="attachment" if filename else None,
        filename=filename,
    )


def _context(query: Mapping[str, str]) -> int:
    """The parameter ``context``: lines around a change."""
    text = query.get("context", str(CONTEXT))
    if not _NUMBER.fullmatch(text):
        raise BadRequest("`context` must be a number of at most six digits.")
    return int(text)


def _ignores_whitespace(query: Mapping[str, str]) -> bool:
    """The parameter ``ignorews``: whether changes of white space count as none."""
    word = query.get("ignorews", "").strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise BadRequest("`ignorews` must be 0 or 1.")
    return word in TRUE_WORDS
