"""Methods about the server itself."""

from __future__ import annotations

import platform
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any

from kallithea_host import Call, DbJob  # noqa: TC001 - say where the methods run
from kallithea_host.version import version
from kallithea_plugins.repos.declared import methods
from kallithea_plugins.repos.result_types import LoadedPlugin, ServerInfo

if TYPE_CHECKING:
    from kallithea_host import Program
    from kallithea_host.host import Host


@methods.in_reactor(needs="hg.admin")
async def get_server_info(call: Call) -> ServerInfo:
    """What the server is made of.

    Returns:
        ``kallithea_version``: of this server; ``py_version``, ``platform``; ``modules``: the
        installed distributions as ``[name, version]``, by name; ``git_version`` and ``git_path``
        of the ``git`` program, empty text if there is none; ``plugins``: each with ``name``,
        ``distribution``, ``version`` and ``methods``, their names.
    """
    return await call.vcs(_server_info, call.host)  # it reads many small files and starts git


def _server_info(host: Host) -> ServerInfo:
    git = _git(host)
    return {
        "modules": _modules(),
        "py_version": platform.python_version(),
        "platform": platform.platform(),
        "kallithea_version": version(),
        "git_version": git.version if git else "",
        "git_path": git.path if git else "",
        "plugins": _plugins(host),
    }


def _git(host: Host) -> Program | None:
    return host.backends["git"].program() if "git" in host.backends else None


def _modules() -> list[list[str]]:
    """What is installed; of two of one name the first is what gets imported."""
    found: dict[str, list[str]] = {}
    for each in distributions():
        if each.name and each.version:  # what was half removed has neither
            found.setdefault(each.name.lower(), [each.name, each.version])
    return [found[name] for name in sorted(found)]


def _plugins(host: Host) -> list[LoadedPlugin]:
    told: list[LoadedPlugin] = []
    for plugin in host.registry.plugins:
        distribution, _, its_version = plugin.distribution.rpartition(" ")
        names = [method.name for method in host.registry.methods_of(plugin)]
        told.append(
            {
                "name": plugin.name,
                "distribution": distribution,
                "version": its_version,
                "methods": names,
            }
        )
    return told


@methods.in_db(needs="hg.admin")
def test(job: DbJob, args: Any | None) -> Any:  # noqa: ARG001 - the answer depends on nothing
    """What was sent, to try out a client.

    Args:
        args: anything.

    Returns:
        The same.
    """
    return args
