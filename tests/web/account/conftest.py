"""Users with passwords, and a browser without a screen."""

import pytest
from sqlalchemy import update

from kallithea_host import schema
from tests.web.account.browser import Browser

PASSWORD = "correct horse battery"


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
def bob(api):
    """The id of a user with a password."""
    made = api.create_user(username="Bob", email="bob@example.org", password=PASSWORD)
    return made["user"]["user_id"]


@pytest.fixture
def signed_in(browser, bob):
    """Bob's browser, on the page of his keys."""
    assert browser.sign_in("bob", PASSWORD) == 303
    return browser
