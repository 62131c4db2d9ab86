from sqlalchemy import update

from kallithea_host import schema
from kallithea_host.database import Database
from kallithea_host.memory import remembered


def test_what_was_read_is_not_read_again_while_nothing_changes(host):
    read = []
    for _ in range(3):
        with host.database.read() as db:
            remembered(db, "x", lambda: read.append(1))
    expected = 1 if host.database.url.get_backend_name() == "sqlite" else 3
    assert len(read) == expected


def test_it_is_read_again_once_anything_changed(api, host):
    read = []
    for name in ("a", "b"):
        with host.database.read() as db:
            remembered(db, "x", lambda: read.append(1))
        api.create_user(username=name, email=None)
    assert len(read) == 2


def test_a_transaction_remembers_what_it_read(host):
    read = []
    with host.database.read() as db:
        for _ in range(3):
            remembered(db, "x", lambda: read.append(1))
    assert len(read) == 1


def test_a_writing_transaction_remembers_nothing(host):
    read = []
    with host.database.write() as db:
        for _ in range(3):
            remembered(db, "x", lambda: read.append(1))
    assert len(read) == 3


def test_what_is_remembered_stays_bounded(host):
    with host.database.read() as db:
        for number in range(10_000):
            remembered(db, number, lambda n=number: n)
        read = []
        remembered(db, 0, lambda: read.append(1))
    assert read == [1]


def test_a_change_by_another_process_is_seen_by_the_next_call(api, host, settings):
    api.create_user(username="bob", email=None)
    bob = api.as_user("bob")
    assert bob.get_user()["username"] == "bob"
    other = Database(settings.url)
    with other.write() as db:
        db.execute(
            update(schema.users).where(schema.users.c.username == "bob").values(active=False)
        )
    other.close()
    assert bob.error("get_user") == "Invalid API key"
