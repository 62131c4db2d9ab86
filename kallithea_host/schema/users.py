"""Accounts, their e-mail addresses, API keys and permitted client addresses."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from kallithea_host.schema.base import Text, key, metadata, reference

users = Table(
    "users",
    metadata,
    key("user_id"),
    Column("username", Text, nullable=False, index=True),
    Column("username_key", Text, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("firstname", Text, nullable=False, server_default=""),
    Column("lastname", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("extern_type", Text, nullable=False, server_default="internal"),
    Column("extern_name", Text, nullable=False, server_default=""),
    Column("last_login", DateTime),
    Column("created_on", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Row 1 is ``default``: the anonymous user, whose permission rows everybody inherits."""

emails = Table(
    "emails",
    metadata,
    key("email_id"),
    reference("user_id", "users.user_id", index=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("is_primary", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""All addresses of all users in one table, so that one constraint covers them."""

Index(
    "uq_emails_primary",
    emails.c.user_id,
    unique=True,
    sqlite_where=text("is_primary"),
    postgresql_where=text("is_primary"),
)

api_keys = Table(
    "api_keys",
    metadata,
    key("key_id"),
    reference("user_id", "users.user_id", index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("builtin", Boolean, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("created_on", DateTime, nullable=False),
    Column("expires_on", DateTime),
    Column("last_used_on", DateTime),
    sqlite_autoincrement=True,
)
"""A key's text is never stored: its digest finds it, its sealed form shows it (``keys.Vault``)."""

Index(
    "uq_api_keys_builtin",
    api_keys.c.user_id,
    unique=True,
    sqlite_where=text("builtin"),
    postgresql_where=text("builtin"),
)

user_addresses = Table(
    "user_addresses",
    metadata,
    key("address_id"),
    reference("user_id", "users.user_id"),
    Column("network", Text, nullable=False),
    UniqueConstraint("user_id", "network"),
    sqlite_autoincrement=True,
)
"""Networks a user may call from (CIDR); those of ``default`` hold for everybody."""
