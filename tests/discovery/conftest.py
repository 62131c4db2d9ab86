from tests.factories import bob, world

__all__ = ["bob", "world"]
