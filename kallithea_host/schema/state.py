"""The host's own state: settings, work in progress on disk, and the trash."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, String, Table

from kallithea_host.schema.base import key, metadata

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    key("intent_id"),
    Column("action", String, nullable=False),
    Column("document", JSON, nullable=False),
    Column("created_on", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Changes of the disk that are under way; a start undoes each one that is left."""

trash = Table(
    "trash",
    metadata,
    key("entry_id"),
    Column("name", String, nullable=False),
    Column("document", JSON, nullable=False),
    Column("deleted_on", DateTime, nullable=False),
    Column("deleted_by", String, nullable=False),
    sqlite_autoincrement=True,
)
"""Deleted repositories: their rows as one document, the directories under ``.trash``."""
