"""Repositories and the groups they lie in."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    LargeBinary,
    Table,
    false,
)

from kallithea_host.schema.base import Text, key, metadata, reference

repository_groups = Table(
    "repository_groups",
    metadata,
    key("group_id"),
    Column("group_name", Text, nullable=False, index=True),
    Column("group_name_key", Text, nullable=False, unique=True),
    Column("group_description", Text, nullable=False, server_default=""),
    reference(
        "parent_id",
        "repository_groups.group_id",
        ondelete="RESTRICT",
        nullable=True,
        index=True,
    ),
    reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
    Column("created_on", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""``group_name`` is the full path; each group is a directory below the repository root."""

repositories = Table(
    "repositories",
    metadata,
    key("repo_id"),
    Column("repo_name", Text, nullable=False, index=True),
    Column("repo_name_key", Text, nullable=False, unique=True),
    Column("repo_type", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("private", Boolean, nullable=False),
    reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
    reference(
        "group_id",
        "repository_groups.group_id",
        ondelete="RESTRICT",
        nullable=True,
        index=True,
    ),
    reference("fork_of_id", "repositories.repo_id", ondelete="RESTRICT", nullable=True, index=True),
    Column("clone_uri", Text),
    Column("clone_uri_password", LargeBinary),
    Column("landing_rev", Text, nullable=False),
    Column("enable_statistics", Boolean, nullable=False, server_default=false()),
    Column("enable_downloads", Boolean, nullable=False, server_default=false()),
    Column("enable_locking", Boolean, nullable=False, server_default=false()),
    reference("locked_by_id", "users.user_id", ondelete="SET NULL", nullable=True, index=True),
    Column("locked_at", Float),
    Column("pending", Boolean, nullable=False),
    Column("created_on", DateTime, nullable=False),
    Column("tip_id", Text, nullable=False),
    Column("tip_revision", BigInteger, nullable=False),
    Column("tip_message", Text, nullable=False),
    Column("tip_author", Text, nullable=False),
    Column("tip_date", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""``repo_name`` is the full path. ``clone_uri`` lacks its password, which is sealed beside it.
``pending`` is true while the repository is being made: nobody sees such a row, but its name is
taken. The ``tip_`` columns are the last changeset as of the last refresh; ``locked_at`` is in
seconds since 1970."""
