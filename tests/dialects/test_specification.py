"""All examples of section 7 of the specification of JSON-RPC 2.0, in its order, with a key."""

import json

import pytest

SAID = {-32700: "Parse error", -32600: "Invalid Request", -32601: "Method not found"}


def refused(code, request_id=None):
    error = {"code": code, "message": SAID[code]}
    return {"jsonrpc": "2.0", "error": error, "id": request_id}


def result(value, request_id):
    return {"jsonrpc": "2.0", "result": value, "id": request_id}


EXAMPLES = [
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
        result(19, 1),
    ),
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        result(-19, 2),
    ),
    (
        (
            '{"jsonrpc": "2.0", "method": "subtract",'
            ' "params": {"subtrahend": 23, "minuend": 42}, "id": 3}'
        ),
        result(19, 3),
    ),
    (
        (
            '{"jsonrpc": "2.0", "method": "subtract",'
            ' "params": {"minuend": 42, "subtrahend": 23}, "id": 4}'
        ),
        result(19, 4),
    ),
    ('{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', None),
    ('{"jsonrpc": "2.0", "method": "foobar"}', None),
    ('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}', refused(-32601, "1")),
    ('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', refused(-32700)),
    ('{"jsonrpc": "2.0", "method": 1, "params": "bar"}', refused(-32600)),
    (
        (
            '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},'
            ' {"jsonrpc": "2.0", "method"]'
        ),
        refused(-32700),
    ),
    ("[]", refused(-32600)),
    ("[1]", [refused(-32600)]),
    ("[1,2,3]", [refused(-32600)] * 3),
    (
        """[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
        ]""",
        [
            result(7, "1"),
            result(19, "2"),
            refused(-32600),
            refused(-32601, "5"),
            result(["hello", 5], "9"),
        ],
    ),
    (
        (
            '[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},'
            ' {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]'
        ),
        None,
    ),
]


def without_data(answer):
    """An answer without what errors may say beyond code and message."""
    for each in answer if isinstance(answer, list) else [answer]:
        each.get("error", {}).pop("data", None)
    return answer


@pytest.mark.parametrize(("sent", "expected"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_of_the_specification_are_answered_as_it_says(post, sent, expected):
    answer = post(sent.encode())
    if expected is None:
        assert (answer.status, answer.body) == (204, b"")
    else:
        assert (answer.status, without_data(json.loads(answer.body))) == (200, expected)


def test_the_notifications_of_the_examples_are_run(post, heard):
    for sent, expected in EXAMPLES:
        if expected is None:
            post(sent.encode())
    assert heard == [(1, 2, 3, 4, 5), 7]
