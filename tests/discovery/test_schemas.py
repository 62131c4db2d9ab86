from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from kallithea_host import Ident, ThenVcs
from kallithea_host.discovery.schemas import Schemas, nullable, without_null
from kallithea_host.discovery.wording import words
from kallithea_host.result_types import ByStyle

NULL = {"type": "null"}
IDENT = {"title": "id or name", "anyOf": [{"type": "integer"}, {"type": "string"}]}


class Inner(TypedDict):
    """What is inside."""

    number: float


class Outer(Inner):
    inner: Inner
    others: NotRequired[list[Inner]]


class Partly(TypedDict, total=False):
    left_out: int


class Unknown(TypedDict):
    member: "ImportedForTypeCheckersOnly"  # noqa: F821


def another():
    class Inner(TypedDict):
        flag: bool

    return Inner


@pytest.mark.parametrize(
    ("hint", "schema", "said"),
    [
        (Any, {}, "any"),
        (None, NULL, "null"),
        (bool, {"type": "boolean"}, "boolean"),
        (str, {"type": "string"}, "text"),
        (Ident, IDENT, "id or name"),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}, "“a” or “b”"),
        (list[int], {"type": "array", "items": {"type": "integer"}}, "array of integer"),
        (Sequence[int], {"type": "array", "items": {"type": "integer"}}, "array of integer"),
        (dict[str, Any], {"type": "object"}, "object"),
        (
            dict[str, int],
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "object of integer",
        ),
        (
            tuple[str, int],
            {
                "type": "array",
                "items": [{"type": "string"}, {"type": "integer"}],
                "minItems": 2,
                "maxItems": 2,
            },
            "array",
        ),
        (int | None, {"anyOf": [{"type": "integer"}, NULL]}, "integer or null"),
        (int | ThenVcs, {"type": "integer"}, "integer"),
        (Annotated[int, "so many"], {"type": "integer", "description": "so many"}, "integer"),
        (Inner, {"$ref": "#/components/schemas/Inner"}, "Inner"),
        (
            Annotated[Inner, "that"],
            {"allOf": [{"$ref": "#/components/schemas/Inner"}], "description": "that"},
            "Inner",
        ),
        (ValueError, {}, "any"),
        (Annotated[int, ["of another library"]], {"type": "integer"}, "integer"),
        (Literal["x", 1], {"enum": ["x", 1]}, "“x” or “1”"),
        (Literal[b"x"], {}, "any"),
    ],
)
def test_a_type_has_a_schema_and_words(hint, schema, said):
    assert Schemas().of(hint) == schema
    assert words(schema) == said


def test_an_object_is_a_component():
    schemas = Schemas()
    schemas.of(Outer)
    assert schemas.components["Inner"] == {
        "title": "Inner",
        "description": "What is inside.",
        "type": "object",
        "properties": {"number": {"type": "number"}},
        "required": ["number"],
    }
    assert list(schemas.components["Outer"]["properties"]) == ["number", "inner", "others"]
    assert schemas.components["Outer"]["required"] == ["number", "inner"]


def test_members_may_be_left_out_by_default():
    schemas = Schemas()
    schemas.of(Partly)
    assert schemas.components["Partly"]["required"] == []


def test_a_member_whose_type_is_not_there_may_be_anything():
    schemas = Schemas()
    schemas.of(Unknown)
    assert schemas.components["Unknown"]["properties"] == {"member": {}}


def test_two_objects_of_one_name_are_two_components():
    schemas, other = Schemas(), another()
    assert schemas.of(Inner) != schemas.of(other)
    assert schemas.of(other) == schemas.of(other)
    assert len(schemas.components) == 2


@pytest.mark.parametrize(
    ("style", "schema"),
    [
        ("documented", {"type": "integer"}),
        ("kallithea", {"type": "string"}),
        (None, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    ],
)
def test_a_type_may_depend_on_the_style(style, schema):
    hint = Annotated[int | str, ByStyle(documented=int, kallithea=str)]
    assert Schemas(style).of(hint) == schema


@pytest.mark.parametrize(
    ("schema", "with_null"),
    [
        ({}, {}),
        ({"type": "integer"}, {"anyOf": [{"type": "integer"}, NULL]}),
        ({"anyOf": [{}, {}], "title": "t"}, {"anyOf": [{}, {}, NULL], "title": "t"}),
    ],
)
def test_null_is_added_and_taken_away(schema, with_null):
    assert nullable(schema) == with_null
    assert without_null(with_null) == schema
