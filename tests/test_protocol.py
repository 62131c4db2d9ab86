"""The protocol, through HTTP: every refusal, its order and its id; arguments; results; the log."""

import json
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from kallithea_host import Busy, Call, DbJob, Failed, Ident, Methods, NewName, hookimpl
from kallithea_host import schema as tables
from kallithea_host.loading import Plugin

UNKNOWN = "0" * 40
methods = Methods("probe")


@methods.in_db(needs=None, aliases=("also_echo",), argument_aliases={"who": ("whoever", "whom")})
def echo(
    job: DbJob,
    text: str = "-",
    name: NewName = NewName("-"),  # noqa: B008 - a text
    number: int = -1,
    ratio: float = -1.0,
    flag: bool = False,  # noqa: FBT001, FBT002
    word: Literal["one", "two"] = "one",
    listed: list[int] = [],  # noqa: B006 - never changed
    mapped: dict[str, bool] = {},  # noqa: B006 - never changed
    anything: Any = None,
    maybe: str | None = "-",
    who: Ident | None = None,
) -> dict[str, Any]:
    """What each argument became."""
    told = {key: value for key, value in locals().items() if key not in {"job", "who"}}
    return told | {"who": who if who is None else [who.key, who.name, str(who)]}


@methods.in_db(needs=None)
def demand(job: DbJob, first: str, second: Ident, third: int | None, fourth: str = "") -> Any:
    """Arguments that must be given."""
    return [first, str(second), third, fourth]


@methods.in_db(needs="hg.admin")
def admins_only(job: DbJob, thing: str) -> str:
    """A method for administrators."""
    return thing


@methods.in_db(needs="usergroup.admin")
def group_admins_only(job: DbJob, usergroupid: Ident, thing: str) -> Any:
    """A method about an object."""
    return job.target.group_name


@methods.in_db(needs=None, name="probe.raise")
def fail(job: DbJob, password: str = "", clone_uri: str = "", text: str = "") -> None:
    """Fail with what was given in the message."""
    raise RuntimeError(f"cannot take {password!r} and {clone_uri!r} and {text}")


@methods.in_db(needs=None)
def refuse(job: DbJob, text: str) -> None:
    """Refuse in the client's own words."""
    raise Failed(text)


RESULTS = {
    "nan": lambda: float("nan"),
    "infinity": lambda: [1.0, {"a": float("-inf")}],
    "surrogate": lambda: {"a": "\ud800"},
    "set": lambda: {1},
    "bytes": lambda: b"x",
    "nested": lambda: _nested(5000),
}


def _nested(depth):
    value: Any = None
    for _ in range(depth):
        value = [value]
    return value


@methods.in_db(needs=None)
def give(job: DbJob, what: str) -> Any:
    """A result that cannot be sent."""
    return RESULTS[what]()


@methods.in_db(needs=None)
def give_row(job: DbJob) -> Any:
    """A row of the database, which is no plain data."""
    return job.db.execute(tables.users.select()).first()


@methods.in_reactor(needs=None)
async def give_awaited(call: Call, what: str) -> Any:
    """A result that cannot be sent, from the reactor's thread."""
    return RESULTS[what]()


@methods.in_db(needs=None, writes=True)
def write_and_give(job: DbJob, what: str) -> Any:
    """Change the database, and return what cannot be sent."""
    job.db.execute(update(tables.users).values(firstname="changed"))
    return RESULTS[what]()


@methods.in_db(needs=None)
def write_unannounced(job: DbJob) -> None:
    """Change the database without having said so."""
    job.db.execute(update(tables.users).values(firstname="changed"))


class Probe:
    @hookimpl
    def kallithea_methods(self):
        return methods


@pytest.fixture
def plugins():
    return [Plugin("probe", Probe(), "probe", "probe 1")]


@pytest.fixture
def key(api):
    return api._key


@pytest.fixture
def bob(api):
    api.create_user(username="bob", email="bob@example.com")
    return api.as_user("bob")


def texts(logged):
    return "\n".join(repr(event) for event in logged)


def body(**members):
    return json.dumps(members).encode()


# --- refusals, in their order


def test_every_answer_has_the_same_shape(api, key):
    answer = api.post(body(id=7, api_key=key, method="get_ip", args={}))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == answer.headers["pragma"] == "no-cache"
    assert list(json.loads(answer.body)) == ["id", "result", "error"]
    assert b"\n" not in answer.body


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "STRANGE"])
def test_the_http_method_does_not_matter_when_there_is_a_body(api, key, verb):
    answer = api.request(verb, body(id=7, api_key=key, method="echo", args={}))
    assert (answer.status, json.loads(answer.body)["error"]) == (200, None)


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
def test_a_request_without_a_body_has_no_content_length(api, verb):
    assert api.request(verb).body == (
        b'{"id":null,"result":null,"error":"No Content-Length in request"}'
    )


def test_head_is_get_without_a_body(api):
    answer = api.request("HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(api.request("GET").body))


def test_an_empty_body_has_length_0(api):
    assert api.post(b"").body == b'{"id":null,"result":null,"error":"Content-Length is 0"}'


def chunked(*chunks):
    head = b"POST /_admin/api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def test_a_chunked_body_is_read_whole(api, key):
    sent = body(id=7, api_key=key, method="echo", args={"text": "ü"})
    answer = api.exchange(chunked(sent[:10], sent[10:11], sent[11:]))
    assert json.loads(answer.body)["result"]["text"] == "ü"


def test_a_chunked_body_without_a_chunk_has_no_content_length(api):
    answer = api.exchange(chunked())
    assert json.loads(answer.body)["error"] == "No Content-Length in request"


ORDERED = [
    ("api_key", "Incorrect JSON query missing 'api_key'", None),
    ("id", "Incorrect JSON query missing 'id'", None),
    ("method", "Incorrect JSON query missing 'method'", 7),
    ("args", "Incorrect JSON query missing 'args'", 7),
]


@pytest.mark.parametrize(("last", "error", "shown"), ORDERED)
def test_members_are_missed_in_order_before_the_key_is_looked_at(api, last, error, shown):
    members = {"api_key": "bad", "id": 7, "method": "_x", "args": {}}
    order = [name for name, _, _ in ORDERED]
    kept = {name: members[name] for name in order[: order.index(last)]}
    if last in {"method", "args"}:
        kept["id"] = 7
    assert api.ask(kept) == {"id": shown, "result": None, "error": error}


@pytest.mark.parametrize("sent", [b"5", b'"x"', b"null", b"-1.5", b"true"])
def test_json_that_is_neither_object_nor_array_lacks_a_key(api, sent):
    assert api.ask(sent)["error"] == "Incorrect JSON query missing 'api_key'"


@pytest.mark.parametrize("sent", [b"hello", b"{", b'{"id": 1} x', b"\xff\xfe{\0}\0", b'{"a":NaN}'])
def test_a_parse_error_repeats_neither_body_nor_id(api, sent):
    reply = api.ask(sent)
    assert (reply["id"], reply["result"]) == (None, None)
    assert reply["error"].startswith("JSON parse error ERR:")


BAD_KEYS = [UNKNOWN, "", "abc", "ü" * 40, "0" * 41, 5, True, ["a"], {"a": 1}, 2**80, None]


@pytest.mark.parametrize("bad", BAD_KEYS, ids=str)
@pytest.mark.parametrize("method", ["_hidden", "no_such", 5, "demand", "admins_only", "echo"])
def test_a_bad_key_is_told_about_before_anything_of_the_method(api, bad, method):
    reply = api.ask({"id": 7, "api_key": bad, "method": method, "args": {"unknown": 1}})
    assert reply == {"id": 7, "result": None, "error": "Invalid API key"}


@pytest.mark.parametrize("method", ["_hidden", "no_such", 5, "demand", "admins_only", "echo"])
def test_a_refused_address_is_told_about_before_anything_of_the_method(api, host, key, method):
    with host.database.write() as db:
        db.execute(insert(tables.user_addresses).values(user_id=2, network="192.0.2.0/24"))
    asked = {"id": 7, "api_key": key, "method": method, "args": {"unknown": 1}}
    reply = api.from_peer("203.0.113.9").ask(asked)
    assert reply == {"id": 7, "result": None, "error": "request from IP:203.0.113.9 not allowed"}
    assert api.from_peer("192.0.2.1").get_user()["username"] == "admin"


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("_hidden", "Method not allowed"),
        ("__call__", "Method not allowed"),
        ("no_such", "No such method: no_such"),
        ("GET_IP", "No such method: GET_IP"),
        ("get_üser", "No such method: get_üser"),
        ("%s {x} %(x)s", "No such method: %s {x} %(x)s"),
        ("rpc.absent", "No such method: rpc.absent"),
        ("a\0b", "No such method: a\0b"),
        ("", "No such method: "),
        (5, "No such method: 5"),
        (None, "No such method: null"),
        (True, "No such method: true"),
        (["a", 1.5], 'No such method: ["a",1.5]'),
        ({"a": None}, 'No such method: {"a":null}'),
    ],
)
def test_what_is_no_method_is_told_with_the_id(api, key, method, error):
    reply = api.ask({"id": 7, "api_key": key, "method": method, "args": {}})
    assert reply == {"id": 7, "result": None, "error": error}


def test_arguments_come_before_permission(bob):
    assert bob.error("admins_only") == "Missing non optional `thing` arg in JSON DATA"
    assert bob.error("admins_only", thing="x", y=1) == "Unknown `y` arg in JSON DATA"
    assert "Invalid value for `thing`" in bob.error("admins_only", thing=[])
    assert bob.error("admins_only", thing="x") == "Access was denied to this resource."


def test_an_object_that_may_not_be_changed_does_not_exist(api, bob):
    api.create_user_group(group_name="team")
    team = {"usergroupid": "team", "thing": "x"}
    assert api.group_admins_only(**team) == "team"
    assert bob.error("group_admins_only", **team) == "user group `team` does not exist"
    missing = bob.error("group_admins_only", usergroupid="none", thing="x")
    assert missing == "user group `none` does not exist"


def test_the_own_words_of_a_method_are_sent_with_the_id(api, key):
    asked = {"id": "x", "api_key": key, "method": "refuse", "args": {"text": 'no "ü"'}}
    assert api.ask(asked) == {"id": "x", "result": None, "error": 'no "ü"'}


# --- the id


@pytest.mark.parametrize(
    "sent",
    ["0", "false", "null", '"x"', "1.50", "1e400", "9" * 4300, '{"a":[1,null]}', '"\\u00fc"'],
)
@pytest.mark.parametrize("method", ["echo", "no_such"])
def test_the_id_comes_back_byte_for_byte(api, key, sent, method):
    asked = f'{{"id": {sent}, "api_key": "{key}", "method": "{method}", "args": {{}}}}'
    assert api.post(asked.encode()).body.startswith(f'{{"id":{sent},'.encode())


def test_an_id_that_spans_lines_comes_back_on_one(api, key):
    asked = f'{{"id": [1,\n2], "api_key": "{key}", "method": "echo", "args": {{}}}}'
    assert api.post(asked.encode()).body.startswith(b'{"id":[1,2],')


# --- the key


@pytest.mark.parametrize(
    ("members", "headers"),
    [
        ({"api_key": "KEY"}, {}),
        ({"api_key": "KEY", "auth_token": UNKNOWN}, {"Authorization": f"Bearer {UNKNOWN}"}),
        ({"auth_token": "KEY"}, {}),
        ({"auth_token": "KEY", "api_key": None}, {"Authorization": f"Bearer {UNKNOWN}"}),
        ({}, {"Authorization": "Bearer KEY"}),
        ({}, {"authorization": "bEARER   KEY"}),
        ({"api_key": None, "auth_token": None}, {"Authorization": "Bearer KEY"}),
    ],
)
def test_a_key_can_be_sent_in_three_places(api, key, members, headers):
    put = {name: value and value.replace("KEY", key) for name, value in members.items()}
    head = {name: value.replace("KEY", key) for name, value in headers.items()}
    answer = api.post(body(id=1, method="echo", args={}, **put), headers=head)
    assert json.loads(answer.body)["error"] is None


@pytest.mark.parametrize("header", ["Basic KEY", "KEY", "Bearer", "Bearer ÿþ", "Token KEY"])
def test_other_authorization_is_no_key(api, key, header):
    head = {"Authorization": header.replace("KEY", key)}
    reply = json.loads(api.post(body(id=1, method="echo", args={}), headers=head).body)
    assert reply["error"] in {"Incorrect JSON query missing 'api_key'", "Invalid API key"}


@pytest.mark.parametrize("header", [b"Authorization: \xff\xfe", b"X-Forwarded-For: \xff"])
def test_headers_that_are_no_text_harm_nothing(api, key, header):
    sent = body(id=1, api_key=key, method="echo", args={})
    head = b"POST /_admin/api HTTP/1.1\r\nHost: x\r\n%b\r\nContent-Length: %d\r\n\r\n"
    answer = api.exchange(head % (header, len(sent)) + sent)
    assert json.loads(answer.body)["error"] is None


def test_one_wrong_key_after_another_is_answered_late(api, clock):
    for _ in range(20):
        api.as_key(UNKNOWN).error("echo")
    begun = clock.seconds()
    assert api.as_key(UNKNOWN).error("echo") == "Invalid API key"
    assert clock.seconds() - begun >= 0.5


def test_who_has_a_key_does_not_wait(api, clock):
    for _ in range(30):
        api.as_key(UNKNOWN).error("echo")
    begun = clock.seconds()
    api.echo()
    assert clock.seconds() == begun


# --- the body


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; charset=utf-16",
        "nonsense",
        None,
    ],
)
def test_the_body_is_json_whatever_its_content_type(api, key, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    answer = api.post(body(id=1, api_key=key, method="echo", args={}), headers=headers)
    assert json.loads(answer.body)["error"] is None


def test_a_form_is_no_json(api, key):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = api.post(f"api_key={key}&method=echo".encode(), headers=headers)
    assert json.loads(answer.body)["error"].startswith("JSON parse error ERR:")
    assert key.encode() not in answer.body


def test_a_body_over_the_limit_is_413(api, host, key):
    members = {"id": 1, "api_key": key, "method": "echo", "args": {"text": ""}}
    room = host.settings.body_limit - len(json.dumps(members))
    members["args"]["text"] = "x" * room
    assert api.post(body(**members)).status == 200
    members["args"]["text"] += "x"
    answer = api.post(body(**members))
    assert (answer.status, answer.body) == (413, b"The body of the request is too large.\n")


def test_a_chunked_body_over_the_limit_is_413(api):
    assert api.exchange(chunked(*[b" " * 1024 * 1024] * 3)).status == 413


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
calls = st.fixed_dictionaries(
    {"id": json_like, "api_key": st.just("KEY") | json_like, "method": st.just("echo") | json_like},
    optional={
        "args": json_like
        | st.dictionaries(
            st.sampled_from(
                ["text", "name", "number", "ratio", "flag", "word", "listed", "mapped", "who"]
            ),
            json_like,
        ),
        "auth_token": json_like,
    },
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary() | json_like.map(json.dumps).map(str.encode) | calls.map(json.dumps).map(str.encode)
)
def test_whatever_the_body_the_answer_is_an_envelope_without_the_key(api, key, sent):
    assume(sent.lstrip()[:1] != b"[")  # a batch: tests/dialects/test_batches.py
    answer = api.post(sent.replace(b'"KEY"', b'"%b"' % key.encode()))
    assert answer.status == 200
    reply = json.loads(answer.body)
    assert list(reply) == ["id", "result", "error"]
    assert reply["result"] is None or reply["error"] is None
    assert reply["error"] not in {"Internal server error", "Error encoding response"}
    assert key.encode() not in answer.body


# --- arguments


@pytest.mark.parametrize(
    ("name", "sent", "given"),
    [
        ("text", 5, "5"),
        ("text", "\u202e\U0001f600", "\u202e\U0001f600"),
        ("name", "a\0b", "a\0b"),
        ("number", "12", 12),
        ("ratio", "1.5", 1.5),
        ("flag", " Yes ", True),
        ("flag", "", False),
        ("word", "two", "two"),
        ("listed", ["1", 2.0], [1, 2]),
        ("mapped", {"a": "off"}, {"a": False}),
        ("anything", {"a": [None]}, {"a": [None]}),
        ("who", "bob", [None, "bob", "bob"]),
        ("who", "12", [12, None, "12"]),
        ("who", True, [None, None, "true"]),
        ("who", 2**63, [None, None, str(2**63)]),
    ],
)
def test_arguments_become_what_the_signature_asks_for(api, name, sent, given):
    assert api.echo(**{name: sent})[name] == given


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("text", "a\0b", "text"),
        ("text", ["a"], "text"),
        ("name", {}, "text"),
        ("number", 2**63, "integer"),
        ("number", "1.5", "integer"),
        ("ratio", "wide", "number"),
        ("flag", "maybe", "boolean"),
        ("word", "three", "one or two"),
        ("listed", "1", "array"),
        ("mapped", [1], "object"),
        ("maybe", [], "text"),
    ],
)
def test_other_values_are_refused_by_name(api, name, sent, expected):
    text = f"Invalid value for `{name}` arg in JSON DATA: expected {expected}"
    assert api.error("echo", **{name: sent}) == text


def test_null_is_not_given_for_every_optional_argument(api):
    left_out = api.echo()
    assert api.echo(**dict.fromkeys(left_out)) == left_out
    assert left_out["maybe"] == "-"


def test_a_missing_argument_is_told_before_unknown_ones_and_they_before_values(api):
    missing = "Missing non optional `{}` arg in JSON DATA"
    assert api.error("demand", fourth=[], b=1) == missing.format("first")
    assert api.error("demand", first=[], b=1) == missing.format("second")
    assert api.error("demand", first=[], second=1, b=1) == missing.format("third")
    known = {"first": [], "second": 1, "third": None}
    assert api.error("demand", **known, b=1, a=2) == "Unknown `b`, `a` arg in JSON DATA"
    assert api.error("demand", **known).startswith("Invalid value for `first` arg")


def test_null_for_a_required_argument_is_missing_unless_it_means_something(api):
    assert api.error("demand", first=None, second=None, third=None).startswith(
        "Missing non optional `first`"
    )
    assert api.demand(first="a", second=None, third=None) == ["a", "None", None, ""]


def test_an_argument_without_a_name_is_struck(api, key):
    assert api.call("echo", {"": ""})["text"] == "-"
    assert api.call("get_user", {"": {"a": 1}})["username"] == "admin"


def test_a_method_goes_by_all_its_names(api):
    assert api.also_echo(text="x") == api.echo(text="x")


@pytest.mark.parametrize("alias", ["who", "whoever", "whom"])
def test_an_argument_goes_by_all_its_names(api, alias):
    assert api.call("echo", {alias: 5})["who"] == [5, None, "5"]


@pytest.mark.parametrize(
    "args", [{"who": 5, "whom": 5}, {"whom": None, "who": 5}, {"whom": 5, "who": None}]
)
def test_two_names_of_an_argument_may_agree(api, args):
    assert api.call("echo", args)["who"] == [5, None, "5"]


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({"who": 5, "whom": 6}, "`who` and `whom`"),
        ({"whom": 6, "who": 5}, "`who` and `whom`"),
        ({"whom": 6, "whoever": "5"}, "`who` and `whoever`"),
    ],
)
def test_two_names_of_an_argument_that_disagree_are_refused(api, args, names):
    assert api.error("echo", **args, no=1) == f"Conflicting values for {names} in JSON DATA"


@pytest.mark.parametrize("name", ["job", "self", "caller", "apiuser", "__class__", "host"])
def test_no_argument_reaches_what_is_not_the_clients(api, name):
    assert api.error("echo", **{name: 1}) == f"Unknown `{name}` arg in JSON DATA"


# --- results, and what goes wrong


@pytest.mark.parametrize("what", RESULTS)
@pytest.mark.parametrize("method", ["give", "give_awaited"])
def test_a_result_that_cannot_be_sent_is_one_sentence_and_one_log_entry(
    api, key, logged, method, what
):
    reply = api.ask({"id": "seven", "api_key": key, "method": method, "args": {"what": what}})
    assert reply == {"id": "seven", "result": None, "error": "Error encoding response"}
    (event,) = logged
    assert (event["method"], event["request_id"]) == (f'"{method}"', '"seven"')


def test_a_row_is_no_result(api):
    assert api.error("give_row") == "Error encoding response"


def test_nothing_is_stored_when_the_answer_cannot_be_sent(api):
    assert api.error("write_and_give", what="nan") == "Error encoding response"
    assert api.get_user()["firstname"] == "Kallithea"


def test_a_change_that_was_not_declared_is_refused_by_the_database(api):
    assert api.error("write_unannounced") == "Internal server error"
    assert api.get_user()["firstname"] == "Kallithea"


def test_a_bug_is_told_to_the_log_in_full_and_to_the_client_in_two_words(api, key, logged):
    asked = {"id": {"a": 1}, "api_key": key, "method": "probe.raise", "args": {"text": "a tomato"}}
    assert api.ask(asked) == {"id": {"a": 1}, "result": None, "error": "Internal server error"}
    (event,) = logged
    assert (event["method"], event["request_id"]) == ('"probe.raise"', '{"a":1}')
    assert "RuntimeError: cannot take '' and '' and a tomato" in event["traceback"]
    assert "in fail" in event["traceback"]


def test_no_secret_of_a_call_is_in_the_log(api, key, logged):
    hidden = {"password": 'pa"ss\nwörd', "clone_uri": "https://u:secret@example.com/"}
    api.error("probe.raise", **hidden, text=key)
    said = texts(logged)
    assert "cannot take" in said
    for secret in (key, "ss\\nw", "ss\nw", "secret"):
        assert secret not in said


def test_a_full_queue_says_so(api, key, host, monkeypatch):
    def full(*_):
        raise Busy

    monkeypatch.setattr(host.jobs, "read", full)
    asked = {"id": 7, "api_key": key, "method": "echo", "args": {}}
    assert api.ask(asked)["error"] == "Server is busy, try again later"


# --- the address


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_admin/api", 200),
        ("/_admin/api/", 200),
        ("//_admin/api", 200),
        ("///_admin//api/", 200),
        ("/_admin/api?x=1", 200),
        ("/%5Fadmin/api", 200),
        ("/_admin/api/get_ip", 404),
        ("/_admin/api//", 404),
        ("/_admin", 404),
        ("/_admin/", 404),
        ("/api", 404),
        ("/", 404),
        ("/_admin/api/..", 404),
        ("/no/<script>?api_key=secret", 404),
        ("*", 405),
    ],
)
@pytest.mark.parametrize("verb", ["POST", "GET", "HEAD"])
def test_the_api_is_at_its_address_and_nothing_else_is_anywhere(api, key, path, status, verb):
    answer = api.request(verb, body(id=1, api_key=key, method="echo", args={}), path=path)
    assert answer.status == status
    for piece in (b"secret", b"script", b"no/", b"_admin"):
        assert piece not in answer.body
