"""The module of the objects in results: a ``TypedDict`` for each component of a document."""

from __future__ import annotations

import json
import keyword
from typing import TYPE_CHECKING, Final

from kallithea_host.client.generator.annotations import annotation, class_name, class_names
from kallithea_host.client.generator.text import WRITTEN, docstring, importing, indented

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kallithea_host.client.generator.annotations import Schema

ABOUT: Final = f'''\
"""The objects in results.

{WRITTEN}
"""
'''


def objects_module(components: Mapping[str, Schema]) -> str:
    """The source of the module."""
    classes = {class_name(name): schema for name, schema in components.items()}
    sources = [_class(name, classes[name]) for name in _ordered(classes)]
    body = "\n\n".join(sources)
    typing = importing("typing", body, "TypedDict", "Any", "Literal", "NotRequired")
    return f"{ABOUT}\n{typing}\n\n\n{body}"


def _ordered(classes: Mapping[str, Schema]) -> list[str]:
    """The names, each after those that its members name."""
    ordered: dict[str, None] = {}

    def add(name: str, path: tuple[str, ...] = ()) -> None:
        if name in ordered or name in path:
            return
        for member in classes[name]["properties"].values():
            for other in sorted(class_names(annotation(member)) & classes.keys()):
                add(other, (*path, name))
        ordered[name] = None

    for name in sorted(classes):
        add(name)
    return list(ordered)


def _class(name: str, schema: Schema) -> str:
    names = schema["properties"]
    if all(each.isidentifier() and not keyword.iskeyword(each) for each in names):
        return f"class {name}(TypedDict):\n{''.join(_members(schema))}"
    members = "".join(f"        {json.dumps(each)}: {kind},\n" for each, kind in _kinds(schema))
    return f'{name} = TypedDict(\n    "{name}",\n    {{\n{members}    }},\n)\n'


def _members(schema: Schema) -> Iterator[str]:
    about = schema.get("description") or f"What {schema.get('title', 'it')} holds."
    yield indented(docstring(about), 1) + "\n"
    for name, kind in _kinds(schema):
        yield f"    {name}: {kind}\n"
        if told := schema["properties"][name].get("description"):
            yield indented(docstring(told), 1)


def _kinds(schema: Schema) -> Iterator[tuple[str, str]]:
    for name, member in schema["properties"].items():
        kind = annotation(member)
        yield name, kind if name in schema["required"] else f"NotRequired[{kind}]"
