"""The explorer's page, made from the OpenRPC document of all methods."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from kallithea_host.discovery import openrpc
from kallithea_host.discovery.schemas import without_null
from kallithea_host.discovery.wording import words
from kallithea_host.web.account import rendering

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host.discovery.schemas import Schema
    from kallithea_host.registry import Registry
    from kallithea_host.rules import ResultStyle

HERE: Final = Path(__file__).parent
_CODE: Final = re.compile(r"``(.+?)``", re.DOTALL)
_OBJECT: Final = re.compile(r"\b[A-Z]\w*\b")


def page(registry: Registry, style: ResultStyle) -> str:
    """The whole page."""
    plugins = [plugin for plugin in registry.plugins if registry.methods_of(plugin)]
    methods = [method for plugin in plugins for method in registry.methods_of(plugin)]
    document = openrpc.document(methods, style)
    chapters = [
        {
            "name": plugin.name,
            "origin": plugin.distribution.rpartition(" ")[0],  # versions are not for everybody
            "about": (inspect.getdoc(plugin.module) or "").partition("\n\n")[0],
            "methods": [each for each in document["methods"] if each["x-plugin"] == plugin.name],
        }
        for plugin in plugins
    ]
    environment = _environment(document["components"]["schemas"])
    template = environment.get_template("explorer.html")
    return template.render(document=document, chapters=chapters, style=style)


def _environment(components: dict[str, Any]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", rendering.HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def kind(schema: Schema, *, null: bool = True) -> Markup:
        """A schema in words, without null if asked; names of objects lead to what they hold."""
        schema = schema if null else without_null(schema)
        return Markup(_OBJECT.sub(_to(components), str(escape(words(schema)))))  # noqa: S704 - escaped

    environment.filters.update(kind=kind, prose=_prose, field=_field, breakable=_breakable)
    return environment


def _to(components: dict[str, Any]) -> Callable[[re.Match[str]], str]:
    def link(found: re.Match[str]) -> str:
        name = found[0]
        return f'<a href="#type-{name}">{name}</a>' if name in components else name

    return link


def _prose(text: str) -> Markup:
    """Text of a docstring: what stands in double backquotes is code."""
    pieces = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(" ".join(piece.split())) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )


def _breakable(name: str) -> Markup:
    """A name that may go on in the next line after each of its words."""
    return Markup("<wbr>").join(re.split(r"(?<=[_.])", name))


def _field(schema: Schema) -> str:
    """How the value of an argument is asked for: ``text``, ``boolean``, ``number`` or ``json``."""
    value = without_null(schema)
    kinds = {each.get("type") for each in value.get("anyOf", [value])}
    if kinds == {"boolean"}:
        return "boolean"
    if kinds and kinds <= {"integer", "number"}:
        return "number"
    return "text" if "string" in kinds else "json"
