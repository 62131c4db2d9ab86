"""JSON Schema of the types of arguments and results.

Draft 7, which OpenRPC refers to. Objects whose members are known become components, so that each
is described once.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from kallithea_host.arguments import Ident, NewName
from kallithea_host.jobs import ThenVcs
from kallithea_host.result_types import ByStyle

if TYPE_CHECKING:
    from collections.abc import Callable

    from kallithea_host.rules import ResultStyle

Schema = dict[str, Any]

COMPONENTS: Final = "#/components/schemas/"
_NULL: Final[Schema] = {"type": "null"}
_SCALARS: Final[dict[Any, Schema]] = {
    Any: {},
    object: {},
    None: _NULL,
    types.NoneType: _NULL,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    NewName: {"type": "string"},
    Ident: {"title": "id or name", "anyOf": [{"type": "integer"}, {"type": "string"}]},
    dict: {"type": "object"},
    list: {"type": "array"},
}


def nullable(schema: Schema) -> Schema:
    """The same schema, null allowed."""
    if not schema:
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], _NULL]}
    return {"anyOf": [schema, _NULL]}


def without_null(schema: Schema) -> Schema:
    """The same schema, null not allowed."""
    if _NULL not in schema.get("anyOf", ()):
        return schema
    others = [each for each in schema["anyOf"] if each != _NULL]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**others[0], **rest} if len(others) == 1 else {**rest, "anyOf": others}


class Schemas:
    """Schemas of types in one result style, or, without one, in all of them."""

    def __init__(self, style: ResultStyle | None = None) -> None:
        self.components: dict[str, Schema] = {}
        self._style = style
        self._names: dict[Any, str] = {}
        self._generic: dict[Any, Callable[[tuple[Any, ...]], Schema]] = {
            Annotated: self._annotated,
            Union: self._union,
            types.UnionType: self._union,
            Literal: self._literal,
            list: self._array,
            Sequence: self._array,
            tuple: self._tuple,
            dict: self._object,
            Mapping: self._object,
        }

    def of(self, hint: Any) -> Schema:
        """The schema of a type; anything goes where the type is not JSON's."""
        for scalar, schema in _SCALARS.items():
            if hint is scalar:  # some annotations have no hash
                return dict(schema)
        if is_typeddict(hint):
            return {"$ref": COMPONENTS + self._component(hint)}
        make = self._generic.get(get_origin(hint))
        return make(get_args(hint)) if make else {}

    def _annotated(self, args: tuple[Any, ...]) -> Schema:
        hint, *notes = args
        described = {}
        for note in notes:
            if isinstance(note, ByStyle) and self._style:
                hint = getattr(note, self._style)
            elif isinstance(note, str):
                described = {"description": note}
        schema = self.of(hint)
        if described and "$ref" in schema:  # what stands beside a reference does not count
            return {"allOf": [schema], **described}
        return {**schema, **described}

    def _union(self, args: tuple[Any, ...]) -> Schema:
        schemas = [self.of(member) for member in args if member is not ThenVcs]
        if len(schemas) == 1:
            return schemas[0]
        flat: list[Schema] = []
        for schema in schemas:
            flat += schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
        return {"anyOf": flat}

    def _literal(self, args: tuple[Any, ...]) -> Schema:
        kinds = {type(choice) for choice in args}
        if not kinds <= {str, int, bool, types.NoneType}:
            return {}
        kind = self.of(kinds.pop()) if len(kinds) == 1 else {}
        return {**kind, "enum": list(args)}

    def _array(self, args: tuple[Any, ...]) -> Schema:
        return {"type": "array", "items": self.of(args[0])}

    def _tuple(self, args: tuple[Any, ...]) -> Schema:
        if args[-1:] == (...,):
            return self._array(args)
        items = [self.of(member) for member in args]
        return {"type": "array", "items": items, "minItems": len(args), "maxItems": len(args)}

    def _object(self, args: tuple[Any, ...]) -> Schema:
        members = self.of(args[1])
        return {"type": "object", **({"additionalProperties": members} if members else {})}

    def _component(self, hint: Any) -> str:
        """The name of an object's component; of two of one name one has its module's, too."""
        if hint not in self._names:
            name = hint.__name__
            if name in self.components:
                name = f"{hint.__module__}.{name}"
            self._names[hint] = name
            self.components[name] = {}
            self.components[name] = self._members(hint)
        return self._names[hint]

    def _members(self, hint: Any) -> Schema:
        properties, required = {}, []
        for name, member in _hints(hint).items():
            wrapper = get_origin(member)
            if wrapper is Required or (wrapper is not NotRequired and hint.__total__):
                required.append(name)
            bare = get_args(member)[0] if wrapper in {Required, NotRequired} else member
            properties[name] = self.of(bare)
        return {
            "title": hint.__name__,
            **({"description": hint.__doc__} if hint.__doc__ else {}),
            "type": "object",
            "properties": properties,
            "required": required,
        }


def _hints(hint: Any) -> dict[str, Any]:
    """The types of an object's members; any, where they are imported for type checkers only."""
    try:
        return get_type_hints(hint, include_extras=True)
    except NameError:
        return dict.fromkeys(hint.__annotations__, Any)
