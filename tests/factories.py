"""Rows for tests of what reads them, put straight into the database: no password is hashed, no
repository made on disk."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from kallithea_host import Level, accounts, keys, schema
from kallithea_host.clock import now
from kallithea_host.names import fold
from kallithea_host.permissions import KINDS
from sqlalchemy import insert, select

DEFAULT, ADMIN = 1, 2


@dataclass
class World:
    """Accounts, groups and repositories; every method gives the new row's id.

    Each is a transaction of its own, unless the world is made on a ``connection``.
    """

    host: Any
    connection: Any = None

    def door(self):
        return nullcontext(self.connection) if self.connection else self.host.database.write()

    def add(self, table, **columns):
        with self.door() as db:
            return db.execute(insert(table).values(columns)).inserted_primary_key[0]

    def user(self, username, **columns):
        values = {"active": True, "admin": False, "created_on": now()} | columns
        user_id = self.add(schema.users, username=username, username_key=fold(username), **values)
        with self.door() as db:
            accounts.add_key(db, self.host.vault, user_id, keys.generate(), builtin=True)
        return user_id

    def user_group(self, name, *members, owner_id=ADMIN, active=True):
        group_id = self.add(
            schema.user_groups,
            group_name=name,
            group_name_key=fold(name),
            active=active,
            owner_id=owner_id,
            created_on=now(),
        )
        for user_id in members:
            self.member(group_id, user_id)
        return group_id

    def member(self, group_id, user_id):
        self.add(schema.user_group_members, users_group_id=group_id, user_id=user_id)

    def repository_group(self, name, *, owner_id=ADMIN):
        return self.add(
            schema.repository_groups,
            group_name=name,
            group_name_key=fold(name),
            owner_id=owner_id,
            created_on=now(),
        )

    def repository(self, name, *, owner_id=ADMIN, private=False, pending=False):
        return self.add(
            schema.repositories,
            repo_name=name,
            repo_name_key=fold(name),
            repo_type="hg",
            private=private,
            owner_id=owner_id,
            landing_rev="rev:tip",
            pending=pending,
            created_on=now(),
            tip_id="0" * 40,
            tip_revision=-1,
            tip_message="",
            tip_author="",
            tip_date=now(),
        )

    def grant(self, permission, object_id, *, user_id=None, users_group_id=None):
        """Add the row that ``permission``, such as ``repository.read``, stands for."""
        prefix, _, word = permission.partition(".")
        users, groups = KINDS[prefix].grants
        level = Level[word.upper()].value
        if user_id is not None:
            return self.add(users, user_id=user_id, object_id=object_id, level=level)
        return self.add(groups, users_group_id=users_group_id, object_id=object_id, level=level)

    def name(self, name, *, user_id=None, users_group_id=None):
        """Add a global permission name."""
        if user_id is not None:
            return self.add(schema.user_permissions, user_id=user_id, name=name)
        return self.add(schema.user_group_permissions, users_group_id=users_group_id, name=name)

    def rows(self, statement):
        with self.door() as db:
            return [tuple(row) for row in db.execute(statement)]

    def grants(self, prefix, object_id):
        """The rows on an object in the order they were granted: grantee's id and level."""
        return tuple(
            self.rows(
                select(table.c[1], table.c.level)
                .where(table.c.object_id == object_id)
                .order_by(table.c.grant_id)
            )
            for table in KINDS[prefix].grants
        )
