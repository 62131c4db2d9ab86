import pytest
from twisted.logger import globalLogPublisher

pytest_plugins = ["kallithea_host.testing"]


@pytest.fixture
def logged():
    """The events of the log since the test began."""
    events = []
    globalLogPublisher.addObserver(events.append)
    yield events
    globalLogPublisher.removeObserver(events.append)
