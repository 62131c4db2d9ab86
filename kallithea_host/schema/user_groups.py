"""User groups and their members."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, PrimaryKeyConstraint, Table

from kallithea_host.schema.base import Text, key, metadata, reference

user_groups = Table(
    "user_groups",
    metadata,
    key("users_group_id"),
    Column("group_name", Text, nullable=False, index=True),
    Column("group_name_key", Text, nullable=False, unique=True),
    Column("group_description", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    reference("owner_id", "users.user_id", ondelete="RESTRICT", index=True),
    Column("created_on", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

user_group_members = Table(
    "user_group_members",
    metadata,
    reference("users_group_id", "user_groups.users_group_id"),
    reference("user_id", "users.user_id", index=True),
    PrimaryKeyConstraint("users_group_id", "user_id"),
)
