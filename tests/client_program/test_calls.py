"""What is sent, printed and told to the shell, as the program of Kallithea does it."""

import errno
import io
import json
import os
import sys

import pytest

RESULT = {"b": [1, None, True], "a": {"name": "Žofie", "x": 1.5}}


def test_pretty_is_the_default_and_looks_as_ever(at_server, server):
    server.answer = server.result(RESULT)
    ran = at_server("get_repo", "repoid:x")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"Calling method get_repo => {server.host}\n"
        "Server response \n"
        "{\n"
        '    "a": {\n'
        '        "name": "\\u017dofie",\n'
        '        "x": 1.5\n'
        "    },\n"
        '    "b": [\n'
        "        1,\n"
        "        null,\n"
        "        true\n"
        "    ]\n"
        "}\n"
    )


def test_json_is_the_result_on_one_line(at_server, server):
    server.answer = server.result(RESULT)
    ran = at_server("--format", "json", "get_repo", "repoid:x")
    assert ran.out == '{"b": [1, null, true], "a": {"name": "\\u017dofie", "x": 1.5}}\n'
    assert ran.code == 0


def test_a_refusal_is_printed_pretty_and_the_exit_code_tells(at_server, server):
    server.answer = server.result(error="Missing non optional `repoid` arg in JSON DATA")
    ran = at_server("get_repo")
    assert ran.out == (
        f"Calling method get_repo => {server.host}\n"
        "Server response \n"
        'ERROR:"Missing non optional `repoid` arg in JSON DATA"\n'
    )
    assert (ran.code, ran.err) == (1, "")


def test_a_refusal_is_a_json_text(at_server, server):
    server.answer = server.result(error='no "x"')
    ran = at_server("get_repo", "--format=json")
    assert (ran.code, ran.out, ran.err) == (1, '"no \\"x\\""\n', "")


def test_what_is_sent_is_what_was_always_sent(at_server, server):
    at_server("get_repo", "repoid:x")
    assert server.last.path == "/_admin/api"
    assert server.last.headers["Content-Type"] == "text/plain"
    assert server.last.json["api_key"] == at_server.key
    assert server.last.json["method"] == "get_repo"
    assert server.last.json["args"] == {"repoid": "x"}


@pytest.mark.parametrize(
    ("word", "argument"),
    [
        ("repoid:myrepo", ("repoid", "myrepo")),
        ("extern_name:uid=bent,dc=example", ("extern_name", "uid=bent,dc=example")),
        ("clone_uri:https://x.org:80/a", ("clone_uri", "https://x.org:80/a")),
        ("active:true", ("active", "true")),
        ("userid:7", ("userid", "7")),
        ("lastname:", ("lastname", "")),
        (":", ("", "")),
        ("name:=x", ("name", "=x")),
        ("name:@x", ("name", "@x")),
        ("name:Žofie\nx", ("name", "Žofie\nx")),
        ("active=:false", ("active", False)),
        ("userid=:7", ("userid", 7)),
        ("email=:null", ("email", None)),
        ('x=:["a", {"b": 1.5}]', ("x", ["a", {"b": 1.5}])),
        ('x=:"12"', ("x", "12")),
    ],
)
def test_a_word_is_one_argument(at_server, server, word, argument):
    assert at_server("test", word).code == 0
    assert server.last.json["args"] == dict([argument])


def test_of_a_word_given_twice_the_last_counts(at_server, server):
    at_server("test", "a:1", "a:2")
    assert server.last.json["args"] == {"a": "2"}


def test_options_may_follow_the_words(at_server, server):
    at_server("test", "a:1", "--format", "json", "b:2")
    assert server.last.json["args"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize("content", [b"s\xc3\xa9cret: x", b"s\xc3\xa9cret: x\n"])
def test_a_value_may_stand_in_a_file(at_server, server, tmp_path, content):
    (tmp_path / "value").write_bytes(content)
    at_server("test", f"password@:{tmp_path / 'value'}")
    assert server.last.json["args"] == {"password": "sécret: x"}


def test_a_value_may_come_by_standard_input(at_server, server):
    at_server("test", "description@:-", stdin=b"a\nb\n\n")
    assert server.last.json["args"] == {"description": "a\nb\n"}


def test_standard_input_is_for_one_argument(at_server, server):
    text = at_server.wrong("test", "a@:-", "b@:-", stdin=b"x")
    assert text == "only one argument can be read from standard input"
    assert server.asked == []


@pytest.mark.parametrize("words", [["test", "a@:-"], ["test", "--apikey-file=-"]])
def test_a_closed_standard_input_is_told(at_server, server, words):
    assert at_server.wrong(*words, stdin=None) == "standard input is closed"
    assert server.asked == []


def test_an_output_that_takes_nothing_is_told(at_server, monkeypatch):
    class Full(io.StringIO):
        def flush(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "stdout", Full())
    ran = at_server("test")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-api: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
@pytest.mark.parametrize("wanted", ["pretty", "table"])
def test_a_closed_output_is_told_nothing(at_server, server, monkeypatch, wanted, closed):
    server.answer = server.result([{"a": 1}])
    monkeypatch.setattr(sys, closed, None)
    ran = at_server("--format", wanted, "test")
    assert (ran.code, ran.err) == (0, "")
    assert ("1" in ran.out) == (closed == "stderr")


def test_a_file_that_is_not_there_is_told(at_server, server):
    assert at_server.wrong("test", "a@:/nowhere") == (
        "/nowhere cannot be read: No such file or directory"
    )


def test_a_file_that_is_no_text_is_told(at_server, tmp_path):
    (tmp_path / "value").write_bytes(b"\xff")
    assert at_server.wrong("test", f"a@:{tmp_path / 'value'}").endswith("is no text in UTF-8")


@pytest.mark.parametrize("value", ["", "yes", "NaN", "1,", "[" * 100_000])
def test_what_is_no_json_is_told(at_server, server, value):
    assert at_server.wrong("test", f"a=:{value}").startswith("`a=:` wants JSON")
    assert server.asked == []


@pytest.mark.parametrize("word", ["repoid", "repoid=x"])
def test_a_word_without_a_colon_is_wrong_usage(at_server, server, word):
    assert at_server.wrong("get_repo", word) == f"`{word}` is no argument: expected key:value"
    assert server.asked == []


def test_bytes_that_are_no_text_are_wrong_usage(at_server):
    assert at_server.wrong("test", "a:\udcff") == "an argument is no valid text"


@pytest.mark.parametrize("option", ["--nonsense", "--format=xml", "--timeout=0", "--timeout=1e9"])
def test_an_unknown_option_is_wrong_usage(at_server, server, option):
    assert at_server.wrong("get_repo", option)
    assert server.asked == []


def test_a_method_that_is_no_text_is_told(at_server):
    ran = at_server("get_\udcff")
    assert (ran.code, ran.err) == (1, "kallithea-api: an argument is no valid text\n")


def test_a_method_is_needed(at_server):
    assert at_server.wrong() == "Please specify method name"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_needs_no_server(program, option):
    ran = program(option)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: kallithea-api [OPTIONS] [METHOD] [NAME:VALUE]...\n")


def test_the_version_is_told(program):
    ran = program("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("kallithea-api, version ")


def test_an_answer_to_another_call_is_one_line(at_server, server):
    server.answer = lambda _: {"id": 77, "result": 1, "error": None}
    ran = at_server("test", "--format=json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-api: the answer is to another call: its id is 77\n"


def test_a_login_page_is_one_line(at_server, server):
    server.answer = lambda _: (200, {"Content-Type": "text/html"}, b"<html>\n\x1b[31m</html>")
    ran = at_server("test", "--format=json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"kallithea-api: {server.host}/_admin/api does not answer as the API")
    assert ran.err.count("\n") == 1


def test_where_a_redirect_leads_steers_no_terminal(at_server, server):
    server.answer = lambda _: (302, {"Location": "http://x/\x1b]0;"}, b"")
    ran = at_server("test", "--format=json")
    assert ran.code == 1
    assert "\\x1b]0;" in ran.err
    assert "\x1b" not in ran.err


def test_a_closed_port_is_one_line(program):
    ran = program("--apihost=http://127.0.0.1:9", f"--apikey={program.key}", "test")
    assert ran.code == 1
    assert ran.err == "kallithea-api: no connection to 127.0.0.1:9: Connection refused\n"


def test_a_proxy_of_the_environment_is_used(program, server):
    program.environment(http_proxy=server.host, no_proxy="")
    ran = program("--apihost=http://kallithea.invalid", f"--apikey={program.key}", "test")
    assert ran.code == 0
    assert server.last.path == "http://kallithea.invalid/_admin/api"


def test_the_wait_for_an_answer_has_an_end(at_server, server):
    server.answer = lambda _: server.released.wait(20) and {}
    ran = at_server("test", "--timeout=1")
    assert ran.code == 1
    assert "within 1 s" in ran.err


@pytest.mark.parametrize("wanted", ["pretty", "table"])
@pytest.mark.parametrize("error", [True, False])
def test_what_a_server_sends_steers_no_terminal(at_server, server, wanted, error):
    evil = "\x1b]0;owned\x07\x7f\x9b31m\r\u202e"
    server.answer = server.result(**({"error": evil} if error else {"result": [{evil: evil}]}))
    ran = at_server("test", "--format", wanted)
    assert not {"\x1b", "\x07", "\x7f", "\x9b", "\r", "\u202e"} & set(ran.out + ran.err)
    assert "owned" in ran.out + ran.err


def test_numbers_keep_their_digits(at_server, server):
    server.answer = lambda asked: (
        b'{"id":%d,"result":[1.0,123456789012345678901],"error":null}' % (asked.json["id"])
    )
    assert json.loads(at_server("test", "--format=json").out) == [1.0, 123456789012345678901]
    assert at_server("test", "--format=json").out == "[1.0, 123456789012345678901]\n"
