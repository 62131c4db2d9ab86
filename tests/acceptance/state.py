"""What a data folder holds, to be compared: rows of the database and directories on disk."""

import os
import sqlite3
from contextlib import closing

_PASSING = {"last_used_on"}
"""Columns that change although nothing has happened."""


def rows(data_dir):
    """Every row of every table."""
    with closing(sqlite3.connect(f"file:{data_dir}/kallithea.db?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            table: sorted(
                repr({column: row[column] for column in row.keys() if column not in _PASSING})
                for row in db.execute(f"SELECT * FROM {table}")
            )
            for table in tables
            if table != "sqlite_sequence"
        }


def directories(root):
    """Every directory below the root; what lies in repositories is left out."""
    found = []
    for folder, below, files in os.walk(root):
        if ".hg" in below or "HEAD" in files:
            below.clear()
        found.append(os.path.relpath(folder, root))
        found += [os.path.join(found[-1], name) for name in files if folder == str(root)]
    return sorted(set(found) - {".", ".tmp", ".trash"})


def everything(daemon):
    """All of it, for a daemon that is at rest."""
    return rows(daemon.data_dir), directories(daemon.root)
