"""The host's own state: settings, work in progress on disk, and the trash."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Table

from kallithea_host.schema.base import Text, key, metadata

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    key("intent_id"),
    Column("action", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("created_on", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Changes of the disk that are under way; a start undoes each one that is left."""

trash = Table(
    "trash",
    metadata,
    key("entry_id"),
    Column("name", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("deleted_on", DateTime, nullable=False),
    Column("deleted_by", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Deleted repositories: their rows as one document, the directories under ``.trash``."""
