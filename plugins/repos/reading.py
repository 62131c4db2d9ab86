"""Methods that read repositories."""

from __future__ import annotations

from typing import Any, Final

from kallithea_host import BadRequest, DbJob, Ident, VcsJob
from kallithea_host.storage.building import told_as
from kallithea_plugins.repos import results
from kallithea_plugins.repos.declared import methods

RETURN_TYPES: Final = ("files", "dirs", "all")


@methods.in_db(needs="repository.read")
def get_repo(job: DbJob, repoid: Ident) -> dict[str, Any]:  # noqa: ARG001 - the gate found it
    """A repository, with who was granted what on it and who follows it.

    Args:
        repoid: id or full name of the repository.

    Returns:
        The repository object; ``members``: users with their permission, ``default`` first, then
        user groups; ``followers``: user objects.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
    """
    return results.repository_object(job, job.target.repo_id) | {
        "members": results.members(job, job.target),
        "followers": results.followers(job, job.target),
    }


@methods.in_db(needs=None)
def get_repos(job: DbJob) -> list[dict[str, Any]]:
    """All repositories that the caller can read, by name.

    Returns:
        An array of repository objects, without ``members`` and ``followers``.
    """
    return results.visible_objects(job)


@methods.in_vcs(needs="repository.read")
def get_repo_nodes(
    job: VcsJob,
    repoid: Ident,  # noqa: ARG001 - the gate found it
    revision: Any | None,
    root_path: str,
    ret_type: str = "all",
) -> list[dict[str, str]]:
    """The directories and files below a path at a revision.

    Args:
        repoid: id or full name of the repository.
        revision: branch, tag, bookmark, number or (abbreviated) hash; null is the newest.
        root_path: a directory; empty or ``/`` is the top.
        ret_type: ``all``, ``files`` or ``dirs``.

    Returns:
        An array of ``{"name": full path, "type": "file" | "dir"}``: all directories, then all
        files, each in the order of their names, a directory before what lies in it.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
        ``ret_type must be one of files,dirs,all``.
        ``failed to get repo: `<repo_name>` nodes``: unknown revision or path, no directory, or an
        empty repository.
    """
    if ret_type not in RETURN_TYPES:
        raise BadRequest(f"ret_type must be one of {','.join(RETURN_TYPES)}")
    path = job.repository.path
    wanted = _revision(revision)
    with told_as(f"failed to get repo: `{job.repository.name}` nodes"):
        raw_id = job.backend.resolve(path, wanted)
        nodes = job.backend.nodes(path, raw_id, root_path.lstrip("/").removesuffix("/"))
    dirs = [{"name": name, "type": "dir"} for name in nodes.dirs]
    files = [{"name": name, "type": "file"} for name in nodes.files]
    return {"files": files, "dirs": dirs, "all": dirs + files}[ret_type]


def _revision(given: Any) -> str | int | None:
    """A revision may be text or a number, which Git tells apart."""
    if isinstance(given, bool) or not isinstance(given, str | int | None):
        raise BadRequest("Invalid value for `revision` arg in JSON DATA: expected text or integer")
    return given
