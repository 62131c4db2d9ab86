import pytest

from tests.client_program.answering import Answering


@pytest.fixture
def server():
    """A server that answers what a test tells it to, and keeps what it was asked."""
    with Answering() as server:
        yield server
