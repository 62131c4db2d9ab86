"""Writes methods.md and settings.md from the code: ``make docs``. A test sees that they are fresh.

The text of a method is its docstring: what it does, then the sections ``Args:``, ``Returns:`` and
``Errors:``. Everything else is read off its declaration.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from kallithea_host import loading
from kallithea_host.arguments import type_name
from kallithea_host.config import NO_SECTION, Settings
from kallithea_host.discovery import documentation, openrpc
from kallithea_host.discovery.schemas import Schemas
from kallithea_host.discovery.wording import words
from kallithea_host.kinds import LEVEL_NAMES
from kallithea_host.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kallithea_host.discovery.schemas import Schema
    from kallithea_host.methods import Method
    from kallithea_host.signatures import Parameter

FOLDER: Final = Path(__file__).parent
GENERATED: Final = "<!-- Written by `make docs` from the code: change it there. -->\n"

METHODS_INTRODUCTION: Final = """\
# Methods

Every method of the built-in plugins. A call is a POST of JSON to `/_admin/api`:

    {"id": 1, "api_key": "<key>", "method": "get_user", "args": {"userid": "admin"}}

and is answered with `{"id": 1, "result": …, "error": null}`, or with a null `result` and the
text of the error. An *id or name* is a number, or text of digits: the id; any other text: the
exact name. A boolean may be sent as text (`"true"`, `"no"`, `"1"`), a number as text, too. Null
stands for an argument that is left out.

Any method may answer `Invalid API key`, `request from IP:<address> not allowed`,
``Missing non optional `<name>` arg in JSON DATA``, ``Unknown `<name>` arg in JSON DATA``,
``Invalid value for `<name>` arg in JSON DATA: expected <type>``, `Internal server error`, and,
when the permission it needs is a global one, `Access was denied to this resource.`

"""
OBJECTS_INTRODUCTION: Final = """\
## Objects

What the objects of results hold in the result style `documented`;
[result styles](result-styles.md) says what differs in the other.

"""
SETTINGS_INTRODUCTION: Final = """\
# Settings

`twistd kallithea --config FILE` and `kallithea-host --config FILE` read an ini file; none is
needed, since every option has a default. `%(here)s` in a value is the folder of the file. What is
given on the command line stands over the file; `twistd kallithea --set NAME=VALUE` takes any
setting of the section `[kallithea-host]`. An option of ours that does not exist is an error;
options of Kallithea's own section that mean nothing here are ignored.

    [app:main]
    sqlalchemy.url = postgresql://kallithea@/kallithea?host=/run/postgresql

    [kallithea-host]
    data_dir = %(here)s/data
    listen =
        tcp:5000:interface=127.0.0.1
        tcp6:5000:interface=::1
    clone_uri_allow = hg.example.org 10.1.0.0/16

    [plugins]
    disabled = vcs_git

"""


def methods_document() -> str:
    """The text of methods.md."""
    plugins, _ = loading.installed()
    host = Registry([p for p in plugins if _is_built_in(p)], Settings())
    schemas = Schemas("documented")
    chapters = [
        f"## Plugin {plugin.name}\n\n{inspect.getdoc(plugin.module)}\n\n"
        + "".join(_method(method, schemas) for method in host.methods_of(plugin))
        for plugin in host.plugins
        if host.methods_of(plugin)
    ]
    contents = METHODS_INTRODUCTION + _contents(host.methods)
    return GENERATED + contents + "".join(chapters) + _objects(schemas.components)


def _is_built_in(plugin: loading.Plugin) -> bool:
    return plugin.distribution.startswith("kallithea-host ")


def _contents(methods: Mapping[str, Method]) -> str:
    links = (_link(name, method.name) for name, method in sorted(methods.items()))
    return "\n· ".join(links) + "\n\n"


def _method(method: Method, schemas: Schemas) -> str:
    told = documentation.parse(method.documentation)
    also = "".join(f"Also called `{alias}`. " for alias in method.aliases)
    texts = [
        f"### {method.name}\n\n{also}{_needs(method)}\n\n{told.about}\n",
        _arguments(method.parameters, told.arguments),
        _returns(told.returns, _linked(schemas.of(openrpc.result_of(method)))),
    ]
    if told.errors:
        texts.append("Errors:\n\n" + "".join(f"- {error}\n" for error in told.errors))
    return "\n".join(texts) + "\n"


def _returns(text: str, kind: str) -> str:
    return f"Returns {kind}: {text}\n" if text else f"Returns {kind}.\n"


def _linked(schema: Schema) -> str:
    """A schema in words; the names of objects lead to what they hold."""
    return re.sub(r"\b[A-Z]\w+\b", lambda name: _link(name[0], name[0]), words(schema))


def _link(text: str, heading: str) -> str:
    return f"[{text}](#{heading.lower().replace('.', '')})"


def _objects(components: Mapping[str, Schema]) -> str:
    chapters = [
        f"### {name}\n\n{schema.get('description', '')}\n\n"
        "| member | type | |\n| --- | --- | --- |\n"
        + "".join(_member(member, schema) for member in schema["properties"])
        + "\n"
        for name, schema in sorted(components.items())
    ]
    return OBJECTS_INTRODUCTION + "".join(chapters).rstrip() + "\n"


def _member(name: str, schema: Schema) -> str:
    member = schema["properties"][name]
    optional = "" if name in schema["required"] else ", if told"
    return f"| `{name}` | {_linked(member)}{optional} | {_cell(member.get('description', ''))} |\n"


def _needs(method: Method) -> str:
    if not method.needs:
        return "For every user."
    return "Needs " + " and ".join(map(_permission, method.needs)) + "."


def _permission(name: str) -> str:
    if name in LEVEL_NAMES:
        return f"`{name}` on `{LEVEL_NAMES[name][0].argument}`"
    return f"`{name}`"


def _arguments(parameters: Iterable[Parameter], texts: Mapping[str, str]) -> str:
    rows = [
        f"| `{p.name}`{''.join(f', `{alias}`' for alias in p.aliases)} | {_type(p.hint)} "
        f"| {_default(p)} | {_cell(texts.get(p.name, ''))} |\n"
        for p in parameters
    ]
    if not rows:
        return "No arguments.\n"
    return "| argument | type | default | |\n| --- | --- | --- | --- |\n" + "".join(rows)


def _type(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(hint))
    return type_name(hint)


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required, or null" if parameter.nullable else "required"
    if parameter.default is None:
        return ""
    return f"`{msgspec.json.encode(parameter.default).decode()}`"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def settings_document() -> str:
    """The text of settings.md."""
    by_section: dict[str, list[dataclasses.Field[Any]]] = {}
    for option in dataclasses.fields(Settings):
        if option.metadata["section"] == NO_SECTION:
            continue
        by_section.setdefault(option.metadata["section"], []).append(option)
    return (
        GENERATED
        + SETTINGS_INTRODUCTION
        + "\n".join(_section(name, options) for name, options in by_section.items())
    )


def _section(name: str, options: Iterable[dataclasses.Field[Any]]) -> str:
    hints = get_type_hints(Settings)
    rows = "".join(
        f"| `{option.metadata['ini'] or option.name}` | {_setting_default(option, hints)} "
        f"| {_cell(option.metadata['about'])} |\n"
        for option in options
    )
    return f"## `[{name}]`\n\n| option | default | |\n| --- | --- | --- |\n{rows}"


def _setting_default(option: dataclasses.Field[Any], hints: Mapping[str, Any]) -> str:
    default = "" if option.default is dataclasses.MISSING else option.default
    choices = get_args(hints[option.name]) if get_origin(hints[option.name]) is Literal else ()
    text = " ".join(default) if isinstance(default, tuple) else default
    others = "".join(f", or `{choice}`" for choice in choices if choice != default)
    return (f"`{text}`" if text not in {None, ""} else "") + others


DOCUMENTS: Final = {"methods.md": methods_document, "settings.md": settings_document}

if __name__ == "__main__":
    for name, document in DOCUMENTS.items():
        (FOLDER / name).write_text(document(), encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
