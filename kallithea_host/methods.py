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
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kallithea_host.arguments import Ident, Mismatch, convert
from kallithea_host.errors import BadRequest
from kallithea_host.jobs import Call, DbJob, VcsJob
from kallithea_host.permissions import GLOBAL_NAMES, LEVEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

Thread = Literal["db", "vcs", "reactor"]
Function = TypeVar("Function", bound=Callable[..., Any])

_FIRST: Final[dict[Thread, type]] = {"db": DbJob, "vcs": VcsJob, "reactor": Call}
_NOT_GIVEN: Final = inspect.Parameter.empty


class DeclarationError(Exception):
    """A plugin declared a method wrongly; the server does not start."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a method."""

    name: str
    hint: Any
    """The type of a value that is not null."""
    nullable: bool
    default: Any
    aliases: tuple[str, ...]

    @property
    def required(self) -> bool:
        """Whether the argument must be sent."""
        return self.default is _NOT_GIVEN

    def value(self, given: Any) -> Any:
        """What the function gets for a sent value that is not missing."""
        if given is None and self.hint is not Ident:
            return None
        try:
            return convert(given, self.hint)
        except Mismatch as mismatch:
            raise BadRequest(
                f"Invalid value for `{self.name}` arg in JSON DATA: expected {mismatch}"
            ) from None


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

    def bind(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments for the function; raises ``BadRequest``.

        Names are folded first; then a missing argument is told about, then unknown ones, then
        values that do not fit.
        """
        sent = self._fold(args)
        for parameter in self.parameters:
            given = sent.get(parameter.name)
            if given is None and parameter.required and not self._takes_null(parameter, sent):
                raise BadRequest(f"Missing non optional `{parameter.name}` arg in JSON DATA")
        if unknown := [name for name in sent if name not in self.argument_names]:
            names = ", ".join(f"`{name}`" for name in unknown)
            raise BadRequest(f"Unknown {names} arg in JSON DATA")
        return {
            parameter.name: parameter.value(sent[parameter.name])
            for parameter in self.parameters
            if parameter.name in sent and (sent[parameter.name] is not None or parameter.required)
        }

    @staticmethod
    def _takes_null(parameter: Parameter, sent: Mapping[str, Any]) -> bool:
        return parameter.name in sent and (parameter.nullable or parameter.hint is Ident)

    def _fold(self, args: Mapping[str, Any]) -> dict[str, Any]:
        folded: dict[str, Any] = {}
        sent_as: dict[str, str] = {}
        for name, value in args.items():
            if name == "":
                continue
            parameter = self.argument_names.get(name)
            known = parameter.name if parameter else name
            before = folded.get(known)
            if before is not None and value is not None and value != before:
                other = sent_as[known] if name == known else name
                raise BadRequest(f"Conflicting values for `{known}` and `{other}` in JSON DATA")
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
        needs: str | tuple[str, ...] | None,
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
        needs: str | tuple[str, ...],
        name: str = "",
        aliases: tuple[str, ...] = (),
        argument_aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[Function], Function]:
        """A function of a ``VcsJob``: it reads the repository that ``needs`` names, in a VCS thread.

        ``needs`` must hold a ``repository.`` permission; the arguments are as with ``in_db``.
        """
        return self._declare("vcs", needs, name, aliases, argument_aliases)

    def in_reactor(
        self,
        *,
        needs: str | tuple[str, ...] | None,
        name: str = "",
        aliases: tuple[str, ...] = (),
        argument_aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[Function], Function]:
        """An ``async`` function of a ``Call``: it runs in the reactor thread and awaits jobs."""
        return self._declare("reactor", needs, name, aliases, argument_aliases)

    def _declare(
        self,
        thread: Thread,
        needs: str | tuple[str, ...] | None,
        name: str,
        aliases: tuple[str, ...],
        argument_aliases: Mapping[str, tuple[str, ...]] | None,
        *,
        writes: bool = False,
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            parameters = _parameters(function, thread, argument_aliases or {})
            self._methods.append(
                Method(
                    name=name or function.__name__,
                    aliases=aliases,
                    plugin=self.plugin,
                    function=function,
                    thread=thread,
                    needs=_needs(function, thread, needs),
                    writes=writes,
                    parameters=parameters,
                    argument_names={n: p for p in parameters for n in (p.name, *p.aliases)},
                )
            )
            return function

        return declare


def _needs(
    function: Callable[..., Any], thread: Thread, needs: str | tuple[str, ...] | None
) -> tuple[str, ...]:
    names = (needs,) if isinstance(needs, str) else needs or ()
    for name in names:
        if name.startswith("hg.") and name not in GLOBAL_NAMES:
            raise DeclarationError(f"{function.__name__}: no permission is called {name}")
        if name.startswith(("repository.", "group.", "usergroup.")) and name not in LEVEL_NAMES:
            raise DeclarationError(f"{function.__name__}: no permission is called {name}")
    if thread == "vcs" and not any(name.startswith("repository.") for name in names):
        raise DeclarationError(f"{function.__name__}: in_vcs needs a repository permission")
    return names


def _parameters(
    function: Callable[..., Any], thread: Thread, aliases: Mapping[str, tuple[str, ...]]
) -> tuple[Parameter, ...]:
    name = function.__name__
    if inspect.iscoroutinefunction(function) != (thread == "reactor"):
        raise DeclarationError(f"{name}: `async def` is for in_reactor, and only for it")
    hints = get_type_hints(function)
    first, *rest = inspect.signature(function).parameters.values()
    if hints.get(first.name) is not _FIRST[thread]:
        raise DeclarationError(f"{name}: the first parameter must be a {_FIRST[thread].__name__}")
    if unknown := set(aliases) - {parameter.name for parameter in rest}:
        raise DeclarationError(f"{name}: aliases of no argument: {', '.join(sorted(unknown))}")
    if not inspect.getdoc(function):
        raise DeclarationError(f"{name}: the docstring is the method's documentation; it has none")
    return tuple(
        Parameter(p.name, *_hint(name, p.name, hints), p.default, aliases.get(p.name, ()))
        for p in rest
    )


def _hint(function: str, name: str, hints: Mapping[str, Any]) -> tuple[Any, bool]:
    """The type of an argument without its null, and whether it had one."""
    if name not in hints:
        raise DeclarationError(f"{function}: the argument {name} has no type")
    hint = hints[name]
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    members = [member for member in get_args(hint) if member is not NoneType]
    if len(members) == 1:
        return members[0], NoneType in get_args(hint)
    return Union[tuple(members)], NoneType in get_args(hint)  # noqa: UP007 - built, not written
