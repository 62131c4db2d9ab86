"""Who gets to see a view: every view that is registered, for everybody, in every setting."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from kallithea_host import Reply, ViewCall, Views, accounts, hookimpl, keys, schema
from kallithea_host.clock import now
from kallithea_host.config import Settings
from kallithea_host.loading import installed
from kallithea_host.registry import Registry
from kallithea_host.testing import plugin
from kallithea_host.testing.rows import DEFAULT
from tests.views.urls import urls_of

probes = Views("probe")


@probes.of_site("ProbeController:site", "_admin/probe", needs=None)
async def probe(call: ViewCall) -> Reply:
    """A view that is about no repository."""
    return Reply(body=b"")


class Probe:
    @hookimpl
    def kallithea_views(self):
        return probes


PLUGINS = [plugin("probe", Probe())]
REGISTERED = Registry([*installed()[0], *PLUGINS], Settings()).views
OF_REPOSITORIES = [view for view in REGISTERED.values() if view.of_repository]
OF_THE_SITE = [view for view in REGISTERED.values() if not view.of_repository]

ROLES = ["nobody", "empty key", "wrong", "expired", "inactive", "refused IP",
         "stranger", "reader", "owner", "administrator"]  # fmt: skip
MIGHTY = ("expired", "inactive", "refused IP", "administrator")

STATUS = {"y": 200, "K": 401, "I": 403, "W": 403, "N": 404}
TEXT = {
    "K": b"Invalid API key\n",
    "A": b"An API key is needed.\n",
    "I": b"request from IP:127.0.0.1 not allowed\n",
    "W": b"API keys do not open this page.\n",
    "N": b"There is nothing here.\n",
}
STATUS["A"] = 401

#   (opened to keys, anonymous access, repository):
#            nobody, empty key, wrong, expired, inactive, refused IP,
#            stranger, reader, owner, administrator
TABLE = {
    (True, False, "public"):   "AKKKKI yyyy",
    (True, False, "private"):  "AKKKKI Nyyy",
    (True, False, "absent"):   "AKKKKI NNNN",
    (True, True, "public"):    "yKKKKI yyyy",
    (True, True, "private"):   "NKKKKI Nyyy",
    (True, True, "absent"):    "NKKKKI NNNN",
    (False, False, "public"):  "AWWWWI WWWW",
    (False, False, "private"): "AWWWWI WWWW",
    (False, False, "absent"):  "AWWWWI WWWW",
    (False, True, "public"):   "yWWWWI WWWW",
    (False, True, "private"):  "NWWWWI WWWW",
    (False, True, "absent"):   "NWWWWI WWWW",
}  # fmt: skip


@pytest.fixture
def plugins():
    return PLUGINS


@pytest.fixture(params=[True, False], ids=["opened", "not opened"])
def opened(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["with a key", "anonymous"])
def anonymous(request):
    return request.param


@pytest.fixture
def settings(settings, opened):
    return replace(settings, api_access_controllers_whitelist=tuple(REGISTERED) if opened else ())


@pytest.fixture
def people(host, world, anonymous):
    """The key of everybody, and his id."""
    found = {"nobody": (None, DEFAULT), "empty key": ("", DEFAULT), "wrong": ("0" * 40, DEFAULT)}
    with host.database.write() as db:
        switched = update(schema.users).where(schema.users.c.user_id == DEFAULT)
        db.execute(switched.values(active=anonymous))
    for role in ROLES[3:]:
        user_id = world.user(role, admin=role in MIGHTY, active=role != "inactive")
        key = keys.generate()
        expires_on = now() - timedelta(seconds=1) if role == "expired" else None
        with host.database.write() as db:
            columns = {"builtin": False, "expires_on": expires_on}
            accounts.add_key(db, host.vault, user_id, key, **columns)
        found[role] = (key, user_id)
    world.add(schema.user_addresses, user_id=found["refused IP"][1], network="10.0.0.0/8")
    return found


@pytest.fixture
def repositories(place, world, people, alias):
    """One that everybody may read, and one that three may; both may be downloaded."""
    columns = {"owner_id": people["owner"][1], "enable_downloads": True}
    place("public", alias, **columns)
    private = place("private", alias, private=True, **columns)
    world.grant("repository.read", private, user_id=people["reader"][1])


def asked(api, path, key, by):
    """The answer to a GET with a key in the URL or in a header, or with none."""
    headers = {}
    if key is not None and by == "header":
        headers["Authorization"] = f"Bearer {key}"
    elif key is not None:
        path += f"?api_key={key}"
    return api.request("GET", path=path, headers=headers)


def expected(view, repository, opened, anonymous):
    """Status and text for each role."""
    row = TABLE[opened or view.always_open, anonymous, repository].replace(" ", "")
    return {
        (view.name, repository, role): (STATUS[letter], TEXT.get(letter, b""))
        for role, letter in zip(ROLES, row, strict=True)
    }


@pytest.mark.parametrize("by", ["parameter", "header"])
def test_everybody_is_answered_as_the_table_says(api, people, repositories, opened, anonymous, by):
    answered, said = {}, {}
    for view in OF_REPOSITORIES:
        for repository in ("public", "private", "absent"):
            said |= expected(view, repository, opened, anonymous)
            for role in ROLES:
                answer = asked(api, next(urls_of(view, repository)), people[role][0], by)
                text = b"" if answer.status == 200 else answer.body
                answered[view.name, repository, role] = (answer.status, text)
                assert "location" not in answer.headers
                assert ("www-authenticate" in answer.headers) == (answer.status == 401)
    assert answered == said


def test_a_view_of_the_site_asks_for_a_key_as_the_others_do(api, people, opened, anonymous):
    for view in OF_THE_SITE:
        row = "AKKKKIyyyy" if opened or view.always_open else "AWWWWIWWWW"
        if anonymous and view.to_anonymous:
            row = "y" + row[1:]
        for role, letter in zip(ROLES, row, strict=True):
            answer = asked(api, next(urls_of(view)), people[role][0], "parameter")
            assert (view.name, role, answer.status) == (view.name, role, STATUS[letter])


def test_there_are_views_of_both_sorts():
    assert len(OF_REPOSITORIES) >= 5
    assert OF_THE_SITE


def test_every_view_has_a_name_of_the_documented_form():
    assert all(re.fullmatch(r"[A-Z][A-Za-z]*Controller:[a-z_]+", name) for name in REGISTERED)


def test_every_url_of_a_view_answers(api, place, alias, opened):
    place("a/b", alias, enable_downloads=True)
    for view in OF_REPOSITORIES:
        status = 200 if opened or view.always_open else 403
        urls = list(urls_of(view, "a/b"))
        answers = [asked(api, url, api._key, "parameter").status for url in urls]
        assert dict(zip(urls, answers, strict=True)) == dict.fromkeys(urls, status)
