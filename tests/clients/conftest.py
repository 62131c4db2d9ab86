import pytest

from tests.factories import bob, world
from tests.styles.both import by_style, settings

__all__ = ["bob", "by_style", "settings", "world"]


@pytest.fixture
def style():
    """Programs were written against Kallithea; modules whose results differ ask for both styles."""
    return "kallithea"
