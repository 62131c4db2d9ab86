"""The bytes that real programs send, whatever they are about."""

import json
import re

import pytest
from twisted.internet.testing import StringTransport

from kallithea_host.assembly import load_plugins
from kallithea_host.config import Settings
from tests.factories import World
from tests.test_roles import ARGUMENTS, add_objects

HEADS = {
    "the documentation": (
        "POST /_admin/api HTTP/1.0\r\ncontent-type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    ),
    "curl -d": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nUser-Agent: curl/7.88.1\r\n"
        "Accept: */*\r\nContent-Length: {length}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ),
    "curl -d, an old one, much text": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nUser-Agent: curl/7.29.0\r\n"
        "Accept: */*\r\nContent-Length: {length}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n"
    ),
    "wget --post-data": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nUser-Agent: Wget/1.21.3\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: Keep-Alive\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    ),
    "Python's urllib": (
        "POST /_admin/api HTTP/1.1\r\nAccept-Encoding: identity\r\nContent-Length: {length}\r\n"
        "Host: localhost:5000\r\nUser-Agent: Python-urllib/2.7\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    ),
    "Python's http.client": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nAccept-Encoding: identity\r\n"
        "Content-Length: {length}\r\n\r\n"
    ),
    "requests.post(json=...)": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\n"
        "User-Agent: python-requests/2.31.0\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept: */*\r\nConnection: keep-alive\r\n"
        "Content-Length: {length}\r\nContent-Type: application/json\r\n\r\n"
    ),
    "a form with files": (
        "POST /_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nContent-Length: {length}\r\n"
        "Content-Type: multipart/form-data; boundary=----------d74496d66958873e\r\n\r\n"
    ),
    "a base URL with a slash at its end": (
        "POST //_admin/api HTTP/1.1\r\nHost: localhost:5000\r\nContent-Length: {length}\r\n"
        "Content-Type: text/plain\r\n\r\n"
    ),
}


def request(api, method, args, request_id="1"):
    return (
        f'{{"id": {request_id}, "api_key": "{api._key}", "method": "{method}", "args": {args}}}'
    ).encode()


def answered(answer):
    """The reply in an answer: status 200, JSON, one line."""
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body.count(b"\n") == 0
    return json.loads(answer.body)


@pytest.mark.parametrize("program", HEADS)
def test_a_program_is_answered_whatever_its_head_says(api, program):
    body = request(api, "get_user", "{}")
    reply = answered(api.exchange(HEADS[program].format(length=len(body)).encode() + body))
    assert (reply["id"], reply["error"]) == (1, None)
    assert reply["result"]["username"] == "admin"


def test_who_waits_to_be_told_to_go_on_is_told(api, site):
    transport = StringTransport()
    channel = site.buildProtocol(transport.getPeer())
    channel.makeConnection(transport)
    head = HEADS["curl -d, an old one, much text"].format(length=100)
    channel.dataReceived(head.encode())
    assert transport.value() == b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("probe", ["GET", "HEAD"])
def test_a_monitor_that_probes_the_address_is_content(api, probe):
    answer = api.request(probe, headers={"User-Agent": "check_http/2.3.3", "Accept": "*/*"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("args", ["null", "[]", "[1]", '""', '"x"', "false", "0", "{}"])
def test_what_is_no_object_of_arguments_is_no_argument(api, args):
    assert answered(api.post(request(api, "get_users", args)))["error"] is None
    reply = answered(api.post(request(api, "get_repo", args)))
    assert reply["error"] == "Missing non optional `repoid` arg in JSON DATA"


@pytest.mark.parametrize("method", ["get_users", "get_repos", "get_user", "get_ip"])
def test_a_line_of_arguments_that_was_left_empty(api, method):
    assert answered(api.post(request(api, method, '{"": ""}'))) == answered(
        api.post(request(api, method, "{}"))
    )


IDS = [
    '""', '"1"', '"9007199254740993"', "1", "-1", "9007199254740993", "1180591620717411303424",
    "1.0", "1e3", "true", "null", "[]", "{}", '[1,"a",null]', '{"a":{"b":1}}',
]  # fmt: skip


@pytest.mark.parametrize("method", ["get_ip", "get_repo", "no_such_method"])
def test_an_id_comes_back_as_the_type_it_was(api, method):
    for sent in IDS:
        answer = api.post(request(api, method, "{}", request_id=sent))
        assert answer.body.startswith(f'{{"id":{sent},"result":'.encode())


def test_ids_as_numbers_and_as_text_name_the_same(api, world):
    objects = {
        "get_user": ("userid", world.user("somebody"), "somebody"),
        "get_ip": ("userid", 2, "admin"),
        "get_repo": ("repoid", world.repository("team/repo"), "team/repo"),
        "lock": ("repoid", 1, "team/repo"),
        "get_user_group": ("usergroupid", world.user_group("team"), "team"),
    }
    for method, (argument, number, name) in objects.items():
        by_name = api.call(method, {argument: name})
        assert api.call(method, {argument: number}) == by_name
        assert api.call(method, {argument: str(number)}) == by_name


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("True", True), ("true", True), ("1", True), ("yes", True), ("on", True), (1, True),
        ("False", False), ("false", False), ("0", False), ("no", False), ("", False), (0, False),
    ],
)  # fmt: skip
def test_a_flag_in_any_writing_is_stored_and_shown_as_a_boolean(api, world, sent, stored):
    world.user("somebody", active=not stored)
    world.repository("repo", private=not stored)
    user = api.update_user(userid="somebody", active=sent)["user"]
    assert user["active"] is stored
    repository = api.update_repo(repoid="repo", private=sent, enable_locking=sent)["repository"]
    assert (repository["private"], repository["enable_locking"]) == (stored, stored)
    assert api.lock(repoid="repo", locked=sent)["locked"] is stored


def test_a_key_may_be_called_auth_token(api):
    members = {"id": 1, "auth_token": api._key, "method": "get_user", "args": {}}
    assert api.ask(members)["result"]["username"] == "admin"
    assert api.ask(members | {"api_key": None})["result"]["username"] == "admin"


def test_text_of_several_lines_is_sent_on_one(api):
    text = "one\ntwo\r\n\u2028three\u0085\x0b"
    body = request(api, "update_user", json.dumps({"userid": 2, "firstname": text}))
    assert answered(api.post(body))["result"]["user"]["firstname"] == text


# --- null for whatever is left out

METHODS = {method.name: method for method in load_plugins(Settings())[0].methods.values()}
SAID = ("omitted", "nulled")


@pytest.fixture
def twins(host):
    """The objects that the role table names, twice, with repositories on the disk."""
    with host.database.write() as db:
        world = World(host, db)
        team = world.repository_group("team")
        for said in SAID:
            add_objects(world, said, 2, team)
    (host.settings.repositories / "team").mkdir()
    for said in SAID:
        host.backends["hg"].create(host.settings.repositories / "team" / said)


def required(method, said):
    """What must be sent, about the objects of one of the two."""
    given = {
        method.argument_names[name].name: value for name, value in ARGUMENTS[method.name].items()
    }
    sent = {each.name: given[each.name] for each in method.parameters if each.required}
    sent |= {"email": "{role}@example.org"} if "email" in sent else {}
    return {
        name: value.format(role=said) if isinstance(value, str) else value
        for name, value in sent.items()
    }


def likened(answer):
    """What an answer says without what twins never share: names, ids, keys and moments."""
    text = re.sub("|".join(SAID), "…", json.dumps(answered(answer)))
    text = re.sub(r'("\w*_?id": |ID:)\d+', r"\1N", text)
    text = re.sub(r'"[0-9a-f]{40}"', '"KEY"', text)
    return re.sub(r'"\d{4}-\d\d-\d\dT[\d:.]+"|\b\d{10}\.\d+', '"MOMENT"', text)


@pytest.mark.usefixtures("twins")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("name", METHODS)
def test_null_for_every_optional_argument_is_as_if_it_were_left_out(api, name):
    method = METHODS[name]
    nulls = {each.name: None for each in method.parameters if not each.required}
    left_out = api.post(request(api, name, json.dumps(required(method, "omitted"))))
    nulled = api.post(request(api, name, json.dumps(required(method, "nulled") | nulls)))
    assert likened(nulled) == likened(left_out)
    assert "arg in JSON DATA" not in str(json.loads(nulled.body)["error"])
