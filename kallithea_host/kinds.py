"""The kinds of objects that permissions are granted on, and the names of all permissions.

``hg.…`` names are global; ``repository.``, ``group.`` and ``usergroup.`` names are a level on an
object of that kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from kallithea_host import schema
from kallithea_host.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

    from kallithea_host.arguments import Ident

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
