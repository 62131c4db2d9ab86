"""JSON-RPC 2.0, through HTTP: what the examples of its specification leave open."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from kallithea_host import schema as tables

UNKNOWN = "0" * 40


def result(value, request_id):
    return {"jsonrpc": "2.0", "result": value, "id": request_id}


# --- which dialect


@pytest.mark.parametrize(
    "members",
    [
        {"jsonrpc": "2.0", "args": {}},
        {"jsonrpc": "2.0", "args": None, "params": []},
        {"jsonrpc": 2.0, "params": {}, "args": {}},
        {"jsonrpc": "2", "args": {}},
        {"jsonrpc": "1e400", "args": {}},
        {"args": {}, "params": {"a": [1]}},
    ],
)
def test_a_request_with_args_is_kallitheas_and_so_is_another_version(reply, members):
    answered = reply({"id": 1, "method": "give_null"} | members)
    assert answered == {"id": 1, "result": None, "error": None}


@pytest.mark.parametrize("version", ["2", "2.00", "1.0", "", 2, 2.0, None, ["2.0"], {"2.0": 1}])
def test_only_the_exact_version_is_the_modern_dialect(reply, version):
    answered = reply({"jsonrpc": version, "id": 1, "method": "give_null", "params": {}})
    assert answered["error"] == "Incorrect JSON query missing 'args'"


def test_the_version_may_be_written_with_escapes(reply):
    assert reply(b'{"jsonrpc":"2\\u002e0","id":1,"method":"give_null"}') == result(None, 1)


@pytest.mark.parametrize(
    "body", [b'{"jsonrpc"', b'["jsonrpc"', b'"jsonrpc" \xff', b'"jsonrpc":NaN']
)
def test_what_does_not_parse_is_answered_in_the_form_it_mentions(reply, body):
    answered = reply(body)
    assert (answered["jsonrpc"], answered["id"], answered["error"]["code"]) == ("2.0", None, -32700)


def test_a_parse_error_says_why(reply):
    assert reply(b'{"jsonrpc":\xff')["error"]["data"] == {"reason": "the body is not UTF-8"}
    deep = b'{"jsonrpc":"2.0","params":' + b"[" * 101 + b"]" * 101 + b"}"
    assert reply(deep)["error"]["data"] == {"reason": "nested more than 100 deep"}
    far = b'{"jsonrpc":"2.0","method":"take","id":1,"params":{"number":1e400}}'
    assert reply(far)["error"]["data"] == {"reason": "a number is out of range"}


# --- id


@pytest.mark.parametrize(
    "sent", ["0", "-1", "1.50", "1e400", "null", '""', '"\\u00fc"', "9" * 4300]
)
@pytest.mark.parametrize("method", ["give_null", "no_such"])
def test_an_id_comes_back_byte_for_byte(post, sent, method):
    body = f'{{"jsonrpc": "2.0", "id": {sent} , "method": "{method}"}}'
    assert post(body.encode()).body.endswith(f'"id":{sent}}}'.encode())


@pytest.mark.parametrize(
    ("sent", "kind"), [("true", "boolean"), ("[1]", "array"), ('{"a":1}', "object")]
)
def test_an_id_of_another_type_makes_no_request(reply, sent, kind, heard):
    answered = reply(f'{{"jsonrpc":"2.0","id":{sent},"method":"update","params":[1]}}'.encode())
    assert answered["id"] is None
    assert answered["error"]["code"] == -32600
    fault = {"path": ["id"], "expected": "text, number or null", "got": kind}
    assert answered["error"]["data"] == fault
    assert heard == []


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({}, {"path": ["method"], "expected": "text", "got": "nothing"}),
        ({"method": None}, {"path": ["method"], "expected": "text", "got": "null"}),
        (
            {"method": "update", "params": "bar"},
            {"path": ["params"], "expected": "object or array", "got": "text"},
        ),
        (
            {"method": "update", "params": None},
            {"path": ["params"], "expected": "object or array", "got": "null"},
        ),
    ],
)
def test_what_makes_a_request_invalid_is_told_with_its_id(reply, members, fault):
    answered = reply({"jsonrpc": "2.0", "id": "x"} | members)
    assert answered["id"] == "x"
    assert answered["error"] == {"code": -32600, "message": "Invalid Request", "data": fault}


# --- notifications


def test_a_notification_is_run_and_not_answered(post, heard):
    answer = post({"jsonrpc": "2.0", "method": "notify_hello", "params": [7]})
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers
    assert heard == [7]


@pytest.mark.parametrize("method", ["no_such", "demand", "break_down", "refuse", "give_nan"])
def test_a_notification_that_fails_is_not_answered_either(post, method):
    answer = post({"jsonrpc": "2.0", "method": method})
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize("bad", [UNKNOWN, ""])
def test_a_notification_without_a_good_key_is_neither_run_nor_answered(post, bad, heard):
    answer = post({"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}, key=bad)
    assert (answer.status, answer.body) == (204, b"")
    assert heard == []


def test_the_log_learns_why_a_notification_failed_without_its_arguments(post, key, logged):
    post({"jsonrpc": "2.0", "method": "refuse", "params": ["Failed"]})
    post({"jsonrpc": "2.0", "method": "demand", "params": {"secret": "secret"}})
    told = [event for event in logged if event.get("log_format", "").startswith("a notification")]
    assert [(each["log_level"].name, each["kind"]) for each in told] == [
        ("debug", "Failed"),
        ("debug", "BadRequest"),
    ]
    assert key not in repr(told)
    assert "secret" not in repr(told)


# --- the key


def test_a_key_may_be_a_member_of_the_request(reply, key):
    asked = {"jsonrpc": "2.0", "id": 1, "method": "get_data", "api_key": key}
    assert reply(asked, key="") == reply(asked, key=UNKNOWN) == result(["hello", 5], 1)


@pytest.mark.parametrize("members", [{}, {"api_key": None}])
def test_a_request_without_a_key_is_told_where_to_put_it(reply, members):
    answered = reply({"jsonrpc": "2.0", "id": 7, "method": "get_data"} | members, key="")
    assert (answered["id"], answered["error"]["code"]) == (7, -32001)
    assert "Authorization: Bearer" in answered["error"]["message"]


@pytest.mark.parametrize("method", ["_hidden", "no_such", "demand", "admins_only", "update"])
def test_a_bad_key_is_told_about_before_anything_of_the_method(error, method):
    told = {"code": -32001, "message": "Invalid API key"}
    assert error(method, {"unknown": 1}, key=UNKNOWN) == told
    assert error(method, [1] * 9, key=UNKNOWN) == told


def test_a_refused_address_has_a_code_of_its_own(error, host, key):
    with host.database.write() as db:
        db.execute(insert(tables.user_addresses).values(user_id=2, network="192.0.2.0/24"))
    assert error("no_such") == {
        "code": -32002,
        "message": "request from IP:127.0.0.1 not allowed",
    }


# --- results and errors


def test_a_result_of_null_is_a_result(post):
    answer = post({"jsonrpc": "2.0", "id": 1, "method": "give_null"})
    assert answer.body == b'{"jsonrpc":"2.0","result":null,"id":1}'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == answer.headers["pragma"] == "no-cache"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ApiError", -32000),
        ("NotFound", -32004),
        ("Conflict", -32005),
        ("Failed", -32006),
        ("Busy", -32007),
    ],
)
def test_a_refusal_has_the_code_of_its_class_and_the_text_of_the_method(error, kind, code):
    assert error("refuse", [kind]) == {"code": code, "message": "in its own words"}


def test_what_a_caller_may_not_do_is_forbidden(error, api):
    api.create_user(username="bob", email="bob@example.org")
    bob = api.as_user("bob")._key
    told = {"code": -32003, "message": "Access was denied to this resource."}
    assert error("admins_only", key=bob) == told
    assert error("forbidden") == {"code": -32003, "message": "not you"}


@pytest.mark.parametrize("method", ["break_down", "give_nan"])
def test_a_bug_is_an_internal_error(error, method):
    assert error(method)["code"] == -32603


def test_no_secret_reaches_the_log_by_position(error, key, logged):
    assert error("break_down", ["a tomato", "pa55 word"])["message"] == "Internal server error"
    (event,) = [event for event in logged if "traceback" in event]
    assert "cannot take 'a tomato' and '*****'" in event["traceback"]
    assert "pa55" not in repr(event)
    assert key not in repr(event)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("get_usr", "get_user"),
        ("getUser", "get_user"),
        ("GET_DATA", "get_data"),
        ("x.get_repo", "get_repo"),
    ],
)
def test_a_method_that_was_meant_is_suggested(error, sent, meant):
    told = error(sent)
    assert (told["code"], told["message"]) == (-32601, "Method not found")
    assert told["data"] == {"suggestion": meant}


@pytest.mark.parametrize("sent", ["zzzz", "", "_", "get_user" * 9, "ü"])
def test_nothing_is_suggested_for_what_is_like_no_method(error, sent):
    assert error(sent) == {"code": -32601, "message": "Method not found"}


# --- arguments


def test_arguments_go_by_their_declared_places(reply):
    asked = {"jsonrpc": "2.0", "id": 1, "method": "take"}
    assert reply(asked | {"params": ["a", "7"]}) == result(["a", 7, "one", [], {}, None], 1)
    left_out = reply(asked | {"params": [None, 7, None, [1]]})
    assert left_out == result(["", 7, "one", [1], {}, None], 1)


@pytest.mark.parametrize("params", [[], {}])
def test_no_arguments_are_no_arguments(reply, params):
    asked = {"jsonrpc": "2.0", "id": 1, "method": "get_data", "params": params}
    assert reply(asked) == result(["hello", 5], 1)


def test_too_many_arguments_are_refused_with_their_place(error):
    assert error("subtract", [1, 2, 3, "four"]) == {
        "code": -32602,
        "message": "Too many arguments: subtract takes 2 at most",
        "data": {
            "path": ["params", 2],
            "expected": "nothing",
            "got": "integer",
            "more": [{"path": ["params", 3], "expected": "nothing", "got": "text"}],
        },
    }


WHOLE = f"integer from -{2**63 - 1} to {2**63 - 1}"


@pytest.mark.parametrize(
    ("params", "message", "path", "expected", "got"),
    [
        ({"number": "x"}, "expected integer", ["number"], WHOLE, "text"),
        ({"number": 2**63}, "expected integer", ["number"], WHOLE, "integer"),
        ({"number": 1.5}, "expected integer", ["number"], WHOLE, "number"),
        ({"number": [1]}, "expected integer", ["number"], WHOLE, "array"),
        ({"text": "a\0"}, "expected text", ["text"], "text without NUL", "text"),
        ({"text": True}, "expected text", ["text"], "text", "boolean"),
        ({"word": "three"}, "expected one or two", ["word"], "one or two", "text"),
        ({"listed": {}}, "expected array", ["listed"], "array", "object"),
        ({"listed": [1, "x"]}, "expected array", ["listed", 1], WHOLE, "text"),
        ({"listed": [1, None]}, "expected array", ["listed", 1], WHOLE, "null"),
        ({"mapped": {"k": "maybe"}}, "expected object", ["mapped", "k"], "boolean", "text"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_parts(error, params, message, path, expected, got):
    assert error("take", params) == {
        "code": -32602,
        "message": f"Invalid value for `{path[0]}` arg in JSON DATA: {message}",
        "data": {"path": ["params", *path], "expected": expected, "got": got},
    }


def test_an_unknown_argument_comes_with_the_one_that_was_meant(error):
    told = error("take", {"numbr": 5, "zzz": "x"})
    assert told["message"] == "Unknown `numbr`, `zzz` arg in JSON DATA"
    assert told["data"] == {
        "path": ["params", "numbr"],
        "expected": "nothing",
        "got": "integer",
        "suggestion": "number",
        "more": [{"path": ["params", "zzz"], "expected": "nothing", "got": "text"}],
    }


def test_a_missing_argument_comes_with_the_misspelt_one(error):
    told = error("demand", {"repo_id": 5})
    assert told["message"] == "Missing non optional `repoid` arg in JSON DATA"
    assert told["data"] == {
        "path": ["params", "repoid"],
        "expected": "id or name",
        "got": "nothing",
        "more": [
            {
                "path": ["params", "repo_id"],
                "expected": "nothing",
                "got": "integer",
                "suggestion": "repoid",
            }
        ],
    }


def test_null_for_a_required_argument_is_told_as_null(error):
    told = error("demand", {"repoid": 1, "number": None})
    assert told["data"] == {"path": ["params", "number"], "expected": "integer", "got": "null"}


def test_two_names_with_different_values_are_told_in_parts(error):
    told = error("take", {"who": 5, "whom": 6})
    assert told["message"] == "Conflicting values for `who` and `whom` in JSON DATA"
    assert told["data"]["path"] == ["params", "whom"]


@pytest.mark.parametrize(
    ("method", "params", "name", "got"),
    [
        ("get_changesets", {"max_revisions": -1}, "max_revisions", "integer"),
        ("get_changesets", {"start_date": "today"}, "start_date", "text"),
        ("get_repo_nodes", {"revision": {}, "root_path": ""}, "revision", "object"),
        (
            "get_repo_nodes",
            {"revision": "tip", "root_path": "", "ret_type": "all of them"},
            "ret_type",
            "text",
        ),
        ("grant_user_permission", {"userid": "admin", "perm": "group.read"}, "perm", "text"),
        ("update_user", {"userid": 2, "ldap_dn": "x", "extern_name": "y"}, "extern_name", "text"),
    ],
)
def test_what_methods_refuse_themselves_is_told_in_parts_too(api, error, method, params, name, got):
    api.create_repo(repo_name="looked-at")
    told = error(method, params if method == "update_user" else {"repoid": "looked-at", **params})
    assert told["code"] == -32602
    assert (told["data"]["path"], told["data"]["got"]) == (["params", name], got)


def test_of_many_unknown_arguments_some_are_told_in_parts(error):
    told = error("take", {f"unknown{number}": 1 for number in range(50)})
    assert len(told["data"]["more"]) == 9


def test_no_value_is_ever_repeated(post):
    secret = "c0ffee c0ffee"
    for params in ({"number": secret}, {"listed": [secret]}, {"word": secret}, {"zzz": secret}):
        answer = post({"jsonrpc": "2.0", "id": 1, "method": "take", "params": params})
        assert b"c0ffee" not in answer.body


# --- anything else

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["take", "demand", "subtract", "give_null", "get_data"]) | st.text()
requests = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0")},
    optional={
        "id": values,
        "method": names | values,
        "params": values | st.dictionaries(st.sampled_from(["number", "listed", "a"]), values),
        "api_key": st.none() | st.just(UNKNOWN),
    },
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(requests | st.lists(requests | values, max_size=4))
def test_whatever_is_asked_the_answer_is_one_of_the_specifications(post, key, sent):
    answer = post(sent)
    assert answer.status in {200, 204}
    assert key.encode() not in answer.body
    answers = json.loads(answer.body or b"[]")
    for each in answers if isinstance(answers, list) else [answers]:
        if "jsonrpc" in each:
            assert each.keys() in ({"jsonrpc", "result", "id"}, {"jsonrpc", "error", "id"})
            assert each.get("error", {}).get("code") != -32603
        else:  # an element with a member `args`, or what does not parse
            assert list(each) == ["id", "result", "error"]
