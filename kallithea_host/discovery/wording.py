"""JSON Schema in a few words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kallithea_host.discovery.schemas import COMPONENTS

if TYPE_CHECKING:
    from kallithea_host.discovery.schemas import Schema

_NULL: Final = {"type": "null"}


def words(schema: Schema) -> str:
    """A schema in a few words: ``array of User``."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(COMPONENTS)
    if "allOf" in schema:
        return words(schema["allOf"][0])
    if "title" in schema and "anyOf" in schema:
        null = " or null" if _NULL in schema["anyOf"] else ""
        return f"{schema['title']}{null}"
    if "anyOf" in schema:
        return " or ".join(map(words, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"“{choice}”" for choice in schema["enum"])
    return _plain_words(schema)


def _plain_words(schema: Schema) -> str:
    kind = schema.get("type", "any")
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"array of {words(schema['items'])}"
    if kind == "object" and "additionalProperties" in schema:
        return f"object of {words(schema['additionalProperties'])}"
    return "text" if kind == "string" else str(kind)
