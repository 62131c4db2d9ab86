"""JSON Schema as Python's annotations."""

from __future__ import annotations

import json
import keyword
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

_SCALARS: Final = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "null": "None",
}
_CLASS_NAME: Final = re.compile(r"\b(?!Any\b|None\b|Literal\b)[A-Z]\w*")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def annotation(schema: Schema) -> str:
    """What annotates a value of a schema."""
    if "$ref" in schema:
        return class_name(str(schema["$ref"]).rpartition("/")[2])
    if len(schema.get("allOf", ())) == 1:
        return annotation(schema["allOf"][0])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_alternatives(schema["anyOf"])))
    if "enum" in schema:
        return f"Literal[{', '.join(map(_literal, schema['enum']))}]"
    return _plain(schema)


def _literal(choice: Any) -> str:
    return json.dumps(choice) if isinstance(choice, str) else repr(choice)


def _alternatives(schemas: list[Schema]) -> Iterator[str]:
    """The annotations of alternatives; null comes last."""
    found = [annotation(schema) for schema in schemas]
    yield from (each for each in found if each != "None")
    yield from (each for each in found if each == "None")


def _plain(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items", {})
        return f"list[{annotation(items) if isinstance(items, dict) else 'Any'}]"
    if kind == "object":
        return f"dict[str, {annotation(schema.get('additionalProperties', {}))}]"
    return _SCALARS.get(str(kind), "Any")


def class_name(component: str) -> str:
    """A component's name as Python's."""
    name = re.sub(r"\W", "_", component)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"_{name}"


def class_names(annotated: str) -> set[str]:
    """The classes that an annotation names."""
    return set(_CLASS_NAME.findall(_TEXT.sub("", annotated)))


def or_none(annotated: str) -> str:
    """The same annotation, None allowed."""
    if annotated == "Any" or annotated.endswith("None"):
        return annotated
    return f"{annotated} | None"
