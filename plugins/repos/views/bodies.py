"""Bodies that a backend gives piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_plugins.repos.views.declared import found

if TYPE_CHECKING:
    from kallithea_host import Body, VcsJob, ViewCall


async def body_of(call: ViewCall, operation: str, *args: Any, **options: Any) -> Body:
    """What a function of the backend, such as ``diff``, gives for the repository."""
    return await call.look(_joined, operation, args, options)


def _joined(job: VcsJob, operation: str, args: tuple[Any, ...], options: dict[str, Any]) -> bytes:
    with found(job):
        return b"".join(getattr(job.backend, operation)(job.repository.path, *args, **options))
