"""What a user does with his keys on the page of his account."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from twisted.logger import eventAsText, globalLogPublisher

from kallithea_host import data_folder, schema
from kallithea_host.clock import now
from kallithea_host.keys import key_owner
from kallithea_host.web.account.key_forms import MOST
from tests.web.account.browser import ACCOUNT
from tests.web.account.conftest import PASSWORD


@pytest.fixture
def keys(host):
    """The keys of a user: id and text, the built-in one first."""

    def find(user_id):
        table = schema.api_keys
        rows = select(table.c.key_id, table.c.sealed).where(table.c.user_id == user_id)
        with host.database.read() as db:
            found = db.execute(rows.order_by(table.c.key_id)).all()
        return [(row.key_id, host.vault.unseal(row.sealed, key_owner(user_id))) for row in found]

    return find


def shown(browser):
    """The key that the page shows, if it shows one."""
    found = re.findall(r'<code id="key">(.*?)</code>', browser.html)
    return found[0] if found else None


def test_the_page_shows_no_key_before_it_is_asked_to(signed_in, keys, bob):
    ((_, text),) = keys(bob)
    assert text not in signed_in.html


def test_a_key_is_shown_once_after_it_was_asked_for(signed_in, keys, bob):
    ((key_id, text),) = keys(bob)
    assert signed_in.do("show_key", key_id=key_id) == 303
    assert shown(signed_in) == text
    signed_in.get(ACCOUNT)
    assert shown(signed_in) is None


def test_the_built_in_key_is_replaced_and_shown(signed_in, keys, bob, api):
    ((_, old),) = keys(bob)
    assert signed_in.do("reset_key") == 303
    ((_, new),) = keys(bob)
    assert shown(signed_in) == new != old
    assert api.as_key(old).error("get_user") == "Invalid API key"
    assert api.as_key(new).get_user()["username"] == "bob"


def test_when_the_first_administrator_resets_his_key_the_file_follows(browser, host, api, keys):
    api.update_user(userid="admin", password=PASSWORD)
    browser.sign_in("admin", PASSWORD)
    browser.do("reset_key")
    file = data_folder.admin_key_file(host.settings)
    assert file.read_text().strip() == shown(browser)


def test_a_further_key_has_a_description_and_the_end_of_a_day(signed_in, host, keys, bob, api):
    tomorrow = now().date() + timedelta(days=1)
    fields = {"description": " build <farm> ", "expires": tomorrow.isoformat()}
    assert signed_in.do("create_key", **fields) == 303
    _, (key_id, text) = keys(bob)
    assert shown(signed_in) == text
    assert "build <farm>" in signed_in.text
    assert "<farm>" not in signed_in.html
    assert tomorrow.isoformat() in signed_in.text
    with host.database.read() as db:
        key = db.execute(select(schema.api_keys).where(schema.api_keys.c.key_id == key_id)).one()
    assert key.description == "build <farm>"
    assert key.expires_on.isoformat() == f"{tomorrow}T23:59:59"
    assert api.as_key(text).get_user()["username"] == "bob"


def test_without_a_day_a_key_never_expires(signed_in, host, keys, bob):
    signed_in.do("create_key", description="x", expires="")
    _, (key_id, _) = keys(bob)
    with host.database.read() as db:
        assert db.scalar(select(schema.api_keys.c.expires_on).filter_by(key_id=key_id)) is None


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"description": " "}, "description", "Say what the key is for."),
        ({"description": "x" * 256}, "description", "At most 255 characters"),
        ({"description": "a\0b"}, "description", "all of them printable"),
        ({"description": "a\u202eb"}, "description", "all of them printable"),
        ({"description": "x", "expires": "2020-01-01"}, "expires", "This day is over."),
        ({"description": "x", "expires": "tomorrow"}, "expires", "Write the date as in"),
        ({"description": "x", "expires": "9" * 30}, "expires", "Write the date as in"),
    ],
    ids=range(7),
)
def test_what_is_wrong_is_told_at_its_field_and_no_key_is_made(
    signed_in, keys, bob, fields, field, told
):
    assert signed_in.do("create_key", **fields) == 422
    assert told in signed_in.text
    (tag,) = re.findall(rf'<input id="{field}"[^>]*>', signed_in.html)
    assert f'aria-describedby="{field}-error' in tag
    assert f'id="{field}-error"' in signed_in.html
    assert len(keys(bob)) == 1


def test_what_was_typed_stays_in_a_form_that_is_wrong(signed_in):
    signed_in.do("create_key", description='"><script>', expires="2020-01-01")
    assert 'value="&#34;&gt;&lt;script&gt;"' in signed_in.html
    assert 'value="2020-01-01"' in signed_in.html


def test_a_revoked_key_opens_nothing(signed_in, keys, bob, api):
    signed_in.do("create_key", description="x")
    _, (key_id, text) = keys(bob)
    assert signed_in.do("revoke_key", key_id=key_id) == 303
    assert "The key was revoked." in signed_in.text
    assert api.as_key(text).error("get_user") == "Invalid API key"


@pytest.mark.parametrize("action", ["show_key", "revoke_key"])
def test_keys_of_others_and_keys_that_are_none_are_not_found(signed_in, keys, action):
    before = keys(2)
    ids = ("", "x", "-1", "0", before[0][0], "99999", "9" * 30, "\u0661", "1\0")
    for key_id in ids:
        assert signed_in.do(action, key_id=key_id) == 404
        assert "There is no such key." in signed_in.text
    assert keys(2) == before
    assert before[0][1] not in repr(signed_in.answers)


def test_the_built_in_key_is_not_revoked(signed_in, keys, bob):
    ((key_id, _),) = keys(bob)
    assert signed_in.do("revoke_key", key_id=key_id) == 404
    assert len(keys(bob)) == 1


def test_nobody_makes_keys_without_end(signed_in, world, bob, keys):
    for number in range(MOST):
        world.add(
            schema.api_keys,
            user_id=bob,
            digest=b"%d" % number,
            sealed=b"",
            builtin=False,
            created_on=now(),
        )
    assert signed_in.do("create_key", description="x") == 409
    assert "You have too many keys" in signed_in.text


def test_the_page_tells_when_keys_were_used_and_which_have_expired(signed_in, host, keys, bob):
    signed_in.do("create_key", description="old")
    _, (key_id, _) = keys(bob)
    table = schema.api_keys
    with host.database.write() as db:
        past = {"expires_on": now() - timedelta(days=1), "last_used_on": now() - timedelta(days=2)}
        db.execute(update(table).where(table.c.key_id == key_id).values(past))
    signed_in.get(ACCOUNT)
    assert "old expired" in signed_in.text
    assert f"{now() - timedelta(days=2):%Y-%m-%d}" in signed_in.text


def test_a_plugin_hears_of_keys_but_not_the_keys(signed_in, listener, keys, bob):
    signed_in.do("create_key", description="x")
    signed_in.do("reset_key")
    heard = [event for event in listener.heard if event.action == "user.updated"]
    assert [event.details["changed"] for event in heard] == [["api_keys"], ["api_keys"]]
    assert not any(text in repr(heard) for _, text in keys(bob))


@pytest.mark.parametrize("action", ["reset_key", "create_key", "revoke_key"])
def test_a_plugin_may_refuse_changes_of_keys(signed_in, listener, keys, bob, action):
    signed_in.do("create_key", description="x")
    before = keys(bob)
    listener.refuses = "user.updated"
    assert signed_in.do(action, description="y", key_id=before[1][0]) == 409
    assert "The server does not let you change your keys." in signed_in.text
    assert "not today" not in signed_in.text
    assert keys(bob) == before


@pytest.mark.parametrize("setting", ["own", "never"])
class TestWhoReadsKeys:
    @pytest.fixture
    def settings(self, settings, setting):
        return replace(settings, show_keys=setting)

    def test_is_what_the_setting_says(self, signed_in, keys, bob, setting):
        ((key_id, text),) = keys(bob)
        allowed = setting == "own"
        assert ("Show" in signed_in.text) is allowed
        assert signed_in.do("show_key", key_id=key_id) == (303 if allowed else 403)
        assert (text in signed_in.html) is allowed

    def test_a_new_key_is_shown_once_in_any_case(self, signed_in, keys, bob):
        signed_in.do("create_key", description="x")
        assert shown(signed_in) == keys(bob)[1][1]
        signed_in.do("reset_key")
        assert shown(signed_in) == dict(keys(bob))[max(dict(keys(bob)))]
        signed_in.get(ACCOUNT)
        assert shown(signed_in) is None


def test_keys_and_passwords_are_in_no_url_no_header_and_no_log(signed_in, keys, bob):
    lines = []

    def observe(event):
        lines.append(eventAsText(event))

    globalLogPublisher.addObserver(observe)
    signed_in.do("create_key", description="x")
    signed_in.do("reset_key")
    signed_in.do("show_key", key_id=keys(bob)[0][0])
    signed_in.do("password", current=PASSWORD, new="n3w-password", again="n3w-password")
    globalLogPublisher.removeObserver(observe)
    written = repr([answer.headers for answer in signed_in.answers]) + "\n".join(lines)
    for _, text in keys(bob):
        assert text not in written
    assert PASSWORD not in written
    assert "n3w-password" not in written + "".join(a.body.decode() for a in signed_in.answers)
