import pytest

from tests.factories import bob, listener, statements, world

__all__ = ["bob", "listener", "statements", "world"]


@pytest.fixture
def repo(world):
    """The id of a repository that everybody may read."""
    repo_id = world.repository("some/repo")
    world.grant("repository.read", repo_id, user_id=1)
    return repo_id


@pytest.fixture
def team(world):
    """The id of a user group that everybody may read."""
    group_id = world.user_group("team")
    world.grant("usergroup.read", group_id, user_id=1)
    return group_id
