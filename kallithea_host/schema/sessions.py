"""Who is signed in to the account page."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, LargeBinary, Table

from kallithea_host.schema.base import Text, key, metadata, reference

sessions = Table(
    "sessions",
    metadata,
    key("session_id"),
    reference("user_id", "users.user_id", index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_on", DateTime, nullable=False),
    Column("seen_on", DateTime, nullable=False),
    Column("notice", Text, nullable=False, server_default=""),
    reference("shown_key_id", "api_keys.key_id", ondelete="SET NULL", nullable=True),
    sqlite_autoincrement=True,
)
"""The text in the browser's cookie is never stored: its digest finds the session.

``notice`` says what was done last, ``shown_key_id`` which key the user asked to see: the next page
tells them, once.
"""
