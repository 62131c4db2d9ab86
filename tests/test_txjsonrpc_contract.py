"""What ApiResource relies on in txjsonrpc-ng; a release that changes it fails here, loudly."""

import inspect
from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement
from txjsonrpc_ng.web.jsonrpc import JSONRPC

from kallithea_host.resource import ApiResource


def test_the_installed_release_is_the_one_that_was_tried():
    (pinned,) = [
        Requirement(text) for text in requires("kallithea-host") if text.startswith("txjsonrpc")
    ]
    assert version("txjsonrpc-ng") in pinned.specifier
    assert version("txjsonrpc-ng").startswith("0.9.")
    assert "0.10" not in pinned.specifier


def test_its_dialects_begin_in_render_which_is_another_one_here():
    assert "render" in vars(JSONRPC)
    assert "render" in vars(ApiResource)
    assert list(inspect.signature(JSONRPC.render).parameters) == ["self", "request"]
    assert not [name for name in vars(JSONRPC) if name.startswith("render_")]


def test_making_one_takes_no_arguments_and_registers_nothing(host, clock):
    assert list(inspect.signature(JSONRPC.__init__).parameters) == ["self"]
    resource = ApiResource(host, clock)
    assert isinstance(resource, JSONRPC)
    assert resource.subHandlers == {}
    assert resource._listFunctions() == []


@pytest.mark.parametrize(
    "asked",
    [
        {"jsonrpc": "1.0", "id": 1, "method": "system.listMethods", "params": []},
        {"jsonrpc": "1e400", "id": 1, "method": "get_user", "params": []},
        {"id": 1, "method": "__dir__", "params": []},
        {"error": 1, "fault": 2, "method": "get_user"},
        {"method": "get_user"},
    ],
)
def test_none_of_its_own_dialects_is_spoken(api, asked):
    reply = api.ask(asked)
    assert reply == {
        "id": None,
        "result": None,
        "error": "Incorrect JSON query missing 'api_key'",
    }


def test_its_callbacks_in_urls_are_none(api):
    answer = api.request("GET", path="/_admin/api?callback=evil&request={}")
    assert b"evil" not in answer.body
    assert answer.headers["content-type"] == "application/json"
