"""Methods of anybody's plugin are described like the built-in ones."""

from types import ModuleType
from typing import TypedDict

import pytest

from kallithea_host import DbJob, Ident, Methods, VcsJob, hookimpl
from kallithea_host.client.generator import modules
from kallithea_host.testing import plugin
from tests.discovery.validating import Results, faults_of_document


class Weather(TypedDict):
    """What it is like outside."""

    celsius: float
    words: list[str]


class User(TypedDict):
    """A user of another kind than the host's."""

    nick: str


def module():
    made = Methods("weather")

    @made.in_db(needs="weather.see")
    def weather_now(job: DbJob, place: str | None = None) -> Weather:
        """Look outside."""
        return {"celsius": 20.5, "words": ["sun"]}

    @made.in_vcs(needs="repository.read")
    def weather_of(job: VcsJob, repoid: Ident) -> dict[str, User]:
        """Look into a repository."""
        return {}

    @made.in_db(needs=None)
    def weather_object(job: DbJob) -> ModuleType:
        """Whatever."""

    @hookimpl
    def kallithea_methods():
        return made

    found = ModuleType("weather")
    found.kallithea_methods = kallithea_methods
    return found


@pytest.fixture
def plugins():
    return [plugin("weather", module())]


@pytest.fixture
def document(api):
    return api.call("rpc.discover", {})


def test_they_are_in_the_document(document):
    described = {method["name"]: method for method in document["methods"]}
    assert described["weather_now"]["x-plugin"] == "weather"
    assert described["weather_now"]["x-permissions"] == [{"name": "weather.see"}]
    assert described["weather_object"]["result"]["schema"] == {}  # a type that JSON does not have
    assert faults_of_document(document) == []


def test_a_permission_that_a_plugin_makes_counts(api, world):
    world.user("bob")
    names = api.as_user("bob").call("system.listMethods", {})
    assert {"weather_of", "weather_object"} <= set(names)
    assert "weather_now" not in names


def test_objects_of_one_name_are_kept_apart(document):
    names = [name for name in document["components"]["schemas"] if name.endswith("User")]
    assert len(names) == 2


def test_their_results_fit(api, document):
    assert Results(document).faults("weather_now", api.weather_now()) == []


def test_a_client_can_be_written_that_has_them(document):
    source = modules(document, "my_client")["blocking.py"]
    assert "def weather_now(" in source
    assert "-> Weather:" in source
