"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")

TABLES = (
    "users",
    "emails",
    "api_keys",
    "user_addresses",
    "user_permissions",
    "user_groups",
    "user_group_members",
    "user_group_permissions",
    "repository_groups",
    "repositories",
    "user_repository_grants",
    "user_group_repository_grants",
    "user_repository_group_grants",
    "user_group_repository_group_grants",
    "user_user_group_grants",
    "user_group_user_group_grants",
    "followers",
    "journal",
    "settings",
    "intents",
    "trash",
)
"""In the order in which they point to each other."""


def upgrade() -> None:
    """Make all tables."""
    _users()
    _user_groups()
    _repositories()
    _grants("user_repository_grants", "user_id", "users", "repositories.repo_id")
    _grants("user_group_repository_grants", "users_group_id", "user_groups", "repositories.repo_id")
    _grants("user_repository_group_grants", "user_id", "users", "repository_groups.group_id")
    _grants(
        "user_group_repository_group_grants",
        "users_group_id",
        "user_groups",
        "repository_groups.group_id",
    )
    _grants("user_user_group_grants", "user_id", "users", "user_groups.users_group_id")
    _grants(
        "user_group_user_group_grants",
        "users_group_id",
        "user_groups",
        "user_groups.users_group_id",
    )
    _journal()
    _state()


def downgrade() -> None:
    """Remove all tables."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, ID, primary_key=True, autoincrement=True)


def _reference(
    name: str, target: str, *, ondelete: str = "CASCADE", nullable: bool = False, **more: Any
) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(target, ondelete=ondelete), nullable=nullable, **more)


def _text(name: str, *, nullable: bool = False, **more: Any) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=nullable, **more)


def _optional_text(name: str) -> sa.Column[str]:
    return _text(name, server_default="")


def _flag(name: str, **more: Any) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, **more)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(), nullable=nullable)


def _only_one(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        [column],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _users() -> None:
    op.create_table(
        "users",
        _key("user_id"),
        _text("username", index=True),
        _text("username_key", unique=True),
        _text("password_hash", nullable=True),
        _optional_text("firstname"),
        _optional_text("lastname"),
        _flag("active"),
        _flag("admin"),
        _text("extern_type", server_default="internal"),
        _optional_text("extern_name"),
        _moment("last_login", nullable=True),
        _moment("created_on"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "emails",
        _key("email_id"),
        _reference("user_id", "users.user_id", index=True),
        _text("email"),
        _text("email_key", unique=True),
        _flag("is_primary"),
        sqlite_autoincrement=True,
    )
    _only_one("uq_emails_primary", "emails", "user_id", "is_primary")
    op.create_table(
        "api_keys",
        _key("key_id"),
        _reference("user_id", "users.user_id", index=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _flag("builtin"),
        _optional_text("description"),
        _moment("created_on"),
        _moment("expires_on", nullable=True),
        _moment("last_used_on", nullable=True),
        sqlite_autoincrement=True,
    )
    _only_one("uq_api_keys_builtin", "api_keys", "user_id", "builtin")
    op.create_table(
        "user_addresses",
        _key("address_id"),
        _reference("user_id", "users.user_id"),
        _text("network"),
        sa.UniqueConstraint("user_id", "network"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_permissions",
        _key("permission_id"),
        _reference("user_id", "users.user_id"),
        _text("name"),
        sa.UniqueConstraint("user_id", "name"),
        sqlite_autoincrement=True,
    )


def _user_groups() -> None:
    op.create_table(
        "user_groups",
        _key("users_group_id"),
        _text("group_name", index=True),
        _text("group_name_key", unique=True),
        _optional_text("group_description"),
        _flag("active"),
        _reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
        _moment("created_on"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_group_members",
        _reference("users_group_id", "user_groups.users_group_id"),
        _reference("user_id", "users.user_id", index=True),
        sa.PrimaryKeyConstraint("users_group_id", "user_id"),
    )
    op.create_table(
        "user_group_permissions",
        _key("permission_id"),
        _reference("users_group_id", "user_groups.users_group_id"),
        _text("name"),
        sa.UniqueConstraint("users_group_id", "name"),
        sqlite_autoincrement=True,
    )


def _repositories() -> None:
    op.create_table(
        "repository_groups",
        _key("group_id"),
        _text("group_name", index=True),
        _text("group_name_key", unique=True),
        _optional_text("group_description"),
        _pointer("parent_id", "repository_groups.group_id"),
        _reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
        _moment("created_on"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "repositories",
        _key("repo_id"),
        _text("repo_name", index=True),
        _text("repo_name_key", unique=True),
        _text("repo_type"),
        _optional_text("description"),
        _flag("private"),
        _reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
        _pointer("group_id", "repository_groups.group_id"),
        _pointer("fork_of_id", "repositories.repo_id"),
        _text("clone_uri", nullable=True),
        sa.Column("clone_uri_password", sa.LargeBinary()),
        _text("landing_rev"),
        _flag("enable_statistics", server_default=sa.false()),
        _flag("enable_downloads", server_default=sa.false()),
        _flag("enable_locking", server_default=sa.false()),
        _pointer("locked_by_id", "users.user_id", ondelete="SET NULL"),
        sa.Column("locked_at", sa.Float()),
        _flag("pending"),
        _moment("created_on"),
        _text("tip_id"),
        sa.Column("tip_revision", sa.BigInteger(), nullable=False),
        _text("tip_message"),
        _text("tip_author"),
        _moment("tip_date"),
        sqlite_autoincrement=True,
    )


def _pointer(name: str, target: str, ondelete: str = "RESTRICT") -> sa.Column[int]:
    return _reference(name, target, ondelete=ondelete, nullable=True, index=True)


def _grants(name: str, grantee: str, grantees: str, object_key: str) -> None:
    op.create_table(
        name,
        _key("grant_id"),
        _reference(grantee, f"{grantees}.{grantee}"),
        _reference("object_id", object_key, index=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.UniqueConstraint(grantee, "object_id"),
        sa.CheckConstraint("level IN (0, 1, 3, 4)", name="level"),
        sqlite_autoincrement=True,
    )


def _journal() -> None:
    op.create_table(
        "followers",
        _reference("user_id", "users.user_id"),
        _reference("repo_id", "repositories.repo_id", index=True),
        _moment("since"),
        sa.PrimaryKeyConstraint("user_id", "repo_id"),
    )
    op.create_table(
        "journal",
        _key("entry_id"),
        _pointer("user_id", "users.user_id", ondelete="SET NULL"),
        _text("username"),
        _pointer("repo_id", "repositories.repo_id", ondelete="SET NULL"),
        _text("repo_name"),
        _text("action"),
        _moment("at"),
        _optional_text("address"),
        sqlite_autoincrement=True,
    )


def _state() -> None:
    op.create_table("settings", _text("name", primary_key=True), _text("value"))
    op.create_table(
        "intents",
        _key("intent_id"),
        _text("action"),
        sa.Column("document", sa.JSON(), nullable=False),
        _moment("created_on"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trash",
        _key("entry_id"),
        _text("name"),
        sa.Column("document", sa.JSON(), nullable=False),
        _moment("deleted_on"),
        _text("deleted_by"),
        sqlite_autoincrement=True,
    )
