"""Rows that these tests need and no method of this plugin makes."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import event, insert, select

from kallithea_host import ApiError, Phase, accounts, hookimpl, keys, schema
from kallithea_host.clock import now


@dataclass
class Rows:
    """The database, for looking and for adding what belongs to others."""

    host: object

    def all(self, statement):
        with self.host.database.read() as db:
            return db.execute(statement).all()

    def one(self, statement):
        (row,) = self.all(statement)
        return row

    def execute(self, statement):
        with self.host.database.write() as db:
            return db.execute(statement)

    def user(self, username):
        return self.one(select(schema.users).where(schema.users.c.username == username))

    def add_network(self, user_id, network):
        self.execute(insert(schema.user_addresses).values(user_id=user_id, network=network))

    def add_email(self, user_id, email):
        self.execute(
            insert(schema.emails).values(
                user_id=user_id, email=email, email_key=email, is_primary=False
            )
        )

    def add_key(self, user_id, **columns):
        key = keys.generate()
        with self.host.database.write() as db:
            accounts.add_key(db, self.host.vault, user_id, key, builtin=False, **columns)
        return key

    def add_user_group(self, owner_id, name="team"):
        return self.execute(
            insert(schema.user_groups).values(
                group_name=name,
                group_name_key=name,
                active=True,
                owner_id=owner_id,
                created_on=now(),
            )
        ).inserted_primary_key[0]

    def add_repository_group(self, owner_id, name="group"):
        return self.execute(
            insert(schema.repository_groups).values(
                group_name=name, group_name_key=name, owner_id=owner_id, created_on=now()
            )
        ).inserted_primary_key[0]

    def add_repository(self, owner_id, name="repo", **columns):
        tip = dict.fromkeys(("tip_id", "tip_message", "tip_author"), "")
        return self.execute(
            insert(schema.repositories).values(
                repo_name=name,
                repo_name_key=name,
                repo_type="hg",
                private=False,
                owner_id=owner_id,
                landing_rev="rev:tip",
                pending=False,
                created_on=now(),
                tip_revision=-1,
                tip_date=now(),
                **tip,
                **columns,
            )
        ).inserted_primary_key[0]


@pytest.fixture
def rows(host):
    return Rows(host)


@pytest.fixture
def bob(api):
    """An ordinary user."""
    return api.create_user(
        username="bob", email="bob@example.com", firstname="Bob", lastname="Builder"
    )["user"]


@dataclass
class Listener:
    """A plugin that writes down what it is told, and refuses what it is asked to refuse."""

    heard: list = field(default_factory=list)
    refuses: str = ""

    @hookimpl
    def kallithea_event(self, job, event, phase):
        if phase is Phase.VETO and event.action == self.refuses:
            raise ApiError("it is too late in the day")
        self.heard.append((phase, event))

    def told(self, phase):
        return [event for heard, event in self.heard if heard is phase]


@pytest.fixture
def listener(host):
    plugin = Listener()
    host.registry._hooks.register(plugin)
    return plugin


@pytest.fixture
def statements(host):
    """The statements that the database was sent."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    engines = (host.database._reader, host.database._writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
