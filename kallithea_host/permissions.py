"""The one gate: what a method needs, asked of the chain of checks that plugins contribute.

A permission is a name. ``hg.…`` names are global; ``repository.``, ``group.`` and ``usergroup.``
names are a level on an object of that kind. Each check has an opinion on it: yes, no, or none.
One no refuses; otherwise one yes allows; otherwise it is refused. On objects a check states its
opinion as an SQL expression that is true, false or NULL, so the object and the permission are
looked up in one statement, a list costs one query however long it is, and the two cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import and_, bindparam, case, exists, false, func, literal, or_, select, true

from kallithea_host import schema
from kallithea_host.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Row, Table

    from kallithea_host.arguments import Ident
    from kallithea_host.auth import Caller

DENIED: Final = "Access was denied to this resource."
ADMINISTRATOR: Final = "hg.admin"


class Level(IntEnum):
    """How much may be done with an object; the numbers are the weights of the released product."""

    NONE = 0
    READ = 1
    WRITE = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """The part of a permission name after the dot."""
        return self.name.lower()


@dataclass(frozen=True)
class Kind:
    """A kind of object that permissions are granted on."""

    prefix: str
    """What its permission names begin with: ``repository``."""
    argument: str
    """The argument of a method that names such an object."""
    noun: str
    """What error texts call it."""
    table: Table
    id: Column[int]
    name: Column[str]
    grants: schema.permissions.Grants

    def permission(self, level: int) -> str:
        """The name of a level on this kind: ``repository.read``."""
        return f"{self.prefix}.{Level(level).word}"

    def not_found(self, ident: Ident) -> NotFound:
        """The error of an object that is not there, or that the caller may not see."""
        return NotFound(f"{self.noun} `{ident}` does not exist")


REPOSITORY: Final = Kind(
    "repository",
    "repoid",
    "repository",
    schema.repositories,
    schema.repositories.c.repo_id,
    schema.repositories.c.repo_name,
    schema.grants["repository"],
)
REPOSITORY_GROUP: Final = Kind(
    "group",
    "repogroupid",
    "repository group",
    schema.repository_groups,
    schema.repository_groups.c.group_id,
    schema.repository_groups.c.group_name,
    schema.grants["group"],
)
USER_GROUP: Final = Kind(
    "usergroup",
    "usergroupid",
    "user group",
    schema.user_groups,
    schema.user_groups.c.users_group_id,
    schema.user_groups.c.group_name,
    schema.grants["usergroup"],
)
KINDS: Final = {kind.prefix: kind for kind in (REPOSITORY, REPOSITORY_GROUP, USER_GROUP)}

GLOBAL_PAIRS: Final = (
    ("hg.create.none", "hg.create.repository"),
    ("hg.fork.none", "hg.fork.repository"),
    ("hg.usergroup.create.false", "hg.usergroup.create.true"),
    ("hg.repogroup.create.false", "hg.repogroup.create.true"),
    ("hg.create.write_on_repogroup.false", "hg.create.write_on_repogroup.true"),
    ("hg.register.none", "hg.register.manual_activate", "hg.register.auto_activate"),
    ("hg.extern_activate.manual", "hg.extern_activate.auto"),
)
"""The global names, those of one choice together, the negative one first."""
GLOBAL_NAMES: Final = frozenset({ADMINISTRATOR}.union(*GLOBAL_PAIRS))
LEVEL_NAMES: Final = {
    kind.permission(level): (kind, level) for kind in KINDS.values() for level in Level
}

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
        """The opinion on having at least ``level`` on the rows of ``kind.table``."""
        return None

    def names(self, db: Connection, caller: Caller) -> Iterable[str]:  # noqa: ARG002
        """The global permissions that this check knows the caller to have, for results."""
        return ()


class Permissions:
    """The chain of all checks."""

    def __init__(self, checks: Iterable[PermissionCheck]) -> None:
        self._checks: Sequence[PermissionCheck] = tuple(checks)

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
        opinions = [check.may_on(db, caller, kind, level) for check in self._checks]
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

    def find(
        self, db: Connection, caller: Caller, kind: Kind, ident: Ident, level: Level
    ) -> Row[Any] | None:
        """The row of an object, or None when it does not exist or the caller lacks ``level``.

        Both answers come from the same single statement.
        """
        match = ident.match(kind.id, kind.name)
        if match is None:
            return None
        allowed = self.condition(db, caller, kind, level)
        found = select(kind.table).where(match, allowed)
        if kind is REPOSITORY:
            found = found.where(~schema.repositories.c.pending)
        return db.execute(found).first()

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
        level = case(
            *(
                (self.condition(db, caller, kind, level), int(level))
                for level in (Level.ADMIN, Level.WRITE, Level.READ)
            ),
            (_CONCERNED[kind.prefix], int(Level.NONE)),
        )
        listed = select(kind.name, level).order_by(kind.name)
        if kind is REPOSITORY:
            listed = listed.where(~schema.repositories.c.pending)
        rows = db.execute(listed, {"caller_id": caller.user_id})
        return {name: kind.permission(level) for name, level in rows if level is not None}


def _concerned(kind: Kind) -> ColumnElement[bool]:
    """The objects with a row of the user ``:caller_id``, of a group of his, or of ``default``."""
    users, groups = kind.grants
    members = schema.user_group_members
    caller_id: ColumnElement[int] = bindparam("caller_id")
    return or_(
        exists(users.c.object_id).where(
            users.c.object_id == kind.id,
            users.c.user_id.in_((schema.default_user_id, caller_id)),
        ),
        exists(groups.c.object_id).where(
            groups.c.object_id == kind.id,
            groups.c.users_group_id == members.c.users_group_id,
            members.c.user_id == caller_id,
        ),
    )


_CONCERNED: Final = {kind.prefix: _concerned(kind) for kind in KINDS.values()}
