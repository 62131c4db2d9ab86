from tests.factories import bob, world
from tests.styles.both import by_style, settings, style

__all__ = ["bob", "by_style", "settings", "style", "world"]
