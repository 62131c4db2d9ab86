"""The one gate: what a method needs, asked of the chain of checks that plugins contribute.

Each check has an opinion on a permission: yes, no, or none. One no refuses; otherwise one yes
allows; otherwise it is refused. On objects a check states its opinion as an SQL expression that is
true, false or NULL, so the object and the permission are looked up in one statement, a list costs
one query however long it is, and the two cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.visitors import replacement_traverse

from kallithea_host import schema
from kallithea_host.errors import Forbidden
from kallithea_host.kinds import GLOBAL_NAMES, KINDS, REPOSITORY, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Executable, Result, Row, Select

    from kallithea_host.arguments import Ident
    from kallithea_host.auth import Caller
    from kallithea_host.kinds import Kind

DENIED: Final = "Access was denied to this resource."
CALLER_ID: Final = bindparam("caller_id", type_=BigInteger)
"""The id of the caller in the opinion of a check; it is filled in when the statement runs."""
MOST_PREPARED: Final = 500
"""Statements that are kept."""
_SHOWN: Final = (Level.ADMIN, Level.WRITE, Level.READ)

Opinion: TypeAlias = "ColumnElement[bool] | bool | None"
"""Yes, no, no opinion; or an SQL expression over the kind's table that is one of these."""


class PermissionCheck:
    """What a plugin contributes through ``kallithea_permission_checks``; has no opinion itself.

    The functions run in a database thread, once for a call.
    """

    def may(self, db: Connection, caller: Caller, permission: str) -> bool | None:  # noqa: ARG002
        """The opinion on a global permission."""
        return None

    def may_on(self, db: Connection, caller: Caller, kind: Kind, level: Level) -> Opinion:  # noqa: ARG002
        """The opinion on having at least ``level`` on the rows of ``kind.table``.

        An expression may use ``CALLER_ID``, and is best the same object at every call: statements
        made with it are then kept.
        """
        return None

    def names(self, db: Connection, caller: Caller) -> Iterable[str]:  # noqa: ARG002
        """The global permissions that this check knows the caller to have, for results."""
        return ()


class Permissions:
    """The chain of all checks."""

    def __init__(self, checks: Iterable[PermissionCheck]) -> None:
        self._checks: Sequence[PermissionCheck] = tuple(checks)
        self._prepared = _Prepared()

    def allows(self, db: Connection, caller: Caller, permission: str) -> bool:
        """Whether the caller has a global permission."""
        opinions = {check.may(db, caller, permission) for check in self._checks}
        return True in opinions and False not in opinions

    def require(self, db: Connection, caller: Caller, permission: str) -> None:
        """Raise ``Forbidden`` unless the caller has a global permission."""
        if not self.allows(db, caller, permission):
            raise Forbidden(DENIED)

    def global_names(self, db: Connection, caller: Caller) -> list[str]:
        """The names of the caller's global permissions, sorted, without those a check refuses."""
        known = {name for check in self._checks for name in check.names(db, caller)}
        refused = {
            name
            for check in self._checks
            for name in known & GLOBAL_NAMES
            if check.may(db, caller, name) is False
        }
        return sorted(known - refused)

    def condition(
        self, db: Connection, caller: Caller, kind: Kind, level: Level
    ) -> ColumnElement[bool]:
        """The rows of ``kind.table`` on which the caller has at least ``level``."""
        allowed = _combined(self._opinions(db, caller, kind, level))
        caller_id = literal(caller.user_id, BigInteger)

        def filled_in(element: object, **_: Any) -> Any:
            return caller_id if element is CALLER_ID else None

        return replacement_traverse(allowed, {}, filled_in)

    def select(
        self,
        db: Connection,
        caller: Caller,
        make: Callable[..., Select[Any]],
        *wanted: tuple[Kind, Level],
        **parameters: Any,
    ) -> Result[Any]:
        """Run a statement about objects that the caller has some level on.

        Args:
            db: the connection.
            caller: whose levels count.
            make: a function at the top of a module, which puts the statement together from one
                condition for each of ``wanted``; what it makes is kept.
            wanted: kinds and levels.
            parameters: values of the statement's further bind parameters.
        """
        opinions = [self._opinions(db, caller, kind, level) for kind, level in wanted]
        statement = self._prepared.get(
            (make, wanted), opinions, lambda: make(*(_combined(stated) for stated in opinions))
        )
        return db.execute(statement, {**parameters, CALLER_ID.key: caller.user_id})

    def _opinions(
        self, db: Connection, caller: Caller, kind: Kind, level: Level
    ) -> tuple[Opinion, ...]:
        return tuple(check.may_on(db, caller, kind, level) for check in self._checks)

    def find(
        self, db: Connection, caller: Caller, kind: Kind, ident: Ident, level: Level
    ) -> Row[Any] | None:
        """The row of an object, or None when it does not exist or the caller lacks ``level``.

        Both answers come from the same single statement.
        """
        key = ident.key
        given = ident.name if key is None else key
        if given is None:
            return None
        column = kind.name if key is None else kind.id
        opinions = [self._opinions(db, caller, kind, level)]
        statement = self._prepared.get(
            ("find", column), opinions, lambda: _found(kind, column, _combined(*opinions))
        )
        return db.execute(statement, {"given": given, CALLER_ID.key: caller.user_id}).first()

    def get(
        self, db: Connection, caller: Caller, kind: Kind, ident: Ident, level: Level
    ) -> Row[Any]:
        """As ``find``; raises ``NotFound`` in the words of the API."""
        row = self.find(db, caller, kind, ident, level)
        if row is None:
            raise kind.not_found(ident)
        return row

    def effective(self, db: Connection, caller: Caller, kind: Kind) -> dict[str, str]:
        """The names of the objects of a kind, each with the name of the caller's permission on it.

        Objects that he cannot see are among them, with ``.none``, as long as a row concerns him:
        his own, a group's of his, or that of ``default``.
        """
        return self._effective(db, caller, kind)[kind.prefix]

    def all_effective(self, db: Connection, caller: Caller) -> dict[str, dict[str, str]]:
        """As ``effective``, for every kind by its prefix; one statement."""
        return self._effective(db, caller, *KINDS.values())

    def _effective(self, db: Connection, caller: Caller, *kinds: Kind) -> dict[str, dict[str, str]]:
        opinions = [self._opinions(db, caller, kind, level) for kind in kinds for level in _SHOWN]
        statement = self._prepared.get(
            ("effective", kinds),
            opinions,
            lambda: _levels(kinds, [_combined(stated) for stated in opinions]),
        )
        found: dict[str, dict[str, str]] = {kind.prefix: {} for kind in kinds}
        for prefix, name, level in db.execute(statement, {CALLER_ID.key: caller.user_id}):
            if level is not None:
                found[prefix][name] = KINDS[prefix].permission(level)
        return found


class _Prepared:
    """Statements by the opinions they are made of: putting one together costs more than running it.

    A check that states its opinions by the same objects every time lets them be used again.
    """

    def __init__(self) -> None:
        self._made: dict[Any, tuple[object, Executable]] = {}

    def get(
        self,
        what: Hashable,
        opinions: Sequence[tuple[Opinion, ...]],
        make: Callable[[], Executable],
    ) -> Executable:
        """The statement ``what`` for these opinions, which are kept: their ids stay theirs."""
        key = (what, *(id(opinion) for stated in opinions for opinion in stated))
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MOST_PREPARED:
                self._made.clear()
            found = self._made[key] = (opinions, make())
        return found[1]


def constant(number: int) -> ColumnElement[int]:
    """A number of ours, written into a statement: each bound parameter costs time at every run."""
    return literal_column(str(int(number)), BigInteger)


def _combined(opinions: Iterable[Opinion]) -> ColumnElement[bool]:
    """One no refuses; otherwise one yes allows; otherwise it is refused."""
    stated = [opinion for opinion in opinions if opinion is not None]
    if all(opinion is True for opinion in stated):
        return true() if stated else false()
    terms = [literal(term) if isinstance(term, bool) else term for term in stated]
    if len(terms) == 1:
        return func.coalesce(terms[0], false())
    return and_(
        *(func.coalesce(term, true()) for term in terms),
        or_(*(func.coalesce(term, false()) for term in terms)),
    )


def _found(kind: Kind, column: Column[Any], allowed: ColumnElement[bool]) -> Select[Any]:
    return select(kind.table).where(column == bindparam("given"), allowed, *_final(kind))


def _final(kind: Kind) -> list[ColumnElement[bool]]:
    """What keeps repositories that are still being made from being seen."""
    return [~schema.repositories.c.pending] if kind is REPOSITORY else []


def _levels(kinds: Sequence[Kind], allowed: Sequence[ColumnElement[bool]]) -> Executable:
    """For each kind in turn: the names of its objects, and the highest level that is allowed."""
    of_kinds = []
    for number, kind in enumerate(kinds):
        conditions = allowed[number * len(_SHOWN) :]
        highest = zip(conditions, map(constant, _SHOWN), strict=False)
        level = case(*highest, (_concerned(kind), constant(Level.NONE)))
        name = kind.name.label("name")
        of_kinds.append(select(literal(kind.prefix), name, level).where(*_final(kind)))
    return union_all(*of_kinds).order_by("name")


def _concerned(kind: Kind) -> ColumnElement[bool]:
    """The objects with a row of the caller, of a group of his, or of ``default``."""
    users, groups = kind.grants
    members = schema.user_group_members
    return or_(
        exists(users.c.object_id).where(
            users.c.object_id == kind.id,
            users.c.user_id.in_((constant(schema.default_user_id), CALLER_ID)),
        ),
        exists(groups.c.object_id).where(
            groups.c.object_id == kind.id,
            groups.c.users_group_id == members.c.users_group_id,
            members.c.user_id == CALLER_ID,
        ),
    )
