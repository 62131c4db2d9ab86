import pytest
from kallithea_host import ApiError, Phase, hookimpl
from sqlalchemy import event
from tests.factories import World


@pytest.fixture
def world(host):
    return World(host)


@pytest.fixture
def bob(world):
    """The id of an ordinary user."""
    return world.user("bob")


@pytest.fixture
def team(world):
    """The id of a user group that everybody may read."""
    group_id = world.user_group("team")
    world.grant("usergroup.read", group_id, user_id=1)
    return group_id


class Listener:
    """A plugin that writes down what happens, and refuses what it is asked to refuse."""

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
def listener(host):
    plugin = Listener()
    host.registry._hooks.register(plugin)
    return plugin


@pytest.fixture
def statements(host):
    """The statements that the database was sent by reading methods."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(host.database._reader, "before_cursor_execute", note)
    yield sent
    event.remove(host.database._reader, "before_cursor_execute", note)
