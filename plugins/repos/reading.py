"""Methods that read repositories."""

# ruff: noqa: FBT001, FBT002 - arguments of methods are sent by name

from __future__ import annotations

from typing import Any, Final

from kallithea_host import BadRequest, DbJob, Fault, Ident, ThenVcs, VcsJob
from kallithea_host.failing import failing
from kallithea_plugins.repos import results
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.result_types import Node, Repository, RepositoryDetails
from kallithea_plugins.repos.revisions import revision_of

RETURN_TYPES: Final = ("files", "dirs", "all")


@methods.in_db(needs="repository.read")
def get_repo(
    job: DbJob,
    repoid: Ident,  # noqa: ARG001 - the gate found it
    with_revision_names: bool = False,
    with_pullrequests: bool = False,
) -> RepositoryDetails | ThenVcs:
    """A repository, with who was granted what on it and who follows it.

    Args:
        repoid: id or full name of the repository.
        with_revision_names: tell the names that changesets go by.
        with_pullrequests: tell the pull requests; this server keeps none.

    Returns:
        The repository object; ``members``: users with their permission, ``default`` first, then
        user groups; ``followers``: user objects. With ``with_revision_names`` also ``tags``,
        ``branches`` and ``bookmarks``: objects of names with the full hash of each; hg's tags
        hold ``tip``, its closed branches are left out. With ``with_pullrequests`` also
        ``pull_requests``: an empty array.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller cannot read it.
        ``failed to get repo: `<repo_name>` revision names``: it cannot be read.
    """
    repository: RepositoryDetails = {
        **results.repository_object(job, job.target.repo_id),  # type: ignore[typeddict-item] # no key more than its type says
        "members": results.members(job, job.target),
        "followers": results.followers(job, job.target),
    }
    if with_pullrequests:
        repository["pull_requests"] = []
    return ThenVcs(_with_names, (repository,)) if with_revision_names else repository


def _with_names(job: VcsJob, repository: RepositoryDetails) -> RepositoryDetails:
    with failing(f"failed to get repo: `{job.repository.name}` revision names"):
        refs = job.backend.refs(job.repository.path)
    return {
        **repository,
        "tags": refs.tags,
        "branches": refs.branches,
        "bookmarks": refs.bookmarks,
    }


@methods.in_db(needs=None)
def get_repos(job: DbJob) -> list[Repository]:
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
) -> list[Node]:
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
        raise BadRequest(
            f"ret_type must be one of {','.join(RETURN_TYPES)}",
            Fault.of(ret_type, " or ".join(RETURN_TYPES), "ret_type"),
        )
    wanted = revision_of(revision, "revision")
    with failing(f"failed to get repo: `{job.repository.name}` nodes"):
        path = job.repository.path
        raw_id = job.backend.resolve(path, wanted)
        nodes = job.backend.nodes(path, raw_id, root_path.lstrip("/").removesuffix("/"))
    dirs: list[Node] = [{"name": name, "type": "dir"} for name in nodes.dirs]
    files: list[Node] = [{"name": name, "type": "file"} for name in nodes.files]
    return {"files": files, "dirs": dirs, "all": dirs + files}[ret_type]
