"""What clients send, as the types that signatures ask for."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_host import Ident, NewName, schema
from kallithea_host.arguments import LARGEST, Mismatch, convert, is_convertible

WORDS = Literal["detach", "delete"]


@pytest.mark.parametrize(
    ("sent", "hint", "given"),
    [
        *((word, bool, True) for word in (True, 1, 1.0, "t", "true", "y", "yes", "on", "1")),
        *((word, bool, False) for word in (False, 0, 0.0, "f", "false", "n", "no", "off", "0")),
        ("", bool, False),
        ("  TRUE\n", bool, True),
        ("No", bool, False),
        (5, int, 5),
        (-5, int, -5),
        (5.0, int, 5),
        ("5", int, 5),
        (" -05 ", int, -5),
        ("+5", int, 5),
        (LARGEST, int, LARGEST),
        (str(-LARGEST), int, -LARGEST),
        (5, float, 5.0),
        (1.5, float, 1.5),
        ("1.5", float, 1.5),
        (" -1e3 ", float, -1000.0),
        ("text", str, "text"),
        ("", str, ""),
        (123, str, "123"),
        (2**70, str, str(2**70)),
        (1.5, str, "1.5"),
        ("a\0b", NewName, "a\0b"),
        (123, NewName, "123"),
        ("detach", WORDS, "detach"),
        (["1", 2], list[int], [1, 2]),
        ([["yes"]], list[list[bool]], [[True]]),
        ({"a": "1"}, dict[str, int], {"a": 1}),
        ({"a": [1]}, Any, {"a": [1]}),
    ],
)
def test_values_turn_into_what_is_asked_for_when_nothing_is_lost(sent, hint, given):
    converted = convert(sent, hint)
    assert converted == given
    assert type(converted) is type(given) or hint is NewName


@pytest.mark.parametrize(
    ("sent", "hint", "expected"),
    [
        *((word, bool, "boolean") for word in (2, -1, 0.5, "2", "maybe", "ja", [], {}, "\uff11")),
        *(
            (word, int, "integer")
            for word in (1.5, True, "", "1.5", "1e3", "five", "\u0663", [], {})
        ),
        *((word, int, "integer") for word in (2**63, -(2**63), 1e300, "9" * 4301, "+-5", "1_0")),
        *((word, float, "number") for word in (True, "", "nan", "inf", "1e400", 10**400, "1_0")),
        *((word, float, "number") for word in (2**53 + 1, "five", [], "[" * 5000)),
        *((word, str, "text") for word in (True, [], {}, "a\0b")),
        *((word, NewName, "text") for word in (False, ["a"], {})),
        *((word, WORDS, "detach or delete") for word in ("DETACH", "", 1, True, [], {})),
        *((word, list[int], "array") for word in ("1", {}, 1, ["a"], [None], [[1]])),
        *((word, dict[str, int], "object") for word in ("{}", [], 1, {"a": "b"}, {"a\0": 1})),
    ],
)
def test_everything_else_is_a_mismatch(sent, hint, expected):
    with pytest.raises(Mismatch) as caught:
        convert(sent, hint)
    assert str(caught.value) == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
hints = [bool, int, float, str, NewName, WORDS, list[int], dict[str, str]]


@given(json_values, st.sampled_from(hints))
def test_no_value_of_json_breaks_a_conversion(value, hint):
    try:
        converted = convert(value, hint)
    except Mismatch:
        return
    assert hint is not int or abs(converted) <= LARGEST


@pytest.mark.parametrize("hint", [*hints, Ident, Any, list[Any], list[dict[str, bool]]])
def test_types_that_arguments_can_have(hint):
    assert is_convertible(hint)


@pytest.mark.parametrize(
    "hint",
    [list, dict, bytes, object, int | str, list[bytes], dict[int, str], Literal[1], set[int]],
)
def test_types_that_arguments_cannot_have(hint):
    assert not is_convertible(hint)


@pytest.mark.parametrize(
    ("sent", "key", "name"),
    [
        (1, 1, None),
        ("1", 1, None),
        ("007", 7, None),
        (LARGEST, LARGEST, None),
        (LARGEST + 1, None, None),
        (str(LARGEST + 1), None, None),
        ("9" * 4301, None, None),
        (0, None, None),
        (-1, None, None),
        ("-1", None, "-1"),
        ("bob", None, "bob"),
        ("a/b", None, "a/b"),
        (" 1", None, " 1"),
        ("", None, ""),
        ("\u0661", None, "\u0661"),
        ("a\0b", None, None),
        (True, None, None),
        (False, None, None),
        (1.0, None, None),
        (None, None, None),
        ([1], None, None),
        ({"a": 1}, None, None),
    ],
)
def test_an_ident_is_a_key_or_a_name_or_nothing(sent, key, name):
    ident = Ident(sent)
    assert (ident.key, ident.name) == (key, name)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("bob", "bob"),
        (5, "5"),
        (None, "None"),
        (True, "true"),
        (1.5, "1.5"),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
        (10**4299, "1" + "0" * 4299),
    ],
)
def test_an_ident_shows_what_was_given(sent, shown):
    assert str(Ident(sent)) == shown


def test_an_ident_is_looked_up_by_its_key_or_its_name():
    users = schema.users.c
    assert str(Ident("5").match(users.user_id, users.username)) == "users.user_id = :user_id_1"
    assert str(Ident("b").match(users.user_id, users.username)) == "users.username = :username_1"
    assert Ident([1]).match(users.user_id, users.username) is None
