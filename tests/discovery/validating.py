"""Documents and results looked at by a JSON Schema validator."""

import json
from pathlib import Path

from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

FOLDER = Path(__file__).parent / "openrpc"
JSON_SCHEMA = "https://meta.json-schema.tools"


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def faults_of_document(document):
    """What the meta-schema of OpenRPC has against a document."""
    json_schema = DRAFT7.create_resource(read("json-schema.json"))
    known = Registry().with_resources(
        [(JSON_SCHEMA, json_schema), (f"{JSON_SCHEMA}/", json_schema)]
    )
    return faults(Draft7Validator(read("document.json"), registry=known), document)


class Results:
    """The schemas of results in a document; objects are taken to have no further members."""

    def __init__(self, document):
        self._of = {}
        for method in document["methods"]:
            for name in (method["name"], *method["x-aliases"]):
                self._of[name] = method["result"]["schema"]
        self._components = {
            name: {**schema, "additionalProperties": False}
            for name, schema in document["components"]["schemas"].items()
        }

    def faults(self, method, result):
        """What the schema of a method's result has against a result."""
        schema = {**self._of[method], "components": {"schemas": self._components}}
        if "$ref" in schema:  # beside which nothing counts
            schema = {"allOf": [{"$ref": schema.pop("$ref")}], **schema}
        return faults(Draft7Validator(schema), result)


def faults(validator, instance):
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
