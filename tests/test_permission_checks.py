"""What further checks of plugins do to permissions, on single objects and on lists."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, select

from kallithea_host import DbJob, Kind, Level, Methods, PermissionCheck, hookimpl
from kallithea_host import schema as tables
from kallithea_host.kinds import USER_GROUP
from kallithea_host.loading import Plugin
from kallithea_host.permissions import DENIED

methods = Methods("probe")


@methods.in_db(needs=None)
def list_groups(job: DbJob) -> list[str]:
    """The names of the user groups that the caller may administrate."""
    permissions = job.host.permissions
    return [*permissions.select(job.db, job.caller, _names, (USER_GROUP, Level.ADMIN)).scalars()]


def _names(allowed):
    names = tables.user_groups.c.group_name
    return select(names).where(allowed).order_by(names)


@methods.in_db(needs="tickets.open")
def open_ticket(job: DbJob) -> str:
    """Needs a permission that only this plugin knows."""
    return job.caller.username


@dataclass
class Opinions(PermissionCheck):
    """Says what a test wants it to say."""

    on_global: dict[tuple[str, str], bool | None]
    on_groups: dict[str, Any]

    def may(self, db, caller, permission):
        return self.on_global.get((caller.username, permission))

    def may_on(self, db, caller, kind: Kind, level):
        return self.on_groups.get(caller.username) if kind is USER_GROUP else None

    def names(self, db, caller):
        return [name for (user, name), says in self.on_global.items() if user == caller.username]


class Probe:
    def __init__(self):
        self.opinions = Opinions({}, {})

    @hookimpl
    def kallithea_methods(self):
        return methods

    @hookimpl
    def kallithea_permission_checks(self, settings):
        return [self.opinions]


@pytest.fixture
def probe():
    return Probe()


@pytest.fixture
def opinions(probe):
    return probe.opinions


@pytest.fixture
def plugins(probe):
    return [Plugin("probe", probe, "probe", "probe 1")]


@pytest.fixture
def bob(api):
    """Owns the user group ``his`` beside the administrator's ``a`` and ``b``."""
    api.create_user(username="bob", email="bob@example.com")
    for name in "ab":
        api.create_user_group(group_name=name)
    api.create_user_group(group_name="his", owner="bob")
    return api.as_user("bob")


def may_change(client, name):
    """Whether the gate for a single object lets the caller through."""
    reply = client.ask(
        {
            "id": 1,
            "api_key": client._key,
            "method": "add_user_user_group",
            "args": {"usergroupid": name, "userid": "bob"},
        }
    )
    if reply["error"] is None:
        client.remove_user_from_user_group(usergroupid=name, userid="bob")
        return True
    assert reply["error"] == f"user group `{name}` does not exist"
    return False


def allowed(client):
    """What the caller may administrate, one by one and as a list, which must agree."""
    single = [name for name in ("a", "b", "his") if may_change(client, name)]
    assert client.list_groups() == single
    return single


groups = tables.user_groups.c


def test_without_an_opinion_the_others_decide(bob, api):
    assert allowed(bob) == ["his"]
    assert allowed(api) == ["a", "b", "his"]


def test_one_no_refuses_whoever_says_yes(bob, api, opinions):
    opinions.on_groups |= {"bob": False, "admin": False}
    assert allowed(bob) == []
    assert allowed(api) == []


def test_one_yes_allows(bob, opinions):
    opinions.on_groups["bob"] = True
    assert allowed(bob) == ["a", "b", "his"]


def test_an_opinion_may_differ_from_row_to_row(bob, api, opinions):
    opinions.on_groups |= {"bob": groups.group_name == "a", "admin": groups.group_name != "b"}
    assert allowed(bob) == ["a"]
    assert allowed(api) == ["a", "his"]


def test_null_is_no_opinion_on_a_row(bob, opinions):
    silent = select(groups.group_description).where(groups.group_name == "none").scalar_subquery()
    opinions.on_groups["bob"] = silent == "x"
    assert allowed(bob) == ["his"]


def test_a_list_and_an_object_each_cost_one_statement(bob, opinions, host):
    opinions.on_groups["bob"] = groups.group_name == "a"
    sent = []
    event.listen(
        host.database._reader, "before_cursor_execute", lambda *about: sent.append(about[2])
    )
    bob.list_groups()
    assert len([text for text in sent if "user_groups" in text]) == 1


def test_a_global_no_refuses_even_administrators(api, opinions):
    opinions.on_global["admin", "hg.admin"] = False
    assert api.error("get_users") == DENIED
    assert "hg.admin" not in api.get_user()["permissions"]["global"]


def test_a_global_yes_allows(bob, opinions):
    assert bob.error("get_users") == DENIED
    opinions.on_global["bob", "hg.admin"] = True
    assert "bob" in [user["username"] for user in bob.get_users()]


def test_a_permission_of_the_plugin_s_own_is_refused_unless_it_says_yes(bob, api, opinions):
    assert bob.error("open_ticket") == DENIED
    opinions.on_global["bob", "tickets.open"] = True
    assert bob.open_ticket() == "bob"
    assert "tickets.open" in bob.get_user()["permissions"]["global"]
    opinions.on_global["bob", "tickets.open"] = None
    assert bob.error("open_ticket") == DENIED
