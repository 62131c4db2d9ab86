import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kallithea_host import data_folder, schema
from kallithea_host.clock import now
from kallithea_plugins.users.commands.expiry import moment_of

INVALID = "Invalid API key"


@pytest.fixture
def stored(host):
    """The rows of a user's keys, the built-in one first."""

    def find(user_id):
        keys = schema.api_keys
        with host.database.read() as db:
            return db.execute(
                select(keys).where(keys.c.user_id == user_id).order_by(keys.c.builtin.desc())
            ).all()

    return find


def test_show_prints_the_built_in_key_and_nothing_else(run, bob):
    ran = run("key", "show", "bob")
    assert (ran.code, ran.out, ran.err) == (0, f"{bob['api_key']}\n", "")


def test_a_user_may_be_named_by_id(run, bob):
    assert run("key", "show", bob["user_id"]).out.strip() == bob["api_key"]


@pytest.mark.parametrize(
    "command", [["show"], ["list"], ["create"], ["reset"], ["revoke", "7"]], ids=lambda c: c[0]
)
def test_an_unknown_user_is_told_in_one_line(run, command):
    name, *more = command
    ran = run("key", name, "nobody", *more)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-host: user `nobody` does not exist\n"


def test_a_created_key_is_printed_alone_and_works(run, api, stored, bob):
    ran = run("key", "create", "bob", "--description", "for the build")
    key = ran.out.removesuffix("\n")
    assert (ran.code, len(key), ran.err) == (0, 40, "")
    assert api.as_key(key).get_user()["username"] == "bob"
    assert api.as_key(bob["api_key"]).get_user()["username"] == "bob"
    assert stored(bob["user_id"])[1].description == "for the build"
    assert stored(bob["user_id"])[1].expires_on is None


def test_a_created_key_expires(run, api, host, stored, bob):
    key = run("key", "create", "bob", "--expires", "30d").out.strip()
    days = (stored(bob["user_id"])[1].expires_on - now()) / timedelta(days=1)
    assert 29.9 < days <= 30
    assert api.as_key(key).get_user()["username"] == "bob"
    keys = schema.api_keys
    with host.database.write() as db:
        past = now() - timedelta(seconds=1)
        db.execute(update(keys).where(~keys.c.builtin).values(expires_on=past))
    assert api.as_key(key).error("get_user") == INVALID


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2999-01-31", "2999-01-31T23:59:59"),
        ("2999-01-31T12:30", "2999-01-31T12:30:00"),
        ("2999-01-31 12:30", "2999-01-31T12:30:00"),
        ("2999-01-31T12:30+02:00", "2999-01-31T10:30:00"),
        ("2999-01-31T12:30Z", "2999-01-31T12:30:00"),
    ],
)
def test_a_date_is_meant_in_utc(text, moment):
    assert moment_of(text).isoformat() == moment


@pytest.mark.parametrize(("text", "hours"), [("12h", 12), ("30d", 720), ("8w", 1344), ("1y", 8760)])
def test_a_duration_is_from_now(text, hours):
    assert abs(moment_of(text) - now() - timedelta(hours=hours)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text", ["2020-01-01", "0d", "soon", "", "d", "-3d", "30", "3m", "٣d", "2999-02-30", "9999y"]
)
def test_no_key_is_made_to_expire_at_no_time_or_in_the_past(run, stored, bob, text):
    ran = run("key", "create", "bob", "--expires", text)
    assert (ran.code, ran.out) == (2, "")
    assert len(stored(bob["user_id"])) == 1


def test_the_default_user_gets_no_key(run):
    ran = run("key", "create", "default")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1


def test_the_list_tells_everything_but_the_keys(run, api, host, bob):
    key = run("key", "create", "bob", "--description", "a\tb\n[red]", "--expires", "2999-01-31").out
    api.as_key(key.strip()).get_user()
    host.store_key_usage()
    first, second = run("key", "list", "bob").rows
    assert first[1:3] == ["yes", ""]
    assert second[1:3] == ["no", r"a\tb\n[red]"]
    assert second[4] == "2999-01-31T23:59:59"
    assert (first[5], second[5][:2]) == ("", "20")
    listed = run("key", "list", "bob", "--json").out
    assert [row["builtin"] for row in json.loads(listed)] == [True, False]
    assert json.loads(listed)[1]["description"] == "a\tb\n[red]"
    for text in (bob["api_key"], key.strip()):
        assert text not in listed


def test_a_reset_key_is_printed_alone_and_replaces_the_old_one(run, api, bob):
    additional = run("key", "create", "bob").out.strip()
    ran = run("key", "reset", "bob")
    new = ran.out.removesuffix("\n")
    assert (ran.code, len(new), ran.err) == (0, 40, "")
    assert api.as_key(bob["api_key"]).error("get_user") == INVALID
    assert api.as_key(new).get_user()["api_key"] == new
    assert api.as_key(additional).get_user()["username"] == "bob"


def test_the_administrators_key_file_follows(run, api, host):
    file = data_folder.admin_key_file(host.settings)
    new = run("key", "reset", "admin").out
    assert file.read_text() == new
    assert file.stat().st_mode & 0o777 == 0o600
    assert api.error("get_user") == INVALID
    assert api.as_key(new.strip()).get_user()["username"] == "admin"


@pytest.mark.usefixtures("bob")
def test_a_key_file_that_holds_another_key_stays(run, host):
    file = data_folder.admin_key_file(host.settings)
    before = file.read_text()
    run("key", "reset", "bob")
    assert file.read_text() == before
    file.write_text("my notes\n")
    run("key", "reset", "admin")
    assert file.read_text() == "my notes\n"


def test_no_key_file_is_made(run, host):
    file = data_folder.admin_key_file(host.settings)
    file.unlink()
    assert run("key", "reset", "admin").code == 0
    assert not file.exists()


def test_a_revoked_key_is_refused_at_once(run, api, stored, bob):
    key = run("key", "create", "bob").out.strip()
    assert api.as_key(key).get_user()
    key_id = stored(bob["user_id"])[1].key_id
    ran = run("key", "revoke", "bob", key_id)
    assert (ran.code, ran.out) == (0, f"revoked key {key_id}\n")
    assert api.as_key(key).error("get_user") == INVALID


def test_the_built_in_key_is_not_revoked(run, api, stored, bob):
    key_id = stored(bob["user_id"])[0].key_id
    ran = run("key", "revoke", "bob", key_id)
    assert (ran.code, ran.out) == (1, "")
    assert "`key reset`" in ran.err
    assert api.as_key(bob["api_key"]).get_user()


def test_a_key_of_somebody_else_is_not_revoked(run, api, stored, bob):
    key = run("key", "create", "admin").out.strip()
    key_id = stored(2)[1].key_id
    ran = run("key", "revoke", bob["user_id"], key_id)
    assert ran.err == f"kallithea-host: the user has no key {key_id}\n"
    assert api.as_key(key).get_user()["username"] == "admin"


@pytest.mark.parametrize("key_id", ["0", "-1", "x", str(2**70)])
@pytest.mark.usefixtures("bob")
def test_a_key_id_is_a_number(run, key_id):
    assert run("key", "revoke", "bob", "--", key_id).code == 2
