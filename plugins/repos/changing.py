"""The method ``update_repo``."""

# ruff: noqa: FBT001 - arguments of methods are sent by name

from __future__ import annotations

from kallithea_host import Call, Ident, NewName  # noqa: TC001 - the schema of the arguments
from kallithea_host.failing import failing
from kallithea_host.storage.building import undoing
from kallithea_host.storage.places import NameTaken
from kallithea_plugins.repos import updating
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.result_types import RepositoryTold
from kallithea_plugins.repos.results import repository_object


@methods.in_reactor(needs="repository.admin")
async def update_repo(
    call: Call,
    repoid: Ident,
    name: NewName | None = None,
    owner: Ident | None = None,
    group: Ident | None = None,
    description: str | None = None,
    private: bool | None = None,
    clone_uri: str | None = None,
    landing_rev: str | None = None,
    enable_statistics: bool | None = None,
    enable_downloads: bool | None = None,
    enable_locking: bool | None = None,
) -> RepositoryTold:
    """Change a repository: its settings, owner, name or group. What is left out stays.

    Args:
        repoid: id or full name of the repository.
        name: the new last element of the name; or a full name in the present or the given group.
        owner: id or name of the new owner, for administrators.
        group: id or full name of the group to move to; ``/`` is the top level.
        description: text.
        private: whether only those with a permission of their own see it.
        clone_uri: address to ``pull`` from; empty for none. A masked password is kept.
        landing_rev: as in ``create_repo``.
        enable_statistics, enable_downloads, enable_locking: flags.

    Returns:
        ``msg`` and ``repository``: the repository object.

    Errors:
        ``repository `<repoid>` does not exist``: it does not, or the caller does not administer
        it.
        ``repository group `<group>` does not exist``.
        ``Only Kallithea admin can specify `owner` param``.
        ``no permission to create (or move) repositories``,
        ``no permission to create (or move) repo in <group>``: only when the name changes.
        ``failed to update repo `<repoid>` ``: the name is taken, a value cannot be used, or there
        is no such owner.
    """
    wanted = updating.Wanted(
        name=name or None,
        group=None if group is None or group.given == "" else group,
        owner=owner,
        clone_uri=clone_uri,
        landing_rev=landing_rev,
        plain={
            "description": description,
            "private": private,
            "enable_statistics": enable_statistics,
            "enable_downloads": enable_downloads,
            "enable_locking": enable_locking,
        },
    )
    repo_id = call.target.repo_id
    with failing(f"failed to update repo `{repoid}`", NameTaken):
        async with call.host.locks.holding(repo_id):
            await _update(call, repoid, repo_id, wanted)
            repository = await call.read(repository_object, repo_id)
    return {
        "msg": call.host.style.repository_updated(repo_id, repository["repo_name"]),
        "repository": repository,
    }


async def _update(call: Call, repoid: Ident, repo_id: int, wanted: updating.Wanted) -> None:
    """One transaction, or two when the directory moves."""
    plan = await call.write(updating.plan, repoid, repo_id, wanted)
    if plan.intent_id is None:
        return
    async with undoing(call, plan.intent_id):
        await call.write(updating.apply, plan)
