"""Who was granted what: one table for each pair of grantee and kind of object, and global names."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import CheckConstraint, Column, SmallInteger, Table, UniqueConstraint

from kallithea_host.schema.base import Text, key, metadata, reference

default_user_id: Final = 1
"""The user whose rows hold for everybody who has no row of his own."""


class Grants(NamedTuple):
    """The two tables of rows on one kind of object. Both have ``object_id`` and ``level``."""

    users: Table
    """Rows of users: ``user_id``."""
    user_groups: Table
    """Rows of user groups: ``users_group_id``."""


def _rows(name: str, grantee: str, grantee_key: str, object_key: str) -> Table:
    return Table(
        name,
        metadata,
        key("grant_id"),
        reference(grantee, grantee_key),
        reference("object_id", object_key, index=True),
        Column("level", SmallInteger, nullable=False),
        UniqueConstraint(grantee, "object_id"),
        CheckConstraint("level IN (0, 1, 3, 4)", name="level"),
        sqlite_autoincrement=True,
    )


def _grants(kind: str, object_key: str) -> Grants:
    return Grants(
        _rows(f"user_{kind}_grants", "user_id", "users.user_id", object_key),
        _rows(
            f"user_group_{kind}_grants",
            "users_group_id",
            "user_groups.users_group_id",
            object_key,
        ),
    )


grants: Final = {
    "repository": _grants("repository", "repositories.repo_id"),
    "group": _grants("repository_group", "repository_groups.group_id"),
    "usergroup": _grants("user_group", "user_groups.users_group_id"),
}
"""The grants on each kind of object, by the prefix of its permission names."""

user_permissions = Table(
    "user_permissions",
    metadata,
    key("permission_id"),
    reference("user_id", "users.user_id"),
    Column("name", Text, nullable=False),
    UniqueConstraint("user_id", "name"),
    sqlite_autoincrement=True,
)
"""Global names of a user; those of ``default`` include what new objects give to everybody."""

user_group_permissions = Table(
    "user_group_permissions",
    metadata,
    key("permission_id"),
    reference("users_group_id", "user_groups.users_group_id"),
    Column("name", Text, nullable=False),
    UniqueConstraint("users_group_id", "name"),
    sqlite_autoincrement=True,
)
