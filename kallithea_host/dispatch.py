"""One call: find the method, bind its arguments, ask for permission, run it.

Knows neither HTTP nor JSON. A call of a database method crosses into a thread once: key,
permission and work share one job, one transaction. A refusal that was found before (no such
method, an argument missing) is carried into that job, because a bad key is told about first.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from twisted.logger import Logger

from kallithea_host import auth
from kallithea_host.errors import ApiError, InternalError, NoSuchMethod
from kallithea_host.jobs import Call, DbJob, ThenVcs, VcsJob
from kallithea_host.kinds import LEVEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from kallithea_host.auth import Caller
    from kallithea_host.dialects import Request
    from kallithea_host.host import Host
    from kallithea_host.methods import Method

INTERNAL_ERROR: Final = "Internal server error"
ENCODING_ERROR: Final = "Error encoding response"
STRUCK: Final = "*****"
LOGGED: Final = 100
"""Characters of a method's name or a request's id that are logged at most."""

_log: Final = Logger()


class _NoTarget:
    """What ``job.target`` is for a method whose permission is about no object."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this method's permission is about no object, so it has no {name}")


NO_TARGET: Final[Any] = _NoTarget()


@dataclass(frozen=True, slots=True)
class Bound:
    """A method and its arguments, ready to run."""

    method: Method
    arguments: Mapping[str, Any] = field(repr=False)


class _UnfitResult(Exception):
    """What a method returned cannot be sent."""


class Dispatcher:
    """Runs requests. ``encode`` turns a result into what is sent, in the job's own thread."""

    def __init__(self, host: Host, encode: Callable[[Any], Any]) -> None:
        self._host = host
        self._encode = encode
        self._methods = host.registry.methods

    async def dispatch(self, request: Request) -> Any:
        """The finished result of a request; raises ``ApiError`` with the text for the client."""
        if isinstance(request.args, list):
            request = self._named(request, request.args)
        try:
            return await self._run(self._bind(request), request)
        except ApiError:
            raise
        except Exception as error:  # a bug: told in full to the log, in two words to the client
            _tell_log(error, request)
            unfit = isinstance(error, _UnfitResult)
            raise InternalError(ENCODING_ERROR if unfit else INTERNAL_ERROR) from error

    def _named(self, request: Request, values: Sequence[Any]) -> Request:
        """The same request with names for arguments that were sent by position."""
        name = request.method
        method = self._methods.get(name) if isinstance(name, str) else None
        return replace(request, args=method.by_name(values) if method else {})

    def _bind(self, request: Request) -> Bound | ApiError:
        try:
            method = self._find(request.method)
            return Bound(method, method.bind(request.by_name))
        except ApiError as refusal:
            return refusal

    def _find(self, name: Any) -> Method:
        if not isinstance(name, str):
            text = f"No such method: {msgspec.json.encode(name).decode()}"
            raise NoSuchMethod(text, name, self._methods)
        if name.startswith("_"):
            raise NoSuchMethod("Method not allowed", name, self._methods)
        try:
            return self._methods[name]
        except KeyError:
            raise NoSuchMethod(f"No such method: {name}", name, self._methods) from None

    async def _run(self, bound: Bound | ApiError, request: Request) -> Any:
        jobs = self._host.jobs
        if isinstance(bound, ApiError):
            return await jobs.read(self._refuse, request, bound)
        if bound.method.thread == "db":
            run = jobs.write if bound.method.writes else jobs.read
            result = await run(self._run_in_db, bound, request)
            return await jobs.vcs(result) if isinstance(result, partial) else result
        caller, target = await jobs.read(self._admit, bound, request)
        if bound.method.thread == "vcs":
            function = partial(bound.method.function, **bound.arguments)
            return await jobs.vcs(self._run_in_vcs, caller, target, function)
        call = Call(caller, self._host, target)
        return self._finish(await bound.method.function(call, **bound.arguments))

    def _refuse(self, request: Request, refusal: ApiError) -> None:
        with self._host.database.read() as db:
            self._identify(db, request)
        raise refusal

    def _run_in_db(self, bound: Bound, request: Request) -> Any:
        door = self._host.database.write if bound.method.writes else self._host.database.read
        with door() as db:
            caller = self._identify(db, request)
            target = self._permit(db, caller, bound)
            job = DbJob(db, caller, self._host, target)
            result = bound.method.function(job, **bound.arguments)
            if isinstance(result, ThenVcs):
                result = partial(self._run_in_vcs, caller, target, result.function, result.args)
            else:
                result = self._finish(result)
        job.run_effects()
        return result

    def _admit(self, bound: Bound, request: Request) -> tuple[Caller, Row[Any]]:
        with self._host.database.read() as db:
            caller = self._identify(db, request)
            return caller, self._permit(db, caller, bound)

    def _run_in_vcs(
        self,
        caller: Caller,
        target: Row[Any],
        function: Callable[..., Any],
        args: Sequence[Any] = (),
    ) -> Any:
        job = VcsJob(caller, self._host, self._host.repository(target))
        return self._finish(function(job, *args))

    def _finish(self, result: Any) -> Any:
        try:
            return self._encode(result)
        except (TypeError, ValueError, RecursionError) as error:
            raise _UnfitResult(str(error)) from error

    def _identify(self, db: Connection, request: Request) -> Caller:
        caller = auth.identify(db, self._host.vault, request.key, request.address)
        self._host.key_usage.note(caller.key_id)
        return caller

    def _permit(self, db: Connection, caller: Caller, bound: Bound) -> Row[Any]:
        """The one gate: every permission that the method declares; the object it is about."""
        target: Row[Any] = NO_TARGET
        for name in bound.method.needs:
            if name in LEVEL_NAMES:
                kind, level = LEVEL_NAMES[name]
                ident = bound.arguments[kind.argument]
                target = self._host.permissions.get(db, caller, kind, ident, level)
            else:
                self._host.permissions.require(db, caller, name)
        return target


def _tell_log(error: Exception, request: Request) -> None:
    """Write down a bug with its traceback, and without the key and the passwords of the call."""
    told = "".join(traceback.format_exception(error))
    for secret in request.secrets():
        told = told.replace(secret, STRUCK)
    _log.error(
        "{method} failed (request {request_id})\n{traceback}",
        method=msgspec.json.encode(request.method).decode()[:LOGGED],
        request_id=request.id.decode()[:LOGGED],
        traceback=told,
    )
