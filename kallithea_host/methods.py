"""Declaring the methods of a plugin: the function's name and signature are the wire's.

A plugin makes one ``Methods`` and decorates functions with ``in_db``, ``in_vcs`` or
``in_reactor``; there is no other way. The decorator says which thread the function runs in, the
type of its first parameter confirms it, and ``needs`` says who may call it. The remaining
parameters are the arguments: annotations are the schema, defaults make them optional, and the
docstring is the public documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from kallithea_host.arguments import Ident, type_name
from kallithea_host.errors import BadRequest
from kallithea_host.faults import NOTHING, Fault, kind_of
from kallithea_host.jobs import Call, DbJob, VcsJob
from kallithea_host.kinds import GLOBAL_NAMES, KINDS, LEVEL_NAMES
from kallithea_host.signatures import (
    DeclarationError,
    Parameter,
    argument_names,
    parameters_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Thread = Literal["db", "vcs", "reactor"]
Needs = str | tuple[str, ...]
Function = TypeVar("Function", bound=Callable[..., Any])

MOST_FAULTS: Final = 10
"""Unknown arguments of a call that are told about one by one."""

_RESERVED: Final = ("hg.", *(f"{prefix}." for prefix in KINDS))
_FIRST: Final[dict[Thread, type]] = {"db": DbJob, "vcs": VcsJob, "reactor": Call}


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method as its plugin declared it."""

    name: str
    aliases: tuple[str, ...]
    plugin: str
    function: Callable[..., Any]
    thread: Thread
    needs: tuple[str, ...]
    """Permissions, all of which the caller must have, in the order they are asked for."""
    writes: bool
    parameters: tuple[Parameter, ...]
    argument_names: Mapping[str, Parameter]
    """Every name an argument goes by."""

    @property
    def documentation(self) -> str:
        """The docstring, without its indentation."""
        return inspect.getdoc(self.function) or ""

    def bind(self, args: Mapping[Any, Any]) -> dict[str, Any]:
        """Keyword arguments for the function, from those sent; raises ``BadRequest``.

        Names are folded first; then a missing argument is told about, then unknown ones, then
        values that do not fit.
        """
        sent = self._fold(args)
        for parameter in self.parameters:
            if parameter.required and self._is_missing(parameter, sent):
                raise self._missing(parameter, sent)
        if unknown := [name for name in sent if name not in self.argument_names]:
            raise self._unknown(unknown, sent)
        return {
            parameter.name: parameter.value(sent[parameter.name])
            for parameter in self.parameters
            if parameter.name in sent and (sent[parameter.name] is not None or parameter.required)
        }

    def by_name(self, values: Sequence[Any]) -> dict[Any, Any]:
        """Arguments that were sent by position; those too many keep their places for names."""
        named = {p.name: value for p, value in zip(self.parameters, values, strict=False)}
        return named | dict(islice(enumerate(values), len(named), None))

    @staticmethod
    def _is_missing(parameter: Parameter, sent: Mapping[Any, Any]) -> bool:
        if parameter.name not in sent:
            return True
        return sent[parameter.name] is None and not parameter.takes_null

    def _missing(self, parameter: Parameter, sent: Mapping[Any, Any]) -> BadRequest:
        """The refusal; what is unknown is a part of it, since it may be a misspelt name."""
        got = kind_of(sent[parameter.name]) if parameter.name in sent else NOTHING
        return BadRequest(
            f"Missing non optional `{parameter.name}` arg in JSON DATA",
            Fault((parameter.name,), type_name(parameter.hint), got),
            *self._strangers(sent),
        )

    def _unknown(self, unknown: Sequence[str | int], sent: Mapping[Any, Any]) -> BadRequest:
        if isinstance(unknown[0], int):
            text = f"Too many arguments: {self.name} takes {len(self.parameters)} at most"
        else:
            text = f"Unknown {', '.join(f'`{name}`' for name in unknown)} arg in JSON DATA"
        return BadRequest(text, *self._strangers(sent))

    def _strangers(self, sent: Mapping[Any, Any]) -> Iterator[Fault]:
        """The first faults of arguments that the method does not have."""
        unknown = (name for name in sent if name not in self.argument_names)
        for name in islice(unknown, MOST_FAULTS):
            yield Fault((name,), NOTHING, kind_of(sent[name]), self.argument_names)

    def _fold(self, args: Mapping[Any, Any]) -> dict[Any, Any]:
        folded: dict[Any, Any] = {}
        sent_as: dict[Any, Any] = {}
        for name, value in args.items():
            if name == "":
                continue
            parameter = self.argument_names.get(name)
            known = parameter.name if parameter else name
            before = folded.get(known)
            if before is not None and value is not None and value != before:
                other = sent_as[known] if name == known else name
                raise BadRequest(
                    f"Conflicting values for `{known}` and `{other}` in JSON DATA",
                    Fault.of(args[other], f"the value of {known}, or none", other),
                )
            folded[known] = before if value is None else value
            sent_as[known] = name
        return folded


class Methods:
    """The methods of one plugin, in the order they are declared."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._methods: list[Method] = []

    def __iter__(self) -> Iterator[Method]:
        return iter(self._methods)

    def __len__(self) -> int:
        return len(self._methods)

    def in_db(
        self,
        *,
        needs: Needs | None,
        writes: bool = False,
        name: str = "",
        aliases: tuple[str, ...] = (),
        argument_aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[Function], Function]:
        """A function of a ``DbJob``: it runs in a database thread, in one transaction.

        Args:
            needs: the permission a caller must have, or several; None: any valid key will do.
            writes: the transaction may change the database.
            name: the name on the wire, when it is not the function's.
            aliases: further names of the method.
            argument_aliases: further names of arguments.
        """
        return self._declare("db", needs, name, aliases, argument_aliases, writes=writes)

    def in_vcs(
        self,
        *,
        needs: Needs,
        name: str = "",
        aliases: tuple[str, ...] = (),
        argument_aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[Function], Function]:
        """A function of a ``VcsJob``: it reads a repository, in a VCS thread.

        ``needs`` must hold the ``repository.`` permission that it takes; the rest is as with
        ``in_db``.
        """
        return self._declare("vcs", needs, name, aliases, argument_aliases)

    def in_reactor(
        self,
        *,
        needs: Needs | None,
        name: str = "",
        aliases: tuple[str, ...] = (),
        argument_aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[Function], Function]:
        """An ``async`` function of a ``Call``: it runs in the reactor thread and awaits jobs."""
        return self._declare("reactor", needs, name, aliases, argument_aliases)

    def _declare(
        self,
        thread: Thread,
        needs: Needs | None,
        name: str,
        aliases: tuple[str, ...],
        argument_aliases: Mapping[str, tuple[str, ...]] | None,
        *,
        writes: bool = False,
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            wire_name = name or function.__name__
            if any(each.startswith("_") for each in (wire_name, *aliases)):
                raise DeclarationError(f"{wire_name}: a name with `_` in front is never called")
            if inspect.iscoroutinefunction(function) != (thread == "reactor"):
                raise DeclarationError(f"{wire_name}: `async def` is in_reactor's, and only its")
            if not inspect.getdoc(function):
                raise DeclarationError(f"{wire_name}: a method is documented by its docstring")
            parameters = parameters_of(function, _FIRST[thread], argument_aliases or {})
            self._methods.append(
                Method(
                    name=wire_name,
                    aliases=aliases,
                    plugin=self.plugin,
                    function=function,
                    thread=thread,
                    needs=_needs(wire_name, thread, needs, parameters),
                    writes=writes,
                    parameters=parameters,
                    argument_names=argument_names(wire_name, parameters),
                )
            )
            return function

        return declare


def _needs(
    method: str, thread: Thread, needs: Needs | None, parameters: tuple[Parameter, ...]
) -> tuple[str, ...]:
    """The names of the permissions; refuses what is mistyped, or about an object nobody names."""
    names = (needs,) if isinstance(needs, str) else needs or ()
    idents = {each.name for each in parameters if each.required and each.hint is Ident}
    for name in names:
        if name in LEVEL_NAMES:
            kind, _ = LEVEL_NAMES[name]
            if kind.argument not in idents:
                raise DeclarationError(f"{method}: {name} asks for an Ident {kind.argument}")
        elif name.startswith(_RESERVED) and name not in GLOBAL_NAMES:
            raise DeclarationError(f"{method}: no permission is called {name}")
    if thread == "vcs" and not any(name.startswith("repository.") for name in names):
        raise DeclarationError(f"{method}: in_vcs needs a repository permission")
    return names
