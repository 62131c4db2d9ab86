"""The classes are written from an OpenRPC document."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kallithea_host.client import blocking, results
from kallithea_host.client.generator import modules
from kallithea_host.client.generator.__main__ import main
from kallithea_host.client.generator.annotations import annotation
from kallithea_host.client.generator.classes import TAKEN
from kallithea_host.client.generator.text import identifier
from kallithea_host.discovery.__main__ import installed_document

FOLDER = Path(results.__file__).parent
PACKAGE = "kallithea_host.client"
TEXT, NULL = {"type": "string"}, {"type": "null"}
USER = {"$ref": "#/components/schemas/User"}


@pytest.mark.parametrize("name", ["results.py", "blocking.py", "deferred.py"])
def test_the_classes_are_what_make_clients_writes(name):
    written = modules(installed_document("kallithea-host"), PACKAGE)
    assert (FOLDER / name).read_text(encoding="utf-8") == written[name]


@pytest.mark.parametrize(
    ("schema", "annotated"),
    [
        ({}, "Any"),
        (TEXT, "str"),
        ({"anyOf": [NULL, TEXT]}, "str | None"),
        ({"anyOf": [TEXT, TEXT]}, "str"),
        ({"type": "string", "enum": ["a", 'b"']}, 'Literal["a", "b\\""]'),
        ({"enum": ["a", True, 1, None]}, 'Literal["a", True, 1, None]'),
        ({"type": "array"}, "list[Any]"),
        ({"type": "array", "items": [TEXT]}, "list[Any]"),
        ({"type": "array", "items": USER}, "list[User]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": TEXT}, "dict[str, str]"),
        ({"allOf": [USER], "description": "x"}, "User"),
        ({"$ref": "#/components/schemas/demo.types.User"}, "demo_types_User"),
    ],
)
def test_a_schema_becomes_an_annotation(schema, annotated):
    assert annotation(schema) == annotated


def document(**method):
    described = {
        "name": "demo.makeThing",
        "summary": 'Make a """thing""".',
        "params": [
            {"name": "size", "required": True, "schema": {"type": "integer"}},
            {"name": "name", "required": True, "schema": {"anyOf": [TEXT, NULL]}},
            {"name": "loud", "schema": {"type": "boolean", "default": True}},
            {"name": "parts", "schema": {"type": "array", "default": []}},
        ],
        "result": {"name": "result", "schema": {"$ref": "#/components/schemas/Thing"}},
    }
    thing = {
        "title": "Thing",
        "type": "object",
        "properties": {"class": TEXT, "parts": {"type": "array", "items": USER}},
        "required": ["class"],
    }
    user = {"title": "User", "properties": {"name": TEXT}, "required": []}
    schemas = {"Thing": thing, "User": user}
    return {"methods": [described | method], "components": {"schemas": schemas}}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An importable package that was written for another server."""
    folder = tmp_path / "demo_client"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (tmp_path / "document.json").write_text(json.dumps(document()))
    main([str(tmp_path / "document.json"), str(folder)])
    monkeypatch.syspath_prepend(tmp_path)
    return folder


class Recording:
    """What stands in for a connection: it answers with what it was asked."""

    def call(self, *asked):
        return asked


def method_of(package, module):
    source = (package / module).read_text()
    namespace = {}
    exec(compile(source, module, "exec"), namespace)
    return namespace["Kallithea"].demo_make_thing


def test_a_method_sends_what_is_given(package):
    make_thing = method_of(package, "blocking.py")
    assert make_thing(Recording(), 3, None) == ("demo.makeThing", {"size": 3, "name": None})
    sent = make_thing(Recording(), 3, "x", loud=False)[1]
    assert sent == {"size": 3, "name": "x", "loud": False}


def test_an_argument_may_be_called_as_python_calls_the_object(package, tmp_path):
    described = document(params=[{"name": "self", "required": True, "schema": TEXT}])
    (tmp_path / "document.json").write_text(json.dumps(described))
    main([str(tmp_path / "document.json"), str(package)])
    make_thing = method_of(package, "blocking.py")
    assert make_thing(Recording(), "x") == ("demo.makeThing", {"self": "x"})


def test_documentation_cannot_leave_its_quotes(package):
    assert "Make a '''thing'''." in method_of(package, "deferred.py").__doc__


def test_names_that_are_no_names_in_python_are_members_all_the_same(package):
    namespace = {}
    exec((package / "results.py").read_text(), namespace)
    assert namespace["Thing"].__required_keys__ == {"class"}
    assert namespace["Thing"].__optional_keys__ == {"parts"}


def test_no_name_and_no_text_of_a_document_becomes_code(package, tmp_path):
    evil = '"): pass\\nimport os; os.abort()\n#'
    described = document(
        name=evil,
        summary=f'{evil}"',
        description='"""\\',
        params=[{"name": evil, "schema": {"enum": [evil]}, "description": evil}],
    )
    described["components"]["schemas"][evil] = {
        "description": 'ends with "',
        "properties": {evil: {"$ref": f"#/components/schemas/{evil}"}},
        "required": [evil],
    }
    (tmp_path / "evil.json").write_text(json.dumps(described))
    main([str(tmp_path / "evil.json"), str(package)])
    for module in ("results.py", "blocking.py", "deferred.py"):
        tree = ast.parse((package / module).read_text())
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        assert imported == []
        assert len([node for node in tree.body if isinstance(node, ast.ClassDef)]) <= 3


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("get_repo", "get_repo"),
        ("system.listMethods", "system_list_methods"),
        ("call", "call_"),
        ("import", "import_"),
        ("2fast", "_2fast"),
        ("__init__", "init__"),
        ("", "_"),
    ],
)
def test_a_method_has_a_name_that_python_takes(name, python):
    assert identifier(name, TAKEN) == python


@pytest.mark.parametrize("arguments", [[], ["one"], ["1", "2", "3", "4"]])
def test_the_generator_says_how_it_is_used(arguments):
    with pytest.raises(SystemExit, match="usage"):
        main(arguments)


def test_importing_the_blocking_class_loads_neither_twisted_nor_the_server():
    loaded = "import sys, kallithea_host.client.blocking; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    names = set(told.stdout.split())
    assert not names & {"twisted", "sqlalchemy", "treq", "kallithea_host.host"}


def test_every_result_has_a_type_that_can_be_looked_at():
    assert results.User.__required_keys__ >= {"user_id", "emails"}
    assert "api_key" in results.User.__optional_keys__
    assert blocking.Kallithea.get_user.__annotations__["return"] == "UserDetails"
