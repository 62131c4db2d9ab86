import pytest

from kallithea_host import Busy, Conflict, Failed, NotFound, VcsError
from kallithea_host.errors import Vetoed
from kallithea_host.failing import failing
from kallithea_host.names import BadName
from kallithea_host.passwords import BadPassword


def what_leaves(reason, *more):
    with pytest.raises(Exception) as caught, failing("failed to do it", *more):  # noqa: PT011
        raise reason
    return caught.value


@pytest.mark.parametrize("kind", [BadName, BadPassword, VcsError, OSError, Vetoed])
def test_whatever_stands_against_it_is_told_in_the_words_of_the_method(kind):
    reason = kind("something of the server's own")
    failure = what_leaves(reason)
    assert (type(failure), str(failure)) == (Failed, "failed to do it")
    assert failure.__cause__ is reason


@pytest.mark.parametrize("kind", [Busy, Conflict, NotFound, KeyError])
def test_other_errors_go_on_as_they_are(kind):
    reason = kind("their own words")
    assert what_leaves(reason) is reason


def test_further_errors_are_reasons_where_that_is_said():
    assert str(what_leaves(Conflict("the name is taken"), Conflict)) == "failed to do it"
