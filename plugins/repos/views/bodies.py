"""Bodies that a backend gives piece by piece."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kallithea_plugins.repos.views.declared import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host import Body, ViewCall
    from kallithea_host.streaming import Operation


async def body_of(call: ViewCall, operation: Operation, *args: Any, **options: Any) -> Body:
    """What a function of the backend, such as ``diff``, gives for the repository."""
    with told():
        return await call.stream(operation, *args, **options)


@contextmanager
def discarded_on_failure(body: Body) -> Iterator[None]:
    """End the work on a body when what is done before its delivery fails."""
    try:
        yield
    except BaseException:
        if not isinstance(body, bytes):
            body.discard()
        raise
