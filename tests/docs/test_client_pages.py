"""The pages about clients and about what the server says of itself, done as a reader does them."""

import json
import socket

import pytest

from kallithea_host.discovery.schemas import Schemas
from tests.docs.shell import Reader, blocks_of


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reader = Reader(tmp_path_factory.mktemp("clients"), port)
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def printed(reader):
    """What the page about the clients made the shell print."""
    return reader.follow("python-clients.md")


def test_the_clients_do_what_is_shown(printed):
    assert "Created new repository `tools/deploy`\ntools/deploy 000000000000\n" in printed
    assert "1 users and 1 repositories" in printed
    assert "A repository, with who was granted what on it and who follows it." in printed


@pytest.mark.usefixtures("printed")
def test_the_document_is_answered(reader):
    (block,) = [block for block in blocks_of("discovery.md") if block.language == "sh"]
    assert json.loads(reader.do(block))["result"]["openrpc"] == "1.3.2"


def test_the_type_of_a_result_is_described():
    (block,) = [block for block in blocks_of("discovery.md") if block.language == "python"]
    namespace = {}
    exec(block.text, namespace)
    schemas = Schemas()
    schemas.of(namespace["Reading"])
    assert schemas.components["Reading"]["required"] == ["celsius"]
    described = schemas.components["Reading"]["properties"]["celsius"]
    assert described == {"type": "number", "description": "As the sensor says it."}
