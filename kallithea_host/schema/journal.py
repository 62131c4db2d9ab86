"""What happened, by whom; and who follows what."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, Table

from kallithea_host.schema.base import Text, key, metadata, reference

journal = Table(
    "journal",
    metadata,
    key("entry_id"),
    reference("user_id", "users.user_id", ondelete="SET NULL", nullable=True, index=True),
    Column("username", Text, nullable=False),
    reference("repo_id", "repositories.repo_id", ondelete="SET NULL", nullable=True, index=True),
    Column("repo_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
"""Names are kept when the user or the repository goes."""

followers = Table(
    "followers",
    metadata,
    reference("user_id", "users.user_id"),
    reference("repo_id", "repositories.repo_id", index=True),
    Column("since", DateTime, nullable=False),
    PrimaryKeyConstraint("user_id", "repo_id"),
)
