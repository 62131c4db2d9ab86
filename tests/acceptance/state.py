"""What a data folder holds, to be compared: rows of the database and directories on disk."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_PASSING = {"last_used_on"}
"""Columns that change although nothing has happened."""


def rows(data_dir):
    """Every row of every table, by table."""
    with closing(sqlite3.connect(f"file:{data_dir}/kallithea.db?mode=ro", uri=True)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            table: _rows(db.execute(f"SELECT * FROM {table}"))
            for table in tables
            if table != "sqlite_sequence"
        }


def _rows(found):
    names = [column[0] for column in found.description]
    return [
        {name: value for name, value in zip(names, row, strict=True) if name not in _PASSING}
        for row in found
    ]


def directories(root):
    """Every directory below the root, and files beside repositories; not what lies in those."""
    found = []
    for folder, below, files in os.walk(root):
        path = Path(folder).relative_to(root)
        found.append(str(path))
        if ".hg" in below or "HEAD" in files:
            below.clear()
        else:
            found += [str(path / name) for name in files]
    return sorted(set(found) - {".", ".tmp", ".trash"})


def everything(daemon):
    """All of it, for a daemon that is at rest."""
    return rows(daemon.data_dir), directories(daemon.root)
