"""Several requests in one body, in both dialects."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from kallithea_host.testing import overriding

UNKNOWN = "0" * 40


def modern(method, params=(), **members):
    return {"jsonrpc": "2.0", "method": method, "params": params, **members}


def test_each_element_is_answered_in_its_own_dialect_and_in_order(reply, key):
    answered = reply(
        [
            {"id": "a", "api_key": key, "method": "give_null", "args": {}},
            modern("sum", [1, 2, 3], id="b"),
            {"id": "c", "api_key": UNKNOWN, "method": "give_null", "args": {}},
            {"id": "d", "method": "get_data", "args": {}},
            modern("give_null", id="e", api_key=UNKNOWN),
        ]
    )
    assert answered == [
        {"id": "a", "result": None, "error": None},
        {"jsonrpc": "2.0", "result": 6, "id": "b"},
        {"id": "c", "result": None, "error": "Invalid API key"},
        {"id": "d", "result": ["hello", 5], "error": None},
        {"jsonrpc": "2.0", "error": {"code": -32001, "message": "Invalid API key"}, "id": "e"},
    ]


@pytest.mark.parametrize(
    "element",
    [5, "x", None, True, [], [[]], {}, {"foo": "boo"}, {"id": 1, "method": "get_data"}]
    + [{"jsonrpc": version, "id": 1, "method": "get_data"} for version in ("1.0", 2, None, [1])],
    ids=json.dumps,
)
def test_an_element_of_neither_dialect_is_an_invalid_request(reply, element):
    (answered,) = reply([element])
    assert answered["error"]["code"] == -32600
    assert answered["id"] is None


@pytest.mark.parametrize(
    ("element", "path", "expected", "got"),
    [
        (5, [], "object", "number"),
        ([1], [], "object", "array"),
        ({"foo": "boo"}, ["jsonrpc"], "2.0", "nothing"),
        ({"jsonrpc": "1.0"}, ["jsonrpc"], "2.0", "text"),
        ({"jsonrpc": 2.0}, ["jsonrpc"], "2.0", "number"),
    ],
)
def test_what_makes_an_element_no_request_is_told(reply, element, path, expected, got):
    (answered,) = reply([element])
    assert answered["error"]["data"] == {"path": path, "expected": expected, "got": got}


@pytest.mark.parametrize(
    ("element", "error"),
    [
        ({"api_key": UNKNOWN}, "Incorrect JSON query missing 'id'"),
        ({"args": {}}, "Incorrect JSON query missing 'id'"),
        ({"api_key": UNKNOWN, "id": 1, "method": "x"}, "Incorrect JSON query missing 'args'"),
        ({"jsonrpc": "2.0", "id": 1, "method": "x", "args": {}}, "No such method: x"),
    ],
)
def test_an_element_with_a_key_or_args_is_kallitheas(reply, element, error):
    (answered,) = reply([element])
    assert answered["error"] == error


def test_without_a_key_in_the_header_each_element_brings_its_own(reply, key):
    asked = [
        modern("get_data", id=1, api_key=key),
        modern("get_data", id=2),
        {"id": 3, "method": "get_data", "args": {}},
    ]
    first, second, third = reply(asked, key="")
    assert first["result"] == ["hello", 5]
    assert second["error"]["code"] == -32001
    assert third["error"] == "Incorrect JSON query missing 'api_key'"


def test_a_number_out_of_range_spoils_its_own_element_only(reply):
    sent = (
        b'[{"id":1,"args":{"a":1e400},"method":"x"},{"jsonrpc":"2.0","id":2,"params":[1e400],'
        b'"method":"x"},[1e400],{"jsonrpc":1e400},{"id":5,"args":{},"method":"give_null"}]'
    )
    first, second, third, fourth, fifth = reply(sent)
    assert first["error"] == "JSON parse error ERR:a number is out of range"
    assert second["error"]["code"] == -32700
    assert third["error"]["code"] == fourth["error"]["code"] == -32600
    assert fifth == {"id": 5, "result": None, "error": None}


# --- order


def test_each_call_finds_what_those_before_it_did(reply):
    made, read, again = reply(
        [
            modern("create_user", {"username": "bob", "email": "bob@example.org"}, id=1),
            modern("get_user", {"userid": "bob"}, id=2),
            modern("create_user", {"username": "bob", "email": "bob@example.org"}, id=3),
        ]
    )
    assert made["result"]["user"]["username"] == read["result"]["username"] == "bob"
    assert "error" in again


def test_only_notifications_are_answered_by_nothing(post, heard):
    answer = post([modern("notify_hello", [1]), modern("no_such"), modern("notify_hello", [2])])
    assert (answer.status, answer.body) == (204, b"")
    assert heard == [1, 2]


def test_notifications_among_calls_are_left_out(reply, heard):
    answered = reply([modern("notify_hello", [1]), modern("give_null", id=1)])
    assert answered == [{"jsonrpc": "2.0", "result": None, "id": 1}]
    assert heard == [1]


def test_a_batch_of_one_is_answered_by_a_batch_of_one(reply):
    assert reply([modern("give_null", id=1)]) == [{"jsonrpc": "2.0", "result": None, "id": 1}]


# --- limits


def test_an_empty_batch_is_refused_as_a_whole(reply):
    answered = reply([])
    assert answered["error"]["data"] == {"path": [], "expected": "1 to 100 requests", "got": "0"}


def test_a_batch_over_the_limit_is_refused_as_a_whole_and_nothing_of_it_is_run(reply, heard):
    answered = reply([modern("notify_hello", [1])] * 101)
    assert (answered["error"]["code"], answered["id"]) == (-32600, None)
    assert answered["error"]["data"]["got"] == "101"
    assert heard == []
    assert len(reply([modern("give_null", id=1)] * 100)) == 100


class TestTheLimitIsASetting:
    @pytest.fixture
    def settings(self, settings):
        return overriding(settings, batch_limit=2)

    def test_a_batch_may_have_so_many_requests(self, reply):
        assert len(reply([modern("give_null", id=1)] * 2)) == 2
        assert reply([modern("give_null", id=1)] * 3)["error"]["code"] == -32600


def test_the_limits_of_a_body_are_those_of_the_whole_batch(reply):
    long = {"id": 1, "args": {"a": [0] * 30_000}, "method": "x"}
    assert len(reply([long] * 3)) == 3
    assert reply([long] * 4)["error"].endswith("more than 100000 values")
    deep = b'[{"args":' + b"[" * 99 + b"]" * 99 + b"}]"
    assert reply(deep)["error"].endswith("nested more than 100 deep")


# --- bad keys


def test_one_bad_key_many_times_in_a_body_waits_as_one(reply, clock):
    begun = clock.seconds()
    for _ in range(2):
        reply([modern("get_data", id=1)] * 100, key=UNKNOWN)
    assert clock.seconds() == begun


def test_many_bad_keys_in_a_body_wait_once_as_long_as_so_many(reply, clock):
    def tries(first):
        return [modern("get_data", id=n, api_key=f"{first + n:040}") for n in range(22)]

    begun = clock.seconds()
    reply(tries(0))
    assert 1 <= clock.seconds() - begun < 1.5
    reply(tries(100))
    assert 5 <= clock.seconds() - begun < 7


def test_good_keys_of_a_batch_are_answered_although_one_is_bad(reply, key):
    first, second = reply([modern("give_null", id=1, api_key=UNKNOWN), modern("get_data", id=2)])
    assert first["error"]["code"] == -32001
    assert second["result"] == ["hello", 5]


# --- clients that leave


def test_a_batch_whose_client_has_left_is_finished_all_the_same(
    site, host, key, heard, monkeypatch
):
    gate, read = Deferred(), host.jobs.read
    monkeypatch.setattr(
        host.jobs, "read", lambda *job: gate.addCallback(lambda _: read(*job)) and gate
    )
    calls = [modern("notify_hello", [1]), modern("notify_hello", [2], id=2)]
    body = json.dumps(calls).encode()
    address = IPv4Address("TCP", "127.0.0.1", 50_000)
    channel, transport = site.buildProtocol(address), StringTransport(peerAddress=address)
    channel.makeConnection(transport)
    head = b"POST /_admin/api HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n"
    head += b"Content-Length: %d\r\n\r\n"
    channel.dataReceived(head % (key.encode(), len(body)) + body)
    channel.connectionLost(Failure(ConnectionDone()))
    gate.callback(None)
    assert heard == [1, 2]
    assert transport.value() == b""


# --- anything else

elements = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["jsonrpc", "id", "api_key", "method", "args", "params", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(elements, min_size=1, max_size=5).map(json.dumps))
def test_whatever_the_elements_each_has_one_answer_of_its_dialect(post, key, sent):
    answer = post(sent.encode())
    assert answer.status == 200
    assert key.encode() not in answer.body
    answers = json.loads(answer.body)
    if isinstance(answers, list):
        assert len(answers) == len(json.loads(sent))
    for each in answers if isinstance(answers, list) else [answers]:
        assert each.keys() in ({"jsonrpc", "error", "id"}, {"id", "result", "error"})
