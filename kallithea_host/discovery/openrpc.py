"""The OpenRPC document of a server: every method as its plugin declared it.

https://spec.open-rpc.org/ 1.3. What that has no place for stands in extensions: ``x-aliases`` of
methods and arguments, ``x-plugin``, ``x-permissions`` (all of which a caller needs, each with the
argument that names its object), ``x-errors`` (the texts of its own errors, whose codes are those of
their classes) and ``x-returns`` (about the result).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_type_hints

from kallithea_host import errors
from kallithea_host.dialects.codes import CODES
from kallithea_host.discovery import documentation
from kallithea_host.discovery.schemas import Schemas, nullable
from kallithea_host.kinds import LEVEL_NAMES
from kallithea_host.version import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kallithea_host.discovery.documentation import Documentation
    from kallithea_host.errors import ApiError
    from kallithea_host.methods import Method
    from kallithea_host.rules import ResultStyle
    from kallithea_host.signatures import Parameter

OPENRPC: Final = "1.3.2"
ERRORS: Final = "#/components/errors/"
ABOUT: Final = """\
JSON-RPC 2.0 by POST to `/_admin/api`, with the API key as `Authorization: Bearer <key>`. Null as \
an argument that is not required stands for leaving it out."""

Json = dict[str, Any]


def document(methods: Iterable[Method], style: ResultStyle | None = None) -> Json:
    """The document about some methods.

    Results are those of one style; without one, of all, as a client needs that calls any server.
    """
    schemas = Schemas(style)
    described = [_method(method, schemas) for method in methods]
    return {
        "openrpc": OPENRPC,
        "info": {
            "title": "kallithea-host",
            "version": version(),
            "description": ABOUT,
            "license": {"name": "GPL-3.0-or-later"},
        },
        "methods": described,
        "components": {"schemas": schemas.components, "errors": _errors()},
    }


def result_of(method: Method) -> Any:
    """The type of a method's result, as it is annotated."""
    return get_type_hints(method.function, include_extras=True).get("return", Any)


def _method(method: Method, schemas: Schemas) -> Json:
    told = documentation.parse(method.documentation)
    return {
        "name": method.name,
        "summary": told.summary,
        **({"description": told.details} if told.details else {}),
        "tags": [{"name": method.plugin}],
        "paramStructure": "either",
        "params": [_param(parameter, told, schemas) for parameter in method.parameters],
        "result": {"name": "result", "schema": schemas.of(result_of(method))},
        "errors": [{"$ref": ERRORS + error.__name__} for error in _refusals(method)],
        "x-plugin": method.plugin,
        "x-aliases": list(method.aliases),
        "x-permissions": [_permission(name) for name in method.needs],
        "x-returns": told.returns,
        "x-errors": list(told.errors),
    }


def _errors() -> Json:
    """What JSON-RPC 2.0 says of each class of errors."""
    return {
        error.__name__: {"code": code.number, "message": code.meaning}
        for error, code in CODES.items()
    }


def _refusals(method: Method) -> Iterator[type[ApiError]]:
    """What may be answered before a method runs, and instead of what it does."""
    yield from (errors.NotAuthenticated, errors.AddressRefused)
    if method.parameters:
        yield errors.BadRequest
    if any(name not in LEVEL_NAMES for name in method.needs):
        yield errors.Forbidden
    if any(name in LEVEL_NAMES for name in method.needs):
        yield errors.NotFound
    yield from (errors.Busy, errors.InternalError)


def _param(parameter: Parameter, told: Documentation, schemas: Schemas) -> Json:
    schema = schemas.of(parameter.hint)
    if parameter.nullable or not parameter.required:
        schema = nullable(schema)
    if not parameter.required and parameter.default is not None:
        schema = {**schema, "default": parameter.default}
    about = told.arguments.get(parameter.name, "")
    return {
        "name": parameter.name,
        **({"description": about} if about else {}),
        "required": parameter.required,
        "schema": schema,
        "x-aliases": list(parameter.aliases),
    }


def _permission(name: str) -> Json:
    if name in LEVEL_NAMES:
        return {"name": name, "argument": LEVEL_NAMES[name][0].argument}
    return {"name": name}
