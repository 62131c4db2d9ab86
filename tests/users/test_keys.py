"""Which keys open the door, and whose keys are shown to whom."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import delete, select, update

from kallithea_host import accounts, schema
from kallithea_host.clock import now
from kallithea_host.testing import DATABASE_URL

INVALID = "Invalid API key"


def last_used(rows, key_id):
    keys = schema.api_keys
    return rows.one(select(keys.c.last_used_on).where(keys.c.key_id == key_id))[0]


def key_ids(rows, user_id):
    keys = schema.api_keys
    return [row.key_id for row in rows.all(select(keys).where(keys.c.user_id == user_id))]


def test_an_additional_key_is_as_good_as_the_first(api, rows, bob):
    key = rows.add_key(bob["user_id"], expires_on=now() + timedelta(hours=1))
    assert api.as_key(key).get_user()["username"] == "bob"
    assert api.as_key(rows.add_key(bob["user_id"])).get_user()["username"] == "bob"


def test_an_expired_key_opens_nothing(api, rows, bob):
    key = rows.add_key(bob["user_id"], expires_on=now() - timedelta(seconds=1))
    assert api.as_key(key).error("get_user") == INVALID


def test_a_revoked_key_opens_nothing(api, rows, bob):
    key = rows.add_key(bob["user_id"])
    assert api.as_key(key).get_user()
    rows.execute(delete(schema.api_keys).where(~schema.api_keys.c.builtin))
    assert api.as_key(key).error("get_user") == INVALID


def test_the_keys_of_an_inactive_user_open_nothing(api, rows, bob):
    additional = rows.add_key(bob["user_id"])
    api.update_user(userid="bob", active=False)
    assert api.as_key(additional).error("get_user") == INVALID
    assert api.as_key(bob["api_key"]).error("get_user") == INVALID


def test_the_key_of_the_default_user_opens_nothing_even_while_he_is_active(api, rows):
    rows.execute(update(schema.users).where(schema.users.c.user_id == 1).values(active=True))
    key = api.get_user(userid="default")["api_key"]
    assert api.as_key(key).error("get_user") == INVALID


@pytest.mark.parametrize("key", ["g" * 40, "Zz" * 20, "5" * 40])
def test_a_key_need_not_be_hex(api, host, bob, key):
    with host.database.write() as db:
        accounts.add_key(db, host.vault, bob["user_id"], key, builtin=False)
    assert api.as_key(key).get_user()["username"] == "bob"


def test_the_case_of_a_key_matters(api, bob):
    assert api.as_key(bob["api_key"].upper()).error("get_user") == INVALID


@pytest.mark.skipif(bool(DATABASE_URL), reason="looks into the file of SQLite")
def test_the_key_is_stored_as_no_readable_text(api, host, bob):
    host.database.close()
    for file in host.settings.data_dir.rglob("kallithea.db*"):
        assert bob["api_key"].encode() not in file.read_bytes(), file


def test_the_use_of_a_key_is_written_later_and_once(api, host, rows, bob, statements):
    additional = rows.add_key(bob["user_id"])
    first, second = key_ids(rows, bob["user_id"])
    before = now()
    for _ in range(3):
        api.as_key(additional).get_user()
    assert last_used(rows, second) is None
    statements.clear()
    host.store_key_usage()
    host.store_key_usage()
    assert sum(statement.startswith("UPDATE") for statement in statements) == 1
    assert before <= last_used(rows, second) <= now()
    assert last_used(rows, first) is None


def test_a_key_that_was_refused_was_not_used(api, host, rows, bob):
    key = rows.add_key(bob["user_id"], expires_on=now() - timedelta(seconds=1))
    api.as_key(key).error("get_user")
    host.store_key_usage()
    assert [last_used(rows, key_id) for key_id in key_ids(rows, bob["user_id"])] == [None, None]


def test_the_use_of_a_key_that_is_gone_meanwhile_is_forgotten(api, host, rows, bob):
    api.as_key(bob["api_key"]).get_user()
    api.delete_user(userid="bob")
    host.store_key_usage()
    assert key_ids(rows, bob["user_id"]) == []


def test_networks_of_the_user_and_of_everybody_decide_together(api, rows, bob):
    as_bob = api.as_key(bob["api_key"])
    rows.add_network(bob["user_id"], "10.9.9.0/24")
    text = as_bob.error("get_user")
    assert text.startswith("request from IP:")
    assert text.endswith(" not allowed")
    rows.add_network(1, f"{api.get_ip()['server_ip_addr']}/32")
    assert as_bob.get_user()["username"] == "bob"


def test_an_administrator_is_no_exception(api, rows):
    rows.add_network(2, "10.9.9.0/24")
    assert api.error("get_user").startswith("request from IP:")


def test_no_answer_to_an_ordinary_user_holds_a_key_of_somebody_else(api, host, rows, bob):
    others = {user["api_key"] for user in api.get_users() if user["username"] != "bob"}
    others |= {api.get_user(userid="default")["api_key"], rows.add_key(2)}
    assert len(others) == 3
    as_bob = api.as_key(bob["api_key"])
    asked = 0
    methods = [method for method in host.registry.methods.values() if method.plugin == "users"]
    for method in methods:
        for userid in ("bob", "admin", "default", 1, 2, 3, None):
            args = {argument.name: "admin" for argument in method.parameters if argument.required}
            if "userid" in method.argument_names:
                args["userid"] = userid
            body = as_bob.post(request(bob["api_key"], method.name, args)).body
            asked += 1
            assert not any(key.encode() in body for key in others), (method.name, userid)
    assert asked > 30


def request(key, method, args):
    return msgspec.json.encode({"id": 1, "api_key": key, "method": method, "args": args})
