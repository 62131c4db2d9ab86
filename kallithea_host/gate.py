"""The gate of the views: who asks, may the view be asked so, and is there such a repository.

Everything is decided here, in one database job, in this order: an address that is refused; a key
for a view that the whitelist does not open; a bad key, or none where one is needed; a repository
that does not exist or that the caller may not see, which are one and the same; a permission of
the whole server. Only then the view is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, or_, select

from kallithea_host import auth, schema
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.errors import Forbidden, NotAuthenticated, NotFound
from kallithea_host.kinds import REPOSITORY, Level

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, Row

    from kallithea_host.auth import Caller
    from kallithea_host.host import Host
    from kallithea_host.routes import Candidate
    from kallithea_host.views import View

NOT_OPEN: Final = "API keys do not open this page."
NOTHING: Final = "There is nothing here."
_ID_ALIAS: Final = re.compile(r"_([0-9]{1,18})", re.ASCII)


class NotOpen(Forbidden):
    """A key was sent for a view that keys do not open."""

    def __init__(self, *, bad_key: bool) -> None:
        super().__init__(NOT_OPEN)
        self.bad_key = bad_key


@dataclass(frozen=True, slots=True)
class Admitted:
    """Someone who may see what he asks for."""

    candidate: Candidate
    caller: Caller
    target: Row[Any]


class Gate:
    """Lets requests pass; its functions run in a database thread."""

    def __init__(self, host: Host, whitelist: Collection[str]) -> None:
        self._host = host
        self._whitelist = frozenset(whitelist)

    def admit(self, candidates: Sequence[Candidate], key: str | None, address: str) -> Admitted:
        """The view that is meant, and for whom; raises the ``ApiError`` that refuses it.

        Args:
            candidates: what the path may mean; not empty.
            key: the API key that was sent, an empty one included; None when there was none.
            address: the client's.
        """
        with self._host.database.read() as db:
            caller = self._identify(db, candidates, key, address)
            chosen, target = self._found(db, caller, candidates)
            self._check_way(chosen.view, key)
            for permission in chosen.view.global_needs:
                self._host.permissions.require(db, caller, permission)
        return Admitted(chosen, caller, target)

    def _identify(
        self, db: Connection, candidates: Sequence[Candidate], key: str | None, address: str
    ) -> Caller:
        """Who asks; whether a key may be used at all is told before whether it is a good one."""
        opened = key is None or any(self._opens(candidate.view) for candidate in candidates)
        try:
            caller = self._caller(db, key, address)
        except NotAuthenticated as refusal:
            if opened:
                raise
            raise NotOpen(bad_key=True) from refusal
        if not opened:
            raise NotOpen(bad_key=False)
        return caller

    def _caller(self, db: Connection, key: str | None, address: str) -> Caller:
        if key is None:
            return auth.anonymous(db, address)
        caller = auth.identify(db, self._host.vault, key, address)
        self._host.key_usage.note(caller.key_id)
        return caller

    def _opens(self, view: View) -> bool:
        return view.always_open or view.name in self._whitelist

    def _check_way(self, view: View, key: str | None) -> None:
        """What some candidate allows, the one that was meant may not."""
        if key is not None and not self._opens(view):
            raise NotOpen(bad_key=False)
        if key is None and not view.to_anonymous:
            raise NotAuthenticated(auth.KEY_NEEDED)

    def _found(
        self, db: Connection, caller: Caller, candidates: Sequence[Candidate]
    ) -> tuple[Candidate, Row[Any]]:
        """The first candidate whose repository is there for this caller; one statement."""
        if not candidates[0].view.of_repository:
            return candidates[0], NO_TARGET
        levels = sorted({candidate.view.level for candidate in candidates})
        wanted = [(REPOSITORY, level) for level in levels]
        named = _named(candidates, levels)
        rows = self._host.permissions.select(db, caller, _readable, *wanted, **named).all()
        by_name = {row.repo_name: row for row in rows}
        by_id = {row.repo_id: row for row in rows}
        for candidate in candidates:
            row = by_name.get(candidate.repository) or by_id.get(_alias(candidate))
            if row is not None:
                return candidate, row
        raise NotFound(NOTHING)


def _readable(*allowed: ColumnElement[bool]) -> Select[Any]:
    """The repositories among those that are named, for each level in turn, with that level."""
    repositories = schema.repositories
    among = [
        and_(
            or_(
                repositories.c.repo_name.in_(bindparam(f"names{number}", expanding=True)),
                repositories.c.repo_id == bindparam(f"id{number}", type_=BigInteger),
            ),
            condition,
        )
        for number, condition in enumerate(allowed)
    ]
    return select(repositories).where(~repositories.c.pending, or_(*among))


def _named(candidates: Sequence[Candidate], levels: Sequence[Level]) -> dict[str, Any]:
    """The parameters of ``_readable``; no two candidates are about one name or id."""
    parameters: dict[str, Any] = {}
    for number, level in enumerate(levels):
        those = [candidate for candidate in candidates if candidate.view.level == level]
        parameters[f"names{number}"] = [candidate.repository for candidate in those]
        parameters[f"id{number}"] = max(map(_alias, those))
    return parameters


def _alias(candidate: Candidate) -> int:
    """The id of the repository, where ``_<id>`` stands for its name; else one that none has."""
    found = _ID_ALIAS.fullmatch(candidate.repository)
    return int(found[1]) if found else 0
