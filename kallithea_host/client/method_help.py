"""The help for one method of a server, and the list of all."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

import click

from kallithea_host.client import description, remembering
from kallithea_host.client.errors import CallError, ClientError
from kallithea_host.names import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kallithea_host.client.choosing import Server
    from kallithea_host.client.description import Argument, Described

HOW_TO_GIVE: Final = (
    "NAME:VALUE is text, which the server takes for a number or a boolean where it wants one; "
    "NAME=:JSON gives JSON, NAME@:FILE the text in a file."
)


class UnknownMethod(ClientError):
    """The server has no method of this name that the key may call."""


def listed(server: Server, timeout: float) -> list[dict[str, Any]]:
    """Name and summary of every method of a server."""
    return [
        {"method": method.name, "summary": _line(method.summary)}
        for method in sorted(_ask(server, timeout), key=lambda method: method.name)
    ]


def help_for(server: Server, name: str, timeout: float) -> str:
    """The help for a method, as the server describes it."""
    methods = _ask(server, timeout)
    method = description.find(methods, name)
    if method is None:
        near = difflib.get_close_matches(name, [known.name for known in methods], 3)
        hint = f"; did you mean {' or '.join(map(plain, near))}?" if near else ""
        raise UnknownMethod(f"No such method: {name}{hint}")
    return _help(method)


def _ask(server: Server, timeout: float) -> list[Described]:
    try:
        return description.methods_in(remembering.fetch(server, timeout))
    except CallError as error:
        if not str(error).startswith("No such method"):
            raise
        raise UnknownMethod(
            f"{server.host} does not describe its methods (it has no rpc.discover); "
            "calling them works all the same"
        ) from None


def _help(method: Described) -> str:
    formatter = click.HelpFormatter(max_width=100)
    formatter.write_usage("kallithea-api", _usage(method))
    also = f"Also called {', '.join(method.aliases)}." if method.aliases else ""
    for paragraph in filter(None, (method.summary, *method.about.split("\n\n"), also)):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_line(paragraph))
    if method.arguments:
        with formatter.section("Arguments"):
            formatter.write_dl(_rows(method.arguments))
    if method.result:
        with formatter.section("Result"):
            formatter.write_text(_line(method.result))
    if method.errors:
        with formatter.section("Errors"):
            formatter.write_dl([("-", _line(error)) for error in method.errors])
    if method.arguments:
        formatter.write_paragraph()
        formatter.write_text(HOW_TO_GIVE)
    return formatter.getvalue().rstrip("\n")


def _usage(method: Described) -> str:
    """The call with every argument, those that may be left out in brackets."""
    words = [
        f"{plain(argument.name)}:…" if argument.required else f"[{plain(argument.name)}:…]"
        for argument in method.arguments
    ]
    return " ".join([plain(method.name), *words])


def _rows(arguments: Sequence[Argument]) -> list[tuple[str, str]]:
    return [(plain(argument.name), _line(_about(argument))) for argument in arguments]


def _about(argument: Argument) -> str:
    needed = "required" if argument.required else "optional"
    choices = ", ".join(argument.choices) if argument.kind != "boolean" else ""
    kind = f"{argument.kind}: {choices}" if choices else argument.kind
    return f"{argument.about.rstrip('.')} [{kind}; {needed}]".lstrip()


def _line(text: str) -> str:
    """A paragraph on one line, without the marks of literal text."""
    return plain(" ".join(text.replace("` ``", "`").replace("``", "").split()))
