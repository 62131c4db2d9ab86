import pytest

from tests.factories import bob, listener, statements, world

__all__ = ["bob", "listener", "statements", "world"]


@pytest.fixture
def team(world):
    """The id of a user group that everybody may read."""
    group_id = world.user_group("team")
    world.grant("usergroup.read", group_id, user_id=1)
    return group_id
