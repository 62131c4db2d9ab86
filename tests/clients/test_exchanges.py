"""Requests as programs were seen to send them to Kallithea, and what is answered to each.

Where Kallithea answers with HTTP 500, with the request in the error, or with Python's own words,
the answer here is another one on purpose.
"""

import pytest

IP = '{"ip_addr_server":"127.0.0.1","server_ip_addr":"127.0.0.1","user_ips":[]}'
NO_KEY = '{"id":null,"result":null,"error":"Incorrect JSON query missing \'api_key\'"}'
BAD_KEY = '{"id":1,"result":null,"error":"Invalid API key"}'

EXCHANGES = {
    # results
    '{"id": 1, "api_key": "KEY", "method": "get_ip", "args": {}}':
        f'{{"id":1,"result":{IP},"error":null}}',
    '{"args": {}, "method": "get_ip", "api_key": "KEY", "id": 1, "jsonrpc": "2.0"}':
        f'{{"id":1,"result":{IP},"error":null}}',
    '{"id": 1, "id": 2, "api_key": "KEY", "method": "get_ip", "args": {}}':
        f'{{"id":2,"result":{IP},"error":null}}',
    '{"id": [1, "a", null], "api_key": "KEY", "method": "get_ip", "args": {"userid": null}}':
        f'{{"id":[1,"a",null],"result":{IP},"error":null}}',
    '{"id": {"a": {"b": 1}}, "api_key": "KEY", "method": "show_ip", "args": {"userid": "admin"}}':
        f'{{"id":{{"a":{{"b":1}}}},"result":{IP},"error":null}}',
    '\ufeff{"id": false, "api_key": "KEY", "method": "get_ip", "args": "x"}\r\n':
        f'{{"id":false,"result":{IP},"error":null}}',
    # arguments
    '{"id": 1, "api_key": "KEY", "method": "get_repo", "args": "x"}':
        '{"id":1,"result":null,"error":"Missing non optional `repoid` arg in JSON DATA"}',
    '{"id": 14, "api_key": "KEY", "method": "get_ip", "args": {"user": "x"}}':
        '{"id":14,"result":null,"error":"Unknown `user` arg in JSON DATA"}',
    '{"id": 14, "api_key": "KEY", "method": "get_ip", "args": {"apiuser": "x", "action": "y"}}':
        '{"id":14,"result":null,"error":"Unknown `apiuser`, `action` arg in JSON DATA"}',
    '{"id": 19, "api_key": "KEY", "method": "create_user", "args": {"email": "x@example.com"}}':
        '{"id":19,"result":null,"error":"Missing non optional `username` arg in JSON DATA"}',
    '{"id": 1, "api_key": "KEY", "method": "get_user", "args": {"userid": [2]}}':
        '{"id":1,"result":null,"error":"user `[2]` does not exist"}',
    '{"id": 1, "api_key": "KEY", "method": "get_user", "args": {"userid": true}}':
        '{"id":1,"result":null,"error":"user `true` does not exist"}',
    '{"id": 1, "api_key": "KEY", "method": "get_repo", "args": {"repoid": null}}':
        '{"id":1,"result":null,"error":"repository `None` does not exist"}',
    # methods
    '{"id": 7, "api_key": "KEY", "method": "no_such_method", "args": {}}':
        '{"id":7,"result":null,"error":"No such method: no_such_method"}',
    '{"id": 1180591620717411303424, "api_key": "KEY", "method": "no_such_method", "args": {}}':
        '{"id":1180591620717411303424,"result":null,"error":"No such method: no_such_method"}',
    '{"id": 1, "api_key": "KEY", "method": "GET_IP", "args": {}}':
        '{"id":1,"result":null,"error":"No such method: GET_IP"}',
    '{"id": 1, "api_key": "KEY", "method": "__call__", "args": {}}':
        '{"id":1,"result":null,"error":"Method not allowed"}',
    '{"id": 1, "api_key": "KEY", "method": "get_\\u00fcser", "args": {}}':
        '{"id":1,"result":null,"error":"No such method: get_üser"}',
    '{"id": 1, "api_key": "KEY", "method": 5, "args": {}}':
        '{"id":1,"result":null,"error":"No such method: 5"}',
    '{"id": 1, "api_key": "KEY", "method": "%s %(x)s", "args": {}}':
        '{"id":1,"result":null,"error":"No such method: %s %(x)s"}',
    '{"id": 1, "api_key": "KEY", "method": "create_gist", "args": {"files": {}}}':
        '{"id":1,"result":null,"error":"No such method: create_gist"}',
    '{"id": 1, "api_key": "KEY", "method": "get_pullrequest", "args": {"pullrequest_id": 1}}':
        '{"id":1,"result":null,"error":"No such method: get_pullrequest"}',
    # keys
    '{"id": "x1", "method": "get_ip", "args": {}}': NO_KEY,
    '{"id": 1, "api_key": "abc", "method": "get_ip", "args": {}}': BAD_KEY,
    '{"id": 1, "api_key": 5, "method": "get_ip", "args": {}}': BAD_KEY,
    '{"id": 1, "api_key": ["KEY"], "method": "get_ip", "args": {}}': BAD_KEY,
    '{"id": 1, "api_key": "KEY ", "method": "get_ip", "args": {}}': BAD_KEY,
    # what is no call
    "5": NO_KEY,
    '"x"': NO_KEY,
    "{}": NO_KEY,
}  # fmt: skip


@pytest.mark.parametrize("sent", EXCHANGES)
def test_each_request_is_answered_byte_for_byte(api, sent):
    answer = api.post(sent.replace("KEY", api._key).encode())
    assert (answer.status, answer.body.decode()) == (200, EXCHANGES[sent])


NO_JSON = {
    "not JSON": b"hello",
    "trailing garbage": b'{"id": 1, "api_key": "KEY", "method": "get_ip", "args": {}} x',
    "single quotes": b"{'id': 1, 'api_key': 'KEY', 'method': 'get_ip', 'args': {}}",
    "the documentation's example": b'{"id: "1", "api_key": "KEY", "method": "get_ip", "args": {}}',
    "Latin-1": b'{"id": "\xfc", "api_key": "KEY", "method": "get_ip", "args": {}}',
    "UTF-16": '{"id": 1, "api_key": "KEY", "method": "get_ip", "args": {}}'.encode("utf-16"),
    "blank": b" ",
    "a form": b"api_key=KEY&method=get_ip&id=1",
    "NaN": b'{"id": NaN, "api_key": "KEY", "method": "get_ip", "args": {}}',
}


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_json_is_told_and_not_repeated(api, what):
    answer = api.post(NO_JSON[what].replace(b"KEY", api._key.encode()))
    assert answer.status == 200
    assert answer.body.startswith(b'{"id":null,"result":null,"error":"JSON parse error ERR:')
    for piece in (b"RAW", b"get_ip", b"hello", api._key.encode()):
        assert piece not in answer.body


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP"])
def test_a_client_cannot_say_where_it_is(api, header):
    sent = next(iter(EXCHANGES)).replace("KEY", api._key).encode()
    answer = api.post(sent, headers={header: "10.1.2.3, 10.1.2.4"})
    assert IP.encode() in answer.body


def test_an_answer_is_not_packed_whatever_is_accepted(api):
    sent = next(iter(EXCHANGES)).replace("KEY", api._key).encode()
    answer = api.post(sent, headers={"Accept-Encoding": "gzip, deflate"})
    assert "content-encoding" not in answer.headers
    assert IP.encode() in answer.body


@pytest.mark.parametrize("length", ["ten", "-1", "1 1", "+5"])
def test_a_length_that_is_none_is_a_bad_request(api, length):
    head = f"POST /_admin/api HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    assert api.exchange(head.encode() + b"{}").status == 400
