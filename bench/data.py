"""What the server is filled with: rows of repositories, and repositories of many files."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert

from kallithea_host import schema
from kallithea_host.database import Database
from kallithea_host.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dulwich.objects import Commit

READ, WRITE = 1, 3
BATCH = 1000


def add_repositories(data_dir: Path, new: range, owner_id: int, reader_id: int) -> None:
    """Add rows of repositories with these numbers; each second has a row of the reader's own."""
    database = Database(f"sqlite:///{data_dir / 'kallithea.db'}")
    with database.write() as db:
        for first in range(0, len(new), BATCH):
            rows = [_row(number, owner_id) for number in new[first : first + BATCH]]
            added = insert(schema.repositories).returning(schema.repositories.c.repo_id)
            ids = list(db.scalars(added, rows))
            grants = schema.grants["repository"].users
            everybody = [{"object_id": i, "user_id": 1, "level": READ} for i in ids]
            his = [{"object_id": i, "user_id": reader_id, "level": WRITE} for i in ids[::2]]
            db.execute(insert(grants), everybody + his)
    database.close()


def _row(number: int, owner_id: int) -> dict[str, object]:
    name = f"repository-{number:05}"
    then = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    return {
        "repo_name": name,
        "repo_name_key": fold(name),
        "repo_type": "git" if number % 2 else "hg",
        "description": f"The description of repository {number}",
        "private": False,
        "owner_id": owner_id,
        "landing_rev": "rev:tip",
        "pending": False,
        "created_on": then,
        "tip_id": f"{number:040x}",
        "tip_revision": number,
        "tip_message": "Mend what was broken, and say why",
        "tip_author": "Some Body <some.body@example.org>",
        "tip_date": then,
    }


def paths(files: int) -> list[str]:
    """Names of files, a hundred in each folder."""
    return [f"folder{n // 100:03}/sub/file{n % 100:02}.txt" for n in range(files)]


def fill_git(path: Path, files: int) -> None:
    """One commit with many files, in a bare repository."""
    from dulwich.index import commit_tree
    from dulwich.objects import Blob
    from dulwich.repo import Repo

    with Repo(str(path)) as repository:
        blobs = [(name, Blob.from_string(f"{name}\n".encode())) for name in paths(files)]
        repository.object_store.add_objects([(blob, None) for _, blob in blobs])
        entries = [(name.encode(), blob.id, 0o100644) for name, blob in blobs]
        commit = _commit(commit_tree(repository.object_store, entries))
        repository.object_store.add_object(commit)
        repository.refs[b"refs/heads/master"] = commit.id


def add_commits(path: Path, count: int) -> None:
    """Commits of one file each, in an empty bare repository, in one pack."""
    from dulwich.objects import Blob, Tree
    from dulwich.repo import Repo

    made, parents = [], []
    for number in range(count):
        blob, tree = Blob.from_string(b"%d\n" % number), Tree()
        tree.add(b"file.txt", 0o100644, blob.id)
        commit = _commit(tree.id, parents, 60 * number)
        made += [(each, None) for each in (blob, tree, commit)]
        parents = [commit.id]
    with Repo(str(path)) as repository:
        repository.object_store.add_objects(made)
        repository.refs[b"refs/heads/master"] = parents[0]


def _commit(tree_id: bytes, parents: Sequence[bytes] = (), seconds: int = 0) -> Commit:
    from dulwich.objects import Commit

    commit = Commit()
    commit.tree, commit.parents = tree_id, list(parents)
    commit.author = commit.committer = b"Some Body <some.body@example.org>"
    commit.author_time = commit.commit_time = 1_767_225_600 + seconds
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    commit.message = b"Many files"
    return commit


def fill_hg(path: Path, files: int) -> None:
    """One changeset with many files, on top of what is there."""
    os.environ.update(HGRCPATH="", HGPLAIN="1")
    from mercurial import context, hg, initialization
    from mercurial import ui as uimod

    initialization.init()
    repo = hg.repository(uimod.ui.load(), os.fsencode(path), create=not path.exists())
    names = [os.fsencode(name) for name in paths(files)]

    def content(repo, changeset, name):
        return context.memfilectx(repo, changeset, name, b"%s, %d\n" % (name, len(repo)))

    tip = repo[b"tip"].node()
    with repo.wlock(), repo.lock():
        context.memctx(
            repo,
            (tip, None),
            b"Many files",
            names,
            content,
            user=b"Some Body <some.body@example.org>",
            date=b"1767225600 0",
        ).commit()
