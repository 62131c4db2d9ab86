"""Users with passwords, and a browser without a screen."""

import pytest
from sqlalchemy import update

from kallithea_host import schema
from kallithea_host.passwords import hash_password
from tests.factories import statements
from tests.web.account.browser import Browser

__all__ = ["statements"]

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@pytest.fixture
def browser(api):
    """A browser that nobody has signed in with."""
    return Browser(api)


@pytest.fixture
def set_user(host):
    """Change columns of a user."""

    def change(user_id, **columns):
        with host.database.write() as db:
            db.execute(
                update(schema.users).where(schema.users.c.user_id == user_id).values(columns)
            )

    return change


@pytest.fixture
def bob(api, set_user):
    """The id of a user with a password."""
    made = api.create_user(username="bob", email="bob@example.org")
    set_user(made["user"]["user_id"], password_hash=HASH)
    return made["user"]["user_id"]


@pytest.fixture
def signed_in(browser, bob):
    """Bob's browser, on the page of his keys."""
    assert browser.sign_in("bob", PASSWORD) == 303
    return browser
