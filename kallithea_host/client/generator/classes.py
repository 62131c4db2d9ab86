"""The modules of the client classes: a Python method for each method of a document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.client.generator.annotations import annotation, class_names, or_none
from kallithea_host.client.generator.text import (
    WRITTEN,
    filled,
    identifier,
    importing,
    indented,
    long_docstring,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Described = Mapping[str, Any]

TAKEN: Final = frozenset({"call", "close", "url"})
"""Names that a connection has for itself."""


@dataclass(frozen=True)
class Kind:
    """A kind of client class."""

    about: str
    module: str
    """Where the class that it extends is."""
    base: str
    documentation: str
    returns: str
    """What annotates a call, from the annotation of the result."""
    body: str
    """What a method does, from the same and from the call."""
    also: str = ""
    """A further import, for annotations only."""


BLOCKING: Final = Kind(
    about="Every method of the server, called and waited for.",
    module="kallithea_host.client.connection",
    base="Connection",
    documentation="""\
A connection with a method for each of the server's.

``Kallithea("https://kallithea.example.com", key).get_repo("tools")`` gives a repository. An
argument that is None is not sent; ``call`` calls what has no method here.""",
    returns="{}",
    body="result: {0} = {1}\nreturn result\n",
)
DEFERRED: Final = Kind(
    about="Every method of the server, called from a Twisted reactor.",
    module="kallithea_host.client.deferred_connection",
    base="DeferredConnection",
    documentation="""\
A connection with a method for each of the server's; what they give can be awaited.

``await Kallithea(reactor, "https://kallithea.example.com", key).get_repo("tools")`` gives a
repository. An argument that is None is not sent; ``call`` calls what has no method here.""",
    returns="Deferred[{}]",
    body="return {1}\n",
    also="from twisted.internet.defer import Deferred",
)


def class_module(kind: Kind, methods: Sequence[Described], results: str) -> str:
    """The source of the module of one kind; ``results`` is the module of the objects."""
    body = "\n".join(indented(_method(kind, method), 1) for method in methods)
    shown = [annotation(method["result"]["schema"]) for method in methods]
    objects = sorted({name for each in shown for name in class_names(each)})
    typing = importing("typing", f"TYPE_CHECKING {body}", "TYPE_CHECKING", "Any", "Literal")
    types_only = [kind.also, importing(results, " ".join(objects), *objects)]
    checking = "\n\n".join(indented(line, 1) for line in filter(None, types_only))
    return (
        f'"""{kind.about}\n\n{WRITTEN}\n"""\n\n'
        f"from __future__ import annotations\n\n"
        f"{typing}\n\n"
        f"from {kind.module} import {kind.base}\n"
        f"from kallithea_host.client.messages import given\n\n"
        f"if TYPE_CHECKING:\n{checking}\n\n\n"
        f"class Kallithea({kind.base}):\n"
        f"{indented(long_docstring(kind.documentation.split(chr(10) * 2), 1), 1)}\n{body}"
    )


def _method(kind: Kind, method: Described) -> str:
    result = annotation(method["result"]["schema"])
    arguments = "".join(f"    {line},\n" for line in _arguments(method["params"]))
    signature = f"(\n    self,\n{arguments})" if arguments else "(self)"
    text = indented(long_docstring(list(_documentation(method)), 2), 1)
    body = indented(kind.body.format(result, _call(method)), 1)
    return (
        f"def {identifier(method['name'], TAKEN)}{signature} -> {kind.returns.format(result)}:\n"
        f"{text}{body}"
    )


def _arguments(params: Sequence[Described]) -> Iterator[str]:
    """Required arguments may be given by place, all others by name."""
    for param in params:
        if param.get("required"):
            yield f"{_argument(param)}: {annotation(param['schema'])}"
    optional = [param for param in params if not param.get("required")]
    if optional:
        yield "*"
    for param in optional:
        yield f"{_argument(param)}: {or_none(annotation(param['schema']))} = None"


def _argument(param: Described) -> str:
    return identifier(param["name"], frozenset({"self"}))


def _call(method: Described) -> str:
    name, params = json.dumps(method["name"]), method["params"]
    if not params:
        return f"self.call({name})"
    sent = [f"    {_sent(param)},\n" for param in params if param.get("required")]
    optional = [f"        {_sent(param)},\n" for param in params if not param.get("required")]
    if optional:
        sent.append(
            f"    **given(\n        {{\n{indented(''.join(optional), 1)}        }}\n    ),\n"
        )
    return f"self.call(\n    {name},\n    {{\n{indented(''.join(sent), 1)}    }},\n)"


def _sent(param: Described) -> str:
    return f"{json.dumps(param['name'])}: {_argument(param)}"


def _documentation(method: Described) -> Iterator[str]:
    yield method.get("summary") or f"Call {method['name']}."
    for paragraph in filter(None, method.get("description", "").split("\n\n")):
        yield filled(" ".join(paragraph.split()), 2)
    told = [
        indented(filled(_about(param), 3, f"{_argument(param)}: "), 1) for param in method["params"]
    ]
    if told:
        yield "Args:\n" + "\n".join(told)
    if returns := " ".join(method.get("x-returns", "").split()):
        yield f"Returns:\n{indented(filled(returns, 3), 1)}"


def _about(param: Described) -> str:
    about = param.get("description") or "see the server's documentation."
    default = param["schema"].get("default")
    if default is None or default == "":
        return about
    return f"{about} Default: ``{json.dumps(default)}``."
