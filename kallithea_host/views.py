"""Declaring the views of a plugin: pages for programs, fetched by GET with a key or without.

A plugin makes one ``Views`` and decorates ``async`` functions, which run in the reactor thread
and await jobs as methods of ``in_reactor`` do::

    views = Views("repos")

    @views.of_repository("FilesController:raw", "raw/{revision}/{path...}", needs="repository.read")
    async def raw(call: ViewCall, revision: str, path: str) -> Reply:
        \"\"\"A file as it is.\"\"\"
        return Reply(body=await call.look(_content, revision, path))

Every request passes the gate (``gate.Gate``) before the function is called: the function finds the
caller, and the repository that he may read, in its ``ViewCall``. It answers with a ``Reply``, or
refuses by raising ``NotFound``, ``BadRequest``, ``Forbidden`` or ``Busy``, whose text the client
reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from twisted.internet.defer import CancelledError, Deferred

from kallithea_host import schema
from kallithea_host.files import File, FileStat
from kallithea_host.jobs import Call, Repository, VcsJob
from kallithea_host.kinds import GLOBAL_NAMES, LEVEL_NAMES, REPOSITORY, Level
from kallithea_host.replies import ClientLeft
from kallithea_host.routes import SITE, BadPattern, Pattern
from kallithea_host.signatures import DeclarationError
from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host.replies import Body, Reply
    from kallithea_host.streaming import Operation

Needs = str | tuple[str, ...]
ViewFunction = Callable[..., Awaitable["Reply"]]
Function = TypeVar("Function", bound=ViewFunction)
Result = TypeVar("Result")

_LEVELS: Final = {
    name: level
    for name, (kind, level) in LEVEL_NAMES.items()
    if kind is REPOSITORY and level > Level.NONE
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCall(Call):
    """A request for a view that has passed the gate; ``target`` is the repository's row."""

    base_url: str
    """Where the server is, as its clients see it: ``https://hg.example.org``; no slash follows."""
    path: str
    """The path of the URL that was asked for, percent-encoded; the query is not in it."""
    query: Mapping[str, str]
    """The parameters of the URL, the first of each name; the key is not among them."""
    when_left: Callable[[Callable[[], object]], object] = field(default=lambda _: None)
    """Has a function called if the client leaves before he is answered, or has left."""
    head: bool = False
    """Only the headers are asked for."""
    known_etags: frozenset[str] = frozenset()
    """The etags of what the client has already; ``*`` for anything."""

    @property
    def repository(self) -> Repository:
        """The repository that the view is about, as jobs know it."""
        return self.host.repository(self.target)

    def look(self, function: Callable[..., Result], *args: Any) -> Awaitable[Result]:
        """``function(job, …)`` in a VCS thread, with a ``VcsJob`` for the repository."""
        return self.vcs(function, VcsJob(self.caller, self.host, self.repository), *args)

    @property
    def anonymous(self) -> bool:
        """Whether nobody says who he is."""
        return self.caller.user_id == schema.default_user_id

    def knows(self, etag: str) -> bool:
        """Whether the client has this already; ``Reply(body=None, etag=…)`` then tells it so."""
        return bool(self.known_etags & {etag, "*"})

    async def stream(self, operation: Operation, *arguments: Any, **options: Any) -> Body:
        """What the repository's backend makes piece by piece, as ``Host.stream`` gives it.

        The work ends when the client leaves; then ``ClientLeft`` is raised.
        """
        made = self.host.stream(self.repository, operation, *arguments, **options)
        opening = Deferred.fromCoroutine(made)
        self.when_left(opening.cancel)
        try:
            return await opening
        except CancelledError:
            raise ClientLeft("before anything was made") from None

    async def file(self, raw_id: str, name: str) -> File:
        """Size and kind of a file, which a child process reads."""
        return await self._answer(File, "file", raw_id, name)

    async def stats(self, raw_id: str) -> list[FileStat]:
        """What a changeset did to each file, as a child process counts it."""
        return await self._answer(list[FileStat], "stats", raw_id)

    async def _answer(self, kind: type[Result], operation: Operation, *arguments: Any) -> Result:
        body = await self.stream(operation, *arguments)
        if not isinstance(body, bytes):
            body.discard()
            raise VcsError(f"there is too much to tell: {operation}")
        return msgspec.json.decode(body, type=kind)

    def wants(self, etag: str) -> bool:
        """Whether a body of this etag is going to be read; else ``Reply(body=None, …)`` will do."""
        return not self.head and not self.knows(etag)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class View:
    """A view as its plugin declared it; one that would get around the gate cannot be made."""

    name: str
    """What the whitelist calls it: ``Controller:action``."""
    plugin: str
    function: ViewFunction
    patterns: tuple[Pattern, ...]
    of_repository: bool
    """Whether its path begins with a repository's name."""
    needs: tuple[str, ...]
    """Permissions, all of which the caller must have."""
    always_open: bool
    """API keys open it although the whitelist does not name it."""
    to_anonymous: bool
    """It may be asked for without a key, where anonymous access is on."""

    def __post_init__(self) -> None:
        if not inspect.iscoroutinefunction(self.function):
            raise DeclarationError(f"{self.name}: a view is an `async def`")
        if not inspect.getdoc(self.function):
            raise DeclarationError(f"{self.name}: a view is documented by its docstring")
        self._check_patterns()
        self._check_needs()

    def _check_patterns(self) -> None:
        if not self.patterns:
            raise DeclarationError(f"{self.name}: a view has a URL")
        _, *arguments = inspect.signature(self.function).parameters
        for pattern in self.patterns:
            if set(pattern.names) != set(arguments):
                raise DeclarationError(
                    f"{self.name}: {pattern.text} does not name the parameters of the function"
                )
            if (pattern.elements[0] == SITE) == self.of_repository:
                place = f"below {SITE}" if not self.of_repository else "in a repository"
                raise DeclarationError(f"{self.name}: {pattern.text} does not lie {place}")

    def _check_needs(self) -> None:
        for name in self.needs:
            levelled = name in LEVEL_NAMES
            if (levelled and not (self.of_repository and name in _LEVELS)) or (
                name.startswith("hg.") and name not in GLOBAL_NAMES
            ):
                raise DeclarationError(f"{self.name}: {name} is no permission on what it shows")
        if self.of_repository and not self.level:
            raise DeclarationError(f"{self.name}: needs no permission on its repository")

    @property
    def level(self) -> Level:
        """What the caller must at least have on the repository."""
        return max((_LEVELS[name] for name in self.needs if name in _LEVELS), default=Level.NONE)

    @property
    def global_needs(self) -> tuple[str, ...]:
        """The permissions that are about no repository."""
        return tuple(name for name in self.needs if name not in _LEVELS)

    @property
    def documentation(self) -> str:
        """The docstring, without its indentation."""
        return inspect.getdoc(self.function) or ""


class Views:
    """The views of one plugin, in the order they are declared."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._views: list[View] = []

    def __iter__(self) -> Iterator[View]:
        return iter(self._views)

    def of_repository(
        self,
        name: str,
        *urls: str,
        needs: Needs = (),
        always_open: bool = False,
        to_anonymous: bool = True,
    ) -> Callable[[Function], Function]:
        """A view of a repository, at ``/<repository>/<url>``.

        Args:
            name: what the whitelist calls it, ``Controller:action``.
            urls: patterns (``routes.Pattern``); their placeholders are the function's arguments.
            needs: the permission the caller must have, or several; one is on the repository.
            always_open: API keys open it although the whitelist does not name it.
            to_anonymous: it may be asked for without a key, where anonymous access is on.
        """
        return self._declare(
            name,
            urls,
            needs,
            of_repository=True,
            always_open=always_open,
            to_anonymous=to_anonymous,
        )

    def of_site(
        self,
        name: str,
        *urls: str,
        needs: Needs | None = (),
        always_open: bool = False,
        to_anonymous: bool = True,
    ) -> Callable[[Function], Function]:
        """A view that is about no single repository, at ``/_admin/…``.

        ``needs`` are global permissions; None: everybody may ask. What it shows of repositories is
        narrowed down by its own statements, to what ``permissions.condition`` allows. The rest is
        as with ``of_repository``; the URLs begin with ``_admin/``.
        """
        if needs == ():
            raise DeclarationError(f"{name}: it is not said what a view needs")
        return self._declare(
            name,
            urls,
            needs,
            of_repository=False,
            always_open=always_open,
            to_anonymous=to_anonymous,
        )

    def _declare(
        self, name: str, urls: tuple[str, ...], needs: Needs | None, **more: Any
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            try:
                patterns = tuple(map(Pattern, urls))
            except BadPattern as error:
                raise DeclarationError(f"{name}: {error}") from error
            needed = (needs,) if isinstance(needs, str) else needs or ()
            self._views.append(
                View(
                    name=name,
                    plugin=self.plugin,
                    function=function,
                    patterns=patterns,
                    needs=needed,
                    **more,
                )
            )
            return function

        return declare
