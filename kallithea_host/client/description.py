"""What a server says about its methods (``rpc.discover``), as help and completion need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.client.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KINDS: Final = {"string": "text", "array": "list", "null": ""}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method."""

    name: str
    kind: str
    """Its type in words: ``text``, ``integer or text``."""
    required: bool
    about: str
    choices: tuple[str, ...]
    """The texts it may be, if they are few."""


@dataclass(frozen=True, slots=True)
class Described:
    """One method."""

    name: str
    aliases: tuple[str, ...]
    summary: str
    about: str
    arguments: tuple[Argument, ...]
    result: str
    errors: tuple[str, ...]


def methods_in(document: Any) -> list[Described]:
    """The methods that an OpenRPC document describes, in its order; raises ``BadAnswer``."""
    try:
        schemas = document.get("components", {}).get("schemas", {})
        return [_method(method, schemas) for method in document["methods"]]
    except (AttributeError, KeyError, TypeError, RecursionError):
        raise BadAnswer("what the server says about its methods is not understood") from None


def find(methods: Sequence[Described], name: str) -> Described | None:
    """The method of a name or alias."""
    return next((method for method in methods if name in {method.name, *method.aliases}), None)


def _method(told: dict[str, Any], schemas: dict[str, Any]) -> Described:
    return Described(
        name=str(told["name"]),
        aliases=tuple(map(str, told.get("x-aliases", ()))),
        summary=str(told.get("summary", "")),
        about=str(told.get("description", "")),
        arguments=tuple(_argument(argument, schemas) for argument in told["params"]),
        result=str(told.get("x-returns", "")),
        errors=tuple(map(str, told.get("x-errors", ()))),
    )


def _argument(told: dict[str, Any], schemas: dict[str, Any]) -> Argument:
    schema = told.get("schema", {})
    leaves = list(_leaves(schema, schemas))
    return Argument(
        name=str(told["name"]),
        kind=str(schema.get("title") or _kind(leaves)),
        required=told.get("required") is True,
        about=str(told.get("description") or told.get("summary") or ""),
        choices=tuple(choice for leaf in leaves for choice in _choices(leaf)),
    )


def _leaves(schema: Any, schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The alternatives of a schema, with references followed."""
    if not isinstance(schema, dict):
        return
    if isinstance(reference := schema.get("$ref"), str):
        yield from _leaves(schemas.get(reference.rpartition("/")[2]), schemas)
        return
    either = schema.get("anyOf") or schema.get("oneOf")
    if not either and isinstance(schema.get("type"), list):
        either = [{**schema, "type": one} for one in schema["type"]]
    if either:
        for alternative in either:
            yield from _leaves(alternative, schemas)
    else:
        yield schema


def _kind(leaves: Sequence[dict[str, Any]]) -> str:
    kinds = [_KINDS.get(leaf.get("type", ""), leaf.get("type", "")) for leaf in leaves]
    return " or ".join(dict.fromkeys(filter(None, kinds))) or "anything"


def _choices(leaf: dict[str, Any]) -> Iterator[str]:
    if leaf.get("type") == "boolean":
        yield from ("true", "false")
    for value in (*leaf.get("enum", ()), *([leaf["const"]] if "const" in leaf else ())):
        if isinstance(value, str):
            yield value
