"""A plugin to be asked in both dialects, and ways to ask it."""

import json
from typing import Any, Literal

import pytest

from kallithea_host import (
    ApiError,
    Busy,
    Conflict,
    DbJob,
    Failed,
    Forbidden,
    Ident,
    Methods,
    NotFound,
    hookimpl,
)
from kallithea_host.loading import Plugin

methods = Methods("probe")
HEARD: list[Any] = []
"""What notifications said; a test asks for it by the fixture ``heard``."""


@methods.in_db(needs=None)
def subtract(job: DbJob, minuend: int, subtrahend: int) -> int:
    """The specification's first example."""
    return minuend - subtrahend


@methods.in_db(needs=None)
def update(job: DbJob, a: int, b: int = 0, c: int = 0, d: int = 0, e: int = 0) -> None:
    """A notification of the specification."""
    HEARD.append((a, b, c, d, e))


@methods.in_db(needs=None, name="sum")
def add_up(job: DbJob, a: int, b: int, c: int) -> int:
    """A call of the specification's batch."""
    return a + b + c


@methods.in_db(needs=None)
def notify_hello(job: DbJob, number: int) -> None:
    """A notification of the specification's batch."""
    HEARD.append(number)


@methods.in_db(needs=None)
def get_data(job: DbJob) -> list[Any]:
    """A call without arguments of the specification's batch."""
    return ["hello", 5]


@methods.in_db(needs=None)
def give_null(job: DbJob) -> None:
    """Nothing."""


@methods.in_db(needs=None, argument_aliases={"who": ("whom",)})
def take(
    job: DbJob,
    text: str = "",
    number: int = 0,
    word: Literal["one", "two"] = "one",
    listed: list[int] = [],  # noqa: B006 - never changed
    mapped: dict[str, bool] = {},  # noqa: B006 - never changed
    who: Ident | None = None,
) -> list[Any]:
    """What came of some arguments."""
    return [text, number, word, listed, mapped, who and str(who)]


@methods.in_db(needs=None)
def demand(job: DbJob, repoid: Ident, number: int) -> None:
    """Arguments that must be given."""


@methods.in_db(needs=None)
def break_down(job: DbJob, text: str = "", password: str = "") -> None:
    """Fail as nobody foresaw."""
    raise RuntimeError(f"cannot take {text!r} and {password!r}")


@methods.in_db(needs=None)
def give_nan(job: DbJob) -> float:
    """What cannot be sent."""
    return float("nan")


REFUSALS = {error.__name__: error for error in (ApiError, Busy, Conflict, Failed, NotFound)}


@methods.in_db(needs=None)
def refuse(job: DbJob, kind: str) -> None:
    """Refuse with an error of some class."""
    raise REFUSALS[kind]("in its own words")


@methods.in_db(needs="hg.admin")
def admins_only(job: DbJob) -> None:
    """A method for administrators."""


@methods.in_db(needs=None)
def forbidden(job: DbJob) -> None:
    """A refusal by the method itself."""
    raise Forbidden("not you")


class Probe:
    @hookimpl
    def kallithea_methods(self):
        return methods


@pytest.fixture
def plugins():
    return [Plugin("probe", Probe(), "probe", "probe 1")]


@pytest.fixture(autouse=True)
def heard():
    """What notifications said."""
    HEARD.clear()
    return HEARD


@pytest.fixture
def key(api):
    return api._key


@pytest.fixture
def post(api, key):
    """The HTTP answer to a body, JSON or not, of somebody whose key is in the header."""

    def post(body, key=key):
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return api.post(sent, headers={"Authorization": f"Bearer {key}"} if key else {})

    return post


@pytest.fixture
def reply(post):
    """The whole reply to a body."""
    return lambda body, **more: json.loads(post(body, **more).body)


@pytest.fixture
def error(reply):
    """The error of a call."""

    def error(method, params=None, **more):
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        answered = reply(asked, **more)
        assert list(answered) == ["jsonrpc", "error", "id"]
        return answered["error"]

    return error
