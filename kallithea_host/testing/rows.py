"""Rows put straight into the database of a test's host: users, groups, repositories, grants.

Nothing is hashed and nothing made on disk, unless a repository is to have commits: so this is
quick, and for tests of what reads.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select

from kallithea_host import accounts, keys, names, schema
from kallithea_host.clock import now
from kallithea_host.kinds import KINDS, Level
from kallithea_host.names import fold
from kallithea_host.storage import groups
from kallithea_host.storage.creation import grant_initial, store_tip, tip_columns
from kallithea_host.vcs import EMPTY

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Select, Table

    from kallithea_host.host import Host
    from kallithea_host.testing.programs import Files, VcsProgram

ADMIN: Final = 2
"""The id of the administrator, who owns what nobody else is said to own."""
DEFAULT: Final = 1
"""The id of the user ``default``, whose rights everybody has."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A repository on disk."""

    repo_id: int
    path: Path
    commits: tuple[str, ...]
    """Their ids, oldest first."""


@dataclass
class World:
    """Accounts, groups and repositories; every method gives the new row's id.

    Each is a transaction of its own, unless the world is made on a ``connection``. Further columns
    of a row may be given by their names.
    """

    host: Host
    connection: Connection | None = None

    def door(self) -> AbstractContextManager[Connection]:
        """The transaction to write in."""
        return nullcontext(self.connection) if self.connection else self.host.database.write()

    def add(self, table: Table, **columns: Any) -> int:
        """Add a row to any table."""
        with self.door() as db:
            added = db.execute(insert(table).values(columns)).inserted_primary_key
        return int(added[0]) if added else 0

    def user(self, username: str, *, email: str = "", **columns: Any) -> int:
        """Add an account, which has an API key and no password, and an address if one is given."""
        values = {"active": True, "admin": False, "created_on": now()} | columns
        user_id = self.add(schema.users, username=username, username_key=fold(username), **values)
        with self.door() as db:
            accounts.add_key(db, self.host.vault, user_id, keys.generate(), builtin=True)
        if email:
            row = {"user_id": user_id, "email": email, "email_key": fold(email)}
            self.add(schema.emails, **row, is_primary=True)
        return user_id

    def user_group(
        self, name: str, *members: int, owner_id: int = ADMIN, active: bool = True, **columns: Any
    ) -> int:
        """Add a user group with its members, named by their ids; only its owner can see it."""
        group_id = self.add(
            schema.user_groups,
            group_name=name,
            group_name_key=fold(name),
            active=active,
            owner_id=owner_id,
            created_on=now(),
            **columns,
        )
        for user_id in members:
            self.member(group_id, user_id)
        return group_id

    def member(self, group_id: int, user_id: int) -> None:
        """Put a user into a user group."""
        self.add(schema.user_group_members, users_group_id=group_id, user_id=user_id)

    def repository_group(self, name: str, *, owner_id: int = ADMIN, **columns: Any) -> int:
        """Add a repository group, in which nobody but its owner may do anything."""
        return self.add(
            schema.repository_groups,
            group_name=name,
            group_name_key=fold(name),
            owner_id=owner_id,
            created_on=now(),
            **columns,
        )

    def repository(
        self,
        name: str,
        *,
        owner_id: int = ADMIN,
        repo_type: str = "hg",
        private: bool = False,
        pending: bool = False,
        **columns: Any,
    ) -> int:
        """Add a repository that is on no disk; nobody but its owner can read it.

        ``grant("repository.read", repo_id, user_id=DEFAULT)`` lets everybody.
        """
        return self.add(
            schema.repositories,
            repo_name=name,
            repo_name_key=fold(name),
            repo_type=repo_type,
            private=private,
            owner_id=owner_id,
            landing_rev="rev:tip",
            pending=pending,
            created_on=now(),
            **tip_columns(EMPTY),
            **columns,
        )

    def committed(self, program: VcsProgram, name: str, *commits: Files, **columns: Any) -> Stored:
        """Add a repository with commits, made on disk by the real program.

        It has the permissions that ``create_repo`` gives; its groups are added if they are missing.

        Args:
            program: what the fixture ``hg`` or ``git`` gives.
            name: the full name.
            commits: the files that each commit writes, oldest first.
            columns: further columns of the row, and ``owner_id``.
        """
        path = names.path_of(self.host.settings.repositories, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        program.init(path)
        made = tuple(
            program.commit(path, files, message=f"commit {number}")
            for number, files in enumerate(commits, 1)
        )
        with self.door() as db:
            group_id, _ = groups.make_missing(db, name, ADMIN)
        repo_id = self.repository(name, repo_type=program.alias, group_id=group_id, **columns)
        with self.door() as db:
            store_tip(db, repo_id, self.host.backends[program.alias].tip(path))
            of_it = schema.repositories.c.repo_id == repo_id
            grant_initial(db, db.execute(select(schema.repositories).where(of_it)).one())
        return Stored(repo_id, path, made)

    def grant(
        self,
        permission: str,
        object_id: int,
        *,
        user_id: int | None = None,
        users_group_id: int | None = None,
    ) -> int:
        """Grant ``permission``, such as ``repository.read``, on an object."""
        prefix, _, word = permission.partition(".")
        users, groups = KINDS[prefix].grants
        level = Level[word.upper()].value
        if user_id is not None:
            return self.add(users, user_id=user_id, object_id=object_id, level=level)
        return self.add(groups, users_group_id=users_group_id, object_id=object_id, level=level)

    def name(
        self, name: str, *, user_id: int | None = None, users_group_id: int | None = None
    ) -> int:
        """Give a global permission, such as ``hg.create.repository``, or one of a plugin's own."""
        if user_id is not None:
            return self.add(schema.user_permissions, user_id=user_id, name=name)
        return self.add(schema.user_group_permissions, users_group_id=users_group_id, name=name)

    def rows(self, statement: Select[Any]) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.door() as db:
            return [tuple(row) for row in db.execute(statement)]

    def grants(self, prefix: str, object_id: int) -> tuple[list[tuple[Any, ...]], ...]:
        """The rows on an object in the order they were granted: grantee's id and level."""
        return tuple(
            self.rows(
                select(table.c[1], table.c.level)
                .where(table.c.object_id == object_id)
                .order_by(table.c.grant_id)
            )
            for table in KINDS[prefix].grants
        )
