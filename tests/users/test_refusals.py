"""What can only happen between two callers, or to the operator."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from kallithea_host import Caller, Failed, Forbidden, Ident, NotAuthenticated, schema
from kallithea_host.commands.operator import CALLER
from kallithea_host.dispatch import NO_TARGET
from kallithea_plugins.users import changes
from kallithea_plugins.users.refusals import as_administrator

ADMIN = Caller(user_id=2, username="admin", admin=True, address="127.0.0.1", key_id=2)
NEW = {"active": True, "admin": False}


def test_who_still_is_an_administrator_after_the_hashing_may_go_on(host):
    made = host.in_transaction(
        ADMIN, NO_TARGET, as_administrator, (changes.create, "eve", None, NEW)
    )
    assert made["username"] == "eve"


@pytest.mark.parametrize(
    ("fallen", "error"), [({"active": False}, NotAuthenticated), ({"admin": False}, Forbidden)]
)
def test_who_fell_while_a_password_was_hashed_changes_nothing(api, host, rows, fallen, error):
    root = api.create_user(username="root", email=None, admin=True)["user"]
    rows.execute(update(schema.users).where(schema.users.c.user_id == 2).values(**fallen))
    with pytest.raises(error):
        host.in_transaction(ADMIN, NO_TARGET, as_administrator, (changes.create, "eve", None, NEW))
    text = api.as_key(root["api_key"]).error("get_user", userid="eve")
    assert text == "user `eve` does not exist"


def test_who_was_deleted_meanwhile_changes_nothing(host):
    gone = replace(ADMIN, user_id=99)
    with pytest.raises(NotAuthenticated):
        host.in_transaction(gone, NO_TARGET, as_administrator, (changes.create, "eve", None, NEW))


@pytest.mark.parametrize("to", [{"active": False}, {"admin": False}])
def test_the_last_active_administrator_stays_one_whoever_wants_it_otherwise(host, rows, to):
    with pytest.raises(Failed) as caught:
        host.in_transaction(CALLER, NO_TARGET, changes.change, (Ident("admin"), None, None, to))
    assert str(caught.value) == "failed to update user `admin`"
    assert str(caught.value.__cause__) == "it is the last active administrator"
    assert (rows.user("admin").active, rows.user("admin").admin) == (True, True)


def test_the_last_active_administrator_is_not_deleted(api, host):
    api.create_user(username="sleeping", email=None, admin=True, active=False)
    with pytest.raises(Failed):
        host.in_transaction(CALLER, NO_TARGET, changes.remove, (Ident("admin"),))
    assert api.get_user()["username"] == "admin"
