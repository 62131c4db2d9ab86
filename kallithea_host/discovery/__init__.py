"""What the server can do, as it tells it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from kallithea_host import DbJob, Methods, NotFound, hookimpl
from kallithea_host.discovery import openrpc
from kallithea_host.discovery.wording import words
from kallithea_host.kinds import LEVEL_NAMES

if TYPE_CHECKING:
    from kallithea_host.methods import Method

methods = Methods("system")


@methods.in_db(needs=None, name="rpc.discover")
def discover(job: DbJob) -> Annotated[dict[str, Any], "An OpenRPC document."]:
    """The methods that the caller may call, as an OpenRPC document.

    A method is among them when the caller has the global permissions it needs; whether he has
    those on an object is seen when he names one.

    Returns:
        An OpenRPC document: for each method its arguments and result as JSON Schema, its
        documentation, and as extensions its other names (``x-aliases``), its plugin
        (``x-plugin``), the permissions it needs (``x-permissions``) and the texts of its errors
        (``x-errors``).
    """
    return openrpc.document(_callable(job), job.host.settings.api_result_style)


@methods.in_db(needs=None, name="system.listMethods")
def list_methods(job: DbJob) -> list[str]:
    """The names of the methods that the caller may call, sorted.

    Returns:
        An array of names; methods with several are among them by each.
    """
    return sorted(name for method in _callable(job) for name in (method.name, *method.aliases))


@methods.in_db(needs=None, name="system.methodHelp")
def method_help(job: DbJob, method: str) -> str:
    """The documentation of a method.

    Args:
        method: its name.

    Returns:
        Text of several lines.

    Errors:
        ``No such method: <method>``: there is none, or the caller may not call it.
    """
    return _named(job, method).documentation


@methods.in_db(needs=None, name="system.methodSignature")
def method_signature(job: DbJob, method: str) -> list[list[str]]:
    """The types of a method's result and of its arguments, in their order.

    Args:
        method: its name.

    Returns:
        An array of one signature: the type of the result and the types of the arguments, in a few
        words each.

    Errors:
        ``No such method: <method>``: there is none, or the caller may not call it.
    """
    style = job.host.settings.api_result_style
    (described,) = openrpc.document([_named(job, method)], style)["methods"]
    shown = [described["result"], *described["params"]]
    return [[words(each["schema"]) for each in shown]]


def _callable(job: DbJob) -> list[Method]:
    """The methods whose global permissions the caller has, by plugin, as they are declared."""
    registry, permissions = job.host.registry, job.host.permissions
    has: dict[str, bool] = {}

    def may(method: Method) -> bool:
        for name in method.needs:
            if name not in LEVEL_NAMES and name not in has:
                has[name] = permissions.allows(job.db, job.caller, name)
        return all(has.get(name, True) for name in method.needs)

    return [
        method
        for plugin in registry.plugins
        for method in registry.methods_of(plugin)
        if may(method)
    ]


def _named(job: DbJob, name: str) -> Method:
    for method in _callable(job):
        if name in {method.name, *method.aliases}:
            return method
    raise NotFound(f"No such method: {name}")


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods
