"""Rows put straight into the database, and fixtures that go with them.

No password is hashed and no repository made on disk, so this is for tests of what only reads rows.
A ``conftest.py`` imports the fixtures it wants.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from kallithea_host import ApiError, Level, Phase, accounts, hookimpl, keys, schema
from kallithea_host.clock import now
from kallithea_host.kinds import KINDS
from kallithea_host.names import fold

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

    def user_group(self, name, *members, owner_id=ADMIN, active=True, **columns):
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

    def member(self, group_id, user_id):
        self.add(schema.user_group_members, users_group_id=group_id, user_id=user_id)

    def repository_group(self, name, *, owner_id=ADMIN, **columns):
        return self.add(
            schema.repository_groups,
            group_name=name,
            group_name_key=fold(name),
            owner_id=owner_id,
            created_on=now(),
            **columns,
        )

    def repository(self, name, *, owner_id=ADMIN, private=False, pending=False, **columns):
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
            **columns,
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


class Listener:
    """A plugin that writes down what has happened, and refuses the action it is asked to."""

    def __init__(self):
        self.heard = []
        self.refuses = None

    @hookimpl
    def kallithea_event(self, job, event, phase):
        if phase is Phase.VETO and event.action == self.refuses:
            raise ApiError("not today")
        if phase is Phase.AFTER:
            self.heard.append(event)


@pytest.fixture
def world(host):
    return World(host)


@pytest.fixture
def bob(world):
    """The id of an ordinary user."""
    return world.user("bob")


@pytest.fixture
def listener(host):
    plugin = Listener()
    host.registry._hooks.register(plugin)
    return plugin


@pytest.fixture
def statements(host):
    """The statements that the database is sent by methods that read."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(host.database._reader, "before_cursor_execute", note)
    yield sent
    event.remove(host.database._reader, "before_cursor_execute", note)
