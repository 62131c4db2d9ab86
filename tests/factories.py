"""Fixtures that go with the rows of ``world``.

A ``conftest.py`` imports those it wants.
"""

import pytest
from sqlalchemy import event

from kallithea_host.testing import Listener, World, listener, world
from kallithea_host.testing.rows import ADMIN, DEFAULT

__all__ = ["ADMIN", "DEFAULT", "Listener", "World", "bob", "listener", "statements", "world"]


@pytest.fixture
def bob(world):
    """The id of an ordinary user."""
    return world.user("bob")


@pytest.fixture
def statements(host):
    """The statements that the database is sent by methods that read."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(host.database._reader, "before_cursor_execute", note)
    yield sent
    event.remove(host.database._reader, "before_cursor_execute", note)
