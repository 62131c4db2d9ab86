"""``rpc.discover`` and ``system.*``: what the server tells of itself, and to whom."""

import pytest

from tests.discovery.validating import faults_of_document


def method_of(document, name):
    (method,) = [each for each in document["methods"] if each["name"] == name]
    return method


@pytest.fixture
def document(api):
    return api.call("rpc.discover", {})


def test_the_document_is_openrpc(document):
    assert faults_of_document(document) == []


def test_the_meta_schema_refuses_what_is_not_openrpc(document):
    del document["methods"][0]["name"]
    assert faults_of_document(document) != []


def test_an_administrator_is_told_of_every_method(document, host):
    names = {method.name for method in host.registry.methods.values()}
    assert {method["name"] for method in document["methods"]} == names


@pytest.mark.usefixtures("bob")
def test_others_are_told_of_what_their_key_may_call(api):
    document = api.as_user("bob").call("rpc.discover", {})
    names = {method["name"] for method in document["methods"]}
    assert {"get_repo", "rpc.discover"} <= names
    assert not {"create_user", "get_users", "pull"} & names


def test_a_global_permission_is_what_counts(api, world):
    user_id = world.user("maker")
    assert "create_user_group" not in api.as_user("maker").call("system.listMethods", {})
    world.name("hg.usergroup.create.true", user_id=user_id)
    assert "create_user_group" in api.as_user("maker").call("system.listMethods", {})


def test_a_key_is_needed(api):
    assert api.as_key("0" * 40).error("rpc.discover") == "Invalid API key"


def test_a_method_is_described(document):
    described = method_of(document, "get_user")
    assert described["summary"] == "A user, with the permissions in force for him."
    assert described["description"].startswith("Everybody may ask for himself")
    assert described["tags"] == [{"name": "users"}]
    assert described["params"] == [
        {
            "name": "userid",
            "description": "id or name of the user; the caller when left out.",
            "required": False,
            "schema": {
                "title": "id or name",
                "anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}],
            },
            "x-aliases": [],
        }
    ]
    assert described["result"]["schema"] == {"$ref": "#/components/schemas/UserDetails"}
    assert described["x-errors"][-1] == "``user `<userid>` does not exist``."


def test_permissions_and_other_names_are_told(document):
    pull = method_of(document, "pull")
    assert pull["x-permissions"] == [
        {"name": "hg.admin"},
        {"name": "repository.admin", "argument": "repoid"},
    ]
    assert pull["params"][0]["x-aliases"] == ["repo"]
    assert method_of(document, "get_ip")["x-aliases"] == ["show_ip"]


def test_every_result_is_described(document):
    shapeless = [m["name"] for m in document["methods"] if not m["result"]["schema"]]
    assert shapeless == ["test"]


def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            return [value["$ref"]] if "$ref" in value else references(list(value.values()))
        return [r for each in value for r in references(each)] if isinstance(value, list) else []

    there = {
        f"#/components/{kind}/{name}"
        for kind, components in document["components"].items()
        for name in components
    }
    assert set(references(document)) <= there


def test_codes_of_errors_are_told(document):
    codes = {name: error["code"] for name, error in document["components"]["errors"].items()}
    assert (codes["NotFound"], codes["NoSuchMethod"]) == (-32004, -32601)
    told = [error["$ref"].rpartition("/")[2] for error in method_of(document, "get_repo")["errors"]]
    assert "NotFound" in told
    assert "Forbidden" not in told


def test_names_are_listed_with_the_other_ones(api):
    names = api.call("system.listMethods", {})
    assert names == sorted(names)
    assert {"get_ip", "show_ip", "system.listMethods"} <= set(names)


def test_help_is_the_documentation(api):
    told = api.call("system.methodHelp", {"method": "show_ip"})
    assert told.startswith("The address that the call came from")
    assert "Returns:" in told


def test_a_signature_begins_with_the_result(api):
    def ask(method):
        return api.call("system.methodSignature", {"method": method})

    assert ask("get_users") == [["array of User"]]
    assert ask("add_user_user_group") == [["Done", "id or name", "id or name"]]
    assert ask("get_user") == [["UserDetails", "id or name or null"]]


@pytest.mark.parametrize("method", ["system.methodHelp", "system.methodSignature"])
@pytest.mark.usefixtures("bob")
def test_what_the_caller_may_not_call_is_as_if_it_were_not_there(api, method):
    assert api.error(method, method="nothing") == "No such method: nothing"
    caller = api.as_user("bob")
    assert caller.error(method, method="get_users") == "No such method: get_users"
