"""What a function's signature says about the arguments of a method."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

from kallithea_host.arguments import Ident, Mismatch, convert, is_convertible
from kallithea_host.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOT_GIVEN: Final = inspect.Parameter.empty
_BY_NAME: Final = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}


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
        return self.default is NOT_GIVEN

    @property
    def takes_null(self) -> bool:
        """Whether null is a value of it; an id that is null names nothing, and is not missing."""
        return self.nullable or self.hint is Ident

    def value(self, given: Any) -> Any:
        """What the function gets for a sent value; raises ``BadRequest``."""
        if given is None and self.hint is not Ident:
            return None
        try:
            return convert(given, self.hint)
        except Mismatch as mismatch:
            raise BadRequest(
                f"Invalid value for `{self.name}` arg in JSON DATA: expected {mismatch}",
                mismatch.fault.below(self.name),
            ) from None


def parameters_of(
    function: Callable[..., Any], first_type: type, aliases: Mapping[str, Sequence[str]]
) -> tuple[Parameter, ...]:
    """The arguments that follow the first parameter; raises ``DeclarationError``."""
    name = function.__name__
    hints = _hints(function)
    declared = list(inspect.signature(function).parameters.values())
    if not declared or hints.get(declared[0].name) is not first_type:
        raise DeclarationError(f"{name}: the first parameter must be a {first_type.__name__}")
    rest = declared[1:]
    if unknown := set(aliases) - {parameter.name for parameter in rest}:
        raise DeclarationError(f"{name}: aliases of no argument: {', '.join(sorted(unknown))}")
    return tuple(_parameter(name, p, hints, tuple(aliases.get(p.name, ()))) for p in rest)


def argument_names(function: str, parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    """The parameters by every name they go by; raises ``DeclarationError`` if two share one."""
    names: dict[str, Parameter] = {}
    for parameter in parameters:
        for name in (parameter.name, *parameter.aliases):
            if name in names:
                raise DeclarationError(f"{function}: two arguments are called {name}")
            names[name] = parameter
    return names


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except NameError as error:
        raise DeclarationError(
            f"{function.__name__}: the types of a signature are imported at run time: {error}"
        ) from None


def _parameter(
    function: str, declared: inspect.Parameter, hints: Mapping[str, Any], aliases: tuple[str, ...]
) -> Parameter:
    name = declared.name
    if declared.kind not in _BY_NAME:
        raise DeclarationError(f"{function}: the argument {name} cannot be given by name")
    if name not in hints:
        raise DeclarationError(f"{function}: the argument {name} has no type")
    hint, nullable = _without_null(hints[name])
    if not is_convertible(hint):
        raise DeclarationError(f"{function}: the argument {name} has a type that is not JSON's")
    return Parameter(name, hint, nullable, declared.default, aliases)


def _without_null(hint: Any) -> tuple[Any, bool]:
    """The type of an argument without its null, and whether it had one."""
    members = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    others = tuple(member for member in members if member is not NoneType)
    nullable = len(others) < len(members)
    return (others[0], nullable) if len(others) == 1 else (hint, nullable)
