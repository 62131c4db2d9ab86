"""The program ``ldap_sync.py`` that Kallithea ships: groups and members as a directory has them.

It names user groups ``usersgroupid``, sends ``"True"`` as text and a UUID as id, takes every error
of ``create_user_group`` for a group that is there already, and stops at any other.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from kallithea_host.styles import STYLES

pytestmark = pytest.mark.parametrize("style", STYLES)

HEAD = (
    "POST /_admin/api HTTP/1.1\r\n"
    "Accept-Encoding: identity\r\n"
    "Content-Length: {length}\r\n"
    "Host: kallithea.example.org\r\n"
    "Content-Type: text/plain\r\n"
    "Connection: close\r\n"
    "User-Agent: Python-urllib/2.7\r\n"
    "\r\n"
)


class Stopped(Exception):
    """The program has ended with the text of an error."""


@dataclass
class Synchroniser:
    """One program with the key of one user; ``said`` is what it was answered."""

    api: Any
    said: list = field(default_factory=list)

    def ask(self, method, **args):
        request_id = str(uuid.uuid4())
        call = {"id": request_id, "api_key": self.api._key, "method": method, "args": args}
        body = json.dumps(call).encode()
        answer = self.api.exchange(HEAD.format(length=len(body)).encode() + body)
        reply = json.loads(answer.body)
        assert answer.status == 200
        assert reply["id"] == request_id
        if reply["error"] is not None:
            raise Stopped(reply["error"])
        return reply["result"]

    def create_group(self, name):
        try:
            self.ask("create_user_group", group_name=name, active="True")
        except Stopped as error:
            self.said.append(str(error))

    def members(self, name):
        group = self.ask("get_user_group", usersgroupid=name)
        return {member["username"] for member in group["members"]}

    def change(self, method, name, username):
        result = self.ask(method, usersgroupid=name, userid=username)
        assert result["success"] is True
        self.said.append(result["msg"])

    def run(self, directory):
        """Make user groups and their members what the directory says."""
        for name in directory:
            self.create_group(name)
        for name, wanted in directory.items():
            present = self.members(name)
            for username in sorted(present - wanted):
                self.change("remove_user_from_user_group", name, username)
            for username in sorted(wanted - present):
                self.change("add_user_to_user_group", name, username)


@pytest.fixture
def program(api, world):
    for username in ("alice", "bob", "carol"):
        world.user(username)
    return Synchroniser(api)


def groups(api):
    return {
        group["group_name"]: {member["username"] for member in group["members"]}
        for group in api.get_user_groups()
    }


def test_the_first_run_makes_groups_with_members(api, program, by_style):
    directory = {"developers": {"alice", "bob"}, "Büro 2": {"carol"}, "empty": set()}
    program.run(directory)
    assert groups(api) == directory
    assert {group["active"] for group in api.get_user_groups()} == {True}
    article = by_style(documented="a ", kallithea="")
    assert program.said == [
        f"added member `{username}` to {article}user group `{name}`"
        for name, username in [("developers", "alice"), ("developers", "bob"), ("Büro 2", "carol")]
    ]


def test_a_second_run_finds_everything_as_it_is(api, program):
    program.run({"developers": {"alice"}})
    program.said.clear()
    program.run({"developers": {"alice"}})
    assert program.said == ["user group `developers` already exist"]
    assert groups(api) == {"developers": {"alice"}}


def test_who_left_the_directory_leaves_the_group(api, program, by_style):
    program.run({"developers": {"alice", "bob"}})
    program.said.clear()
    program.run({"developers": {"bob", "carol"}})
    assert groups(api) == {"developers": {"bob", "carol"}}
    assert program.said[1] == by_style(
        documented="removed member alice from user group developers",
        kallithea="removed member `alice` from user group `developers`",
    )


def test_a_user_whom_only_the_directory_knows_stops_it(api, program):
    with pytest.raises(Stopped, match=r"^user `stranger` does not exist$"):
        program.run({"developers": {"alice", "stranger"}, "others": {"bob"}})
    assert groups(api) == {"developers": {"alice"}, "others": set()}


def test_it_looks_up_users_by_name(program):
    assert program.ask("get_user", userid="alice")["active"] is True
    with pytest.raises(Stopped, match=r"^user `nobody` does not exist$"):
        program.ask("get_user", userid="nobody")


def test_it_needs_no_administrator_but_who_may_make_user_groups(api, program, world):
    world.name("hg.usergroup.create.true", user_id=api.get_user(userid="bob")["user_id"])
    Synchroniser(api.as_user("bob")).run({"developers": {"alice"}})
    assert groups(api) == {"developers": {"alice"}}
    assert api.get_user_group(usersgroupid="developers")["owner"] == "bob"
