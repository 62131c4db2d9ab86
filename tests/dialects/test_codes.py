"""Every class of errors has a published code."""

import pytest

from kallithea_host import errors, gate
from kallithea_host.dialects import requests
from kallithea_host.dialects.codes import CODES, code_of


def subclasses(of):
    return {of}.union(*map(subclasses, of.__subclasses__()))


HOSTS = sorted(
    (each for each in subclasses(errors.ApiError) if each.__module__.startswith("kallithea_host.")),
    key=lambda each: each.__name__,
)
WITHOUT_ITS_OWN = {errors.Vetoed: errors.Failed, gate.NotOpen: errors.Forbidden}
"""Classes that no client of the API sees: methods answer in their own words, views by pages."""


def test_there_is_something_to_look_at():
    assert {errors.NotFound, requests.NotJson} <= set(HOSTS)


@pytest.mark.parametrize("error", HOSTS, ids=lambda each: each.__name__)
def test_every_class_of_errors_has_a_code(error):
    assert WITHOUT_ITS_OWN.get(error, error) in CODES


def test_a_class_of_a_plugin_has_the_code_of_the_one_above_it():
    class Gone(errors.NotFound):
        pass

    assert code_of(Gone) is CODES[errors.NotFound]


def test_codes_are_the_specifications_or_lie_where_it_lets_servers_choose():
    predefined = {-32700, -32600, -32601, -32602, -32603}
    numbers = {code.number for code in CODES.values()}
    assert predefined <= numbers
    assert all(-32099 <= number <= -32000 for number in numbers - predefined)
    assert len(numbers) == len(set(CODES.values()))
