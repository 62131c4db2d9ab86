"""The metadata all shared tables hang on, and the columns they have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
"""Ids are 64 bits wide; SQLite gives out its row ids only under the type INTEGER."""

Text = String().with_variant(String(collation="C"), "postgresql")
"""Text is compared and sorted by code point, whatever the language of the database server."""


def key(name: str) -> Column[int]:
    """A primary key whose values are never used twice (tables set ``sqlite_autoincrement``)."""
    return Column(name, Id, primary_key=True, autoincrement=True)


def reference(
    name: str, target: str, *, ondelete: str = "CASCADE", nullable: bool = False, **kw: Any
) -> Column[int]:
    """A column that points to another table's key."""
    return Column(name, Id, ForeignKey(target, ondelete=ondelete), nullable=nullable, **kw)
