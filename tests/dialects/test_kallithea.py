"""Bodies in Kallithea's dialect to requests, results to bytes; through HTTP: test_protocol.py."""

import datetime as dt
import json
import time
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from kallithea_host import Failed, NewName, dialects
from kallithea_host.dialects import Limits, Refusal, kallithea

GOOD = {"id": 1, "api_key": "k", "method": "m", "args": {}}


def decode(body, **more):
    if not isinstance(body, bytes | None):
        body = json.dumps(body).encode()
    dialect, asked = dialects.decode(body, "192.0.2.1", **more)
    assert dialect is kallithea
    if isinstance(asked, Refusal):
        raise asked
    return asked


def refusal(body, **more):
    with pytest.raises(Refusal) as caught:
        decode(body, **more)
    return str(caught.value), caught.value.id


def without(*names, **changes):
    return {name: value for name, value in (GOOD | changes).items() if name not in names}


def test_a_request_is_what_was_sent():
    request = decode({"id": "x", "api_key": "secret", "method": "m", "args": {"a": [1]}})
    assert (request.id, request.key, request.method) == (b'"x"', "secret", "m")
    assert (request.args, request.address) == ({"a": [1]}, "192.0.2.1")


@pytest.mark.parametrize(
    ("body", "error", "shown"),
    [
        (None, "No Content-Length in request", b"null"),
        (b"", "Content-Length is 0", b"null"),
        ({}, "Incorrect JSON query missing 'api_key'", b"null"),
        (without("api_key"), "Incorrect JSON query missing 'api_key'", b"null"),
        (without("api_key", "id", "method"), "Incorrect JSON query missing 'api_key'", b"null"),
        (without("id"), "Incorrect JSON query missing 'id'", b"null"),
        (without("id", "method", "args"), "Incorrect JSON query missing 'id'", b"null"),
        (without("method"), "Incorrect JSON query missing 'method'", b"1"),
        (without("method", "args"), "Incorrect JSON query missing 'method'", b"1"),
        (without("args"), "Incorrect JSON query missing 'args'", b"1"),
    ],
)
def test_what_is_missing_is_told_in_order_and_only_late_refusals_repeat_the_id(body, error, shown):
    assert refusal(body) == (error, shown)


@pytest.mark.parametrize("body", [b"5", b'"x"', b"null", b"true", b" -1.5 "])
def test_json_that_is_neither_object_nor_array_lacks_a_key_even_if_a_header_had_one(body):
    assert refusal(body, bearer="k")[0] == "Incorrect JSON query missing 'api_key'"


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b" ",
        b"{",
        b"{'id': 1}",
        b'{"id": 1} x',
        b'{"id": NaN}',
        b'{"x": Infinity}',
        b'{"id": 01}',
        b'{"id": 1,}',
        b'{"id": "a\nb"}',
        b'{"id": "\\q"}',
        b'{"api_key": "\\ud800"}',
        b"api_key=secret&method=m",
        '{"id": 1}'.encode("utf-16"),
        b'{"id": "\xfc"}',
        b'{"id": "\xed\xa0\x80"}',
    ],
)
def test_what_is_no_json_is_a_parse_error_that_repeats_nothing_of_the_body(body):
    error, shown = refusal(body)
    assert error.startswith("JSON parse error ERR:")
    assert shown == b"null"
    assert "secret" not in error


def test_a_byte_order_mark_is_dropped():
    assert decode(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()).method == "m"


def test_of_two_equal_names_the_last_counts():
    assert decode(b'{"id":1,"id":2,"api_key":"k","method":"a","method":"b","args":{}}').id == b"2"


@pytest.mark.parametrize("args", [None, [], [1], "text", 5, True])
def test_args_that_are_no_object_are_none(args):
    assert decode(GOOD | {"args": args}).args == {}


@pytest.mark.parametrize(
    "sent",
    [
        "0",
        "-1",
        "1.50",
        "1e400",
        "1E+05",
        "1180591620717411303424",
        "9" * 4300,
        "null",
        "false",
        '""',
        '"ü\\u00fc\\n"',
        "[]",
        '[1,"a",null]',
        '{"a":{"b":1.0}}',
    ],
)
def test_an_id_of_any_type_is_kept_byte_for_byte(sent):
    body = f'{{"id": {sent} , "api_key": "k", "method": "m", "args": {{}}}}'
    assert decode(body.encode()).id == sent.encode()


def test_an_id_that_spans_lines_is_put_on_one():
    body = b'{"id": [1,\n  {"a":\r\n1e5}], "api_key": "k", "method": "m", "args": {}}'
    assert decode(body).id == b'[1,{"a":1e5}]'


@pytest.mark.parametrize(
    ("members", "bearer", "key"),
    [
        ({"api_key": "a", "auth_token": "b"}, "c", "a"),
        ({"api_key": None, "auth_token": "b"}, "c", "b"),
        ({"auth_token": "b"}, "c", "b"),
        ({"auth_token": None}, "c", "c"),
        ({}, "c", "c"),
        ({"api_key": None}, None, None),
        ({"api_key": 5}, "c", 5),
        ({"api_key": ""}, "c", ""),
    ],
)
def test_the_key_is_the_first_that_was_given(members, bearer, key):
    assert decode(without("api_key") | members, bearer=bearer).key == key


def test_a_null_token_is_no_key():
    assert refusal(without("api_key", auth_token=None))[0].endswith("missing 'api_key'")


def nested(depth):
    return (
        b'{"id":1,"api_key":"k","method":"m","args":'
        + (b'{"a":[' * ((depth - 1) // 2) + b"]}" * ((depth - 1) // 2))
        + b"}"
    )


def test_nesting_has_a_limit():
    assert decode(nested(99)).method == "m"
    assert refusal(nested(101))[0] == "JSON parse error ERR:nested more than 100 deep"
    assert refusal(b"[" * 100_000)[0].endswith("more than 100000 values")


def test_brackets_in_texts_and_side_by_side_are_no_nesting():
    assert decode(GOOD | {"args": {"a": '[{"' * 5000 + "\\"}}).method == "m"
    assert decode(GOOD | {"args": {"a": [[]] * 5000}}).method == "m"


def test_numbers_have_a_limit_of_digits():
    assert decode(b'{"id":1,"api_key":"k","method":"m","args":{"a":%s}}' % (b"9" * 4300))
    for sent in (b"9" * 4301, b"-" + b"1" * 4301):
        body = b'{"id":%s,"api_key":"k","method":"m","args":{}}' % sent
        assert refusal(body)[0] == "JSON parse error ERR:a number has more than 4300 digits"


def test_digits_in_texts_are_no_number():
    assert decode(GOOD | {"args": {"a": "9" * 5000}}).method == "m"


def test_a_number_beyond_every_float_is_told_about():
    body = b'{"id":1,"api_key":"k","method":"m","args":{"a":1e400}}'
    assert refusal(body)[0] == "JSON parse error ERR:a number is out of range"
    assert refusal(b"1e400")[0] == "JSON parse error ERR:a number is out of range"


def test_values_have_a_limit():
    assert decode(GOOD | {"args": {"a": [0] * 99_000}}).method == "m"
    assert refusal(GOOD | {"args": {"a": [0] * 100_001}})[0].endswith("more than 100000 values")
    assert decode(GOOD | {"args": {"a": "," * 200_000}}).method == "m"


def test_the_limits_are_settings():
    limits = Limits(nesting=2, digits=3, values=7)
    assert decode(GOOD, limits=limits).method == "m"
    assert refusal(GOOD | {"args": {"a": {"b": 1}}}, limits=limits)[0].endswith("2 deep")
    assert refusal(GOOD | {"args": {"a": 1234}}, limits=limits)[0].endswith("3 digits")
    assert refusal(GOOD | {"args": dict.fromkeys("abcdefg")}, limits=limits)[0].endswith("7 values")


@pytest.mark.parametrize(
    "body",
    [
        b'"' * 2_000_000,
        b'"' + b'\\"' * 1_000_000,
        b"\\" * 2_000_000,
        b"[" * 99_000 + b'"' + b'\\"' * 900_000,
        (b"1" * 4300 + b",") * 480,
        b"]" * 2_000_000,
        b'["",' * 90_000,
    ],
    ids=["quotes", "escapes", "backslashes", "open text", "digits", "closing", "texts"],
)
def test_no_body_takes_long_to_refuse(body):
    begun = time.process_time()
    refusal(body)
    assert time.process_time() - begun < 1


def is_of_this_dialect(body):
    """Whether it is no batch, and not taken for the other dialect where it does not parse."""
    return not body.lstrip().startswith(b"[") and b'"jsonrpc"' not in body


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*GOOD]), inner),
)
bodies = (
    st.binary()
    | st.text().map(str.encode)
    | json_values.map(
        lambda value: json.dumps(GOOD | value if isinstance(value, dict) else value).encode()
    )
).filter(is_of_this_dialect)


@given(bodies)
def test_whatever_comes_is_a_request_or_a_refusal_with_an_id_that_is_json(body):
    try:
        shown = decode(body).id
    except Refusal as error:
        shown = error.id
    json.loads(shown)
    assert b"\n" not in shown


@given(bodies)
def test_what_is_decoded_is_what_python_reads(body):
    try:
        request = decode(body)
    except Refusal:
        return
    read = json.loads(body.decode("utf-8-sig"))
    assert request.method == read["method"]
    assert json.loads(request.id) == read["id"]
    assert request.args == (read["args"] if isinstance(read["args"], dict) else {})


def test_a_reply_is_one_line_with_id_result_and_error_in_this_order():
    assert kallithea.success(b'"x"', b"[1]") == b'{"id":"x","result":[1],"error":null}'
    told = kallithea.failure(b"1", Failed('no "ü"\n'))
    assert told == '{"id":1,"result":null,"error":"no \\"ü\\"\\n"}'.encode()


def test_an_error_with_a_lone_surrogate_can_be_sent():
    assert kallithea.failure(b"1", Failed("a\ud800b")).endswith(b'"error":"a?b"}')


@pytest.mark.parametrize(
    ("result", "encoded"),
    [
        (None, b"null"),
        (True, b"true"),
        (2**70, b"1180591620717411303424"),
        (1.5, b"1.5"),
        ("ü\n\u2028", '"ü\\n\u2028"'.encode()),
        ({"b": [1, {"a": (None, False)}]}, b'{"b":[1,{"a":[null,false]}]}'),
        (NewName("x"), b'"x"'),
        ([NewName("x")], b'["x"]'),
        (IntEnum("Level", {"READ": 1}).READ, b"1"),
    ],
)
def test_plain_results_are_encoded(result, encoded):
    assert dialects.encode_result(result) == encoded


def a_row():
    with create_engine("sqlite://").connect() as connection:
        return connection.execute(text("SELECT 1, 2")).one()


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        "\ud800",
        {1, 2},
        b"bytes",
        dt.datetime(2026, 1, 1),  # noqa: DTZ001
        object(),
        a_row(),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"a": ({"b": v},)}])
def test_results_that_are_not_plain_are_refused(value, wrap):
    with pytest.raises((TypeError, ValueError)):
        dialects.encode_result(wrap(value))


def test_the_secrets_of_a_request_are_its_key_and_what_its_arguments_hide():
    args = {"password": "pw", "clone_uri": "https://u:p@h/", "username": "bob", "api_key": 5}
    assert decode(GOOD | {"args": args}).secrets() == ["https://u:p@h/", "pw", "k"]


def test_the_text_form_of_a_request_holds_neither_its_key_nor_its_arguments():
    shown = repr(decode(GOOD | {"api_key": "secret key", "args": {"password": "secret word"}}))
    assert "secret" not in shown
    assert GOOD["method"] in shown
