import pytest

from tests.client_program.answering import Answering
from tests.client_program.running import Program


@pytest.fixture
def server():
    """A server that answers what a test tells it to, and keeps what it was asked."""
    with Answering() as server:
        yield server


@pytest.fixture
def program(tmp_path, monkeypatch, capsys):
    """The program in this process, with an empty home."""
    return Program(tmp_path / "home", monkeypatch, capsys)


@pytest.fixture
def at_server(program, server):
    """The same, with address and key of ``server`` in the environment."""
    program.environment(KALLITHEA_APIHOST=server.host, KALLITHEA_APIKEY=program.key)
    return program
