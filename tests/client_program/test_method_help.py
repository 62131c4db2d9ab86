"""The help for a method comes from the server."""

import pytest

from tests.client_program.described import DOCUMENT


@pytest.fixture
def describing(at_server, server):
    """The program, at a server that describes itself."""
    server.methods(**{"rpc.discover": DOCUMENT})
    return at_server


@pytest.mark.parametrize(
    "words", [("get_repo", "--help"), ("--help", "get_repo"), ("get_repo", "-h")]
)
def test_a_method_has_help(describing, words):
    ran = describing(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Usage: kallithea-api get_repo [with_names:…] repoid:…\n"
        "\n"
        "  A repository.\n"
        "\n"
        "  The msg of it.\n"
        "\n"
        "  More of it.\n"
        "\n"
        "Arguments:\n"
        "  with_names  whether names come with it [boolean; optional]\n"
        "  repoid      id or full name [id or name; required]\n"
        "\n"
        "Result:\n"
        "  repo: the repository.\n"
        "\n"
        "Errors:\n"
        "  -  repository `<repoid>` does not exist.\n"
        "  -  another.\n"
        "\n"
        "NAME:VALUE is text, which the server takes for a number or a boolean where it\n"
        "wants one; NAME=:JSON gives JSON, NAME@:FILE the text in a file.\n"
    )


def test_help_makes_no_other_call(describing, server):
    describing("get_repo", "repoid:x", "--help")
    assert [asked.json["method"] for asked in server.asked] == ["rpc.discover"]


def test_what_an_argument_may_be_is_told(describing):
    out = describing("grant", "--help").out
    assert "  perm   [text: read, write; required]\n" in out
    assert "  since  [number; optional]\n" in out


def test_an_alias_has_the_same_help(describing):
    out = describing("grant_permission", "--help").out
    assert out.startswith("Usage: kallithea-api grant ")
    assert "  Also called grant_permission.\n" in out


def test_a_misspelt_method_is_told_what_was_meant(describing):
    ran = describing("get_rep", "--help")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-api: No such method: get_rep; did you mean get_repo?\n"


def test_a_server_that_does_not_describe_itself_is_told(at_server, server):
    server.methods(get_repo={})
    ran = at_server("get_repo", "--help")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"kallithea-api: {server.host} does not describe its methods (it has no rpc.discover); "
        "calling them works all the same\n"
    )


def test_a_wrong_key_is_told(at_server, server):
    server.answer = server.result(error="Invalid API key")
    ran = at_server("get_repo", "--help")
    assert (ran.code, ran.err) == (1, "kallithea-api: Invalid API key\n")


@pytest.mark.parametrize(
    "document", [None, [], {}, {"methods": 1}, {"methods": [{}]}, {"methods": [{"name": "x"}]}]
)
def test_a_description_that_makes_no_sense_is_told(at_server, server, document):
    server.methods(**{"rpc.discover": document})
    ran = at_server("get_repo", "--help")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("says about its methods is not understood\n")


def test_a_description_that_goes_round_in_circles_is_told(at_server, server):
    circle = {"$ref": "#/components/schemas/A"}
    method = {"name": "x", "params": [{"name": "a", "schema": circle}]}
    document = {"methods": [method], "components": {"schemas": {"A": circle}}}
    server.methods(**{"rpc.discover": document})
    assert at_server("x", "--help").err.endswith("says about its methods is not understood\n")


def test_help_for_a_method_needs_a_server(program):
    assert program.wrong("get_repo", "--help").startswith("Could not find config file")


def test_the_methods_are_listed(describing):
    ran = describing("--methods")
    assert ran.out == (
        "method\tsummary\n"
        "evil;$(touch x)\t\\x1b[31m\n"
        "get_repo\tA repository.\n"
        "grant\tGrant a permission.\n"
    )


def test_the_methods_are_listed_for_programs(describing):
    ran = describing("--methods", "--format=json")
    assert ran.out.startswith('[{"method": "evil;$(touch x)", "summary": "')
