"""The result styles: each is whole, and the document about them tells the truth."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from kallithea_host.config import Settings
from kallithea_host.rules import ResultStyle
from kallithea_host.styles import STYLES, Style
from kallithea_host.tap import Options
from tests.factories import World
from tests.vcs.clients import GitClient

DOCUMENT = Path(__file__).parents[1] / "docs" / "result-styles.md"
MEMBERS = sorted(
    name for name in vars(Style) | inspect.get_annotations(Style) if not name.startswith("_")
)
BOB = {"user_id": 3, "username": "bob"}
CALLS = [
    lambda style: style.pulled("repo"),
    lambda style: style.invalidated("repo", "1"),
    lambda style: style.group_member_type,
    lambda style: style.landing_rev("rev", "tip"),
    lambda style: style.landing_rev("branch", "stable"),
    lambda style: style.locked_by(BOB),
    lambda style: style.locked_date(1577876400.5),
    lambda style: style.lock_set("bob", "repo", locked=True),
    lambda style: style.repository_updated(1, "repo"),
    lambda style: style.repository_deleted("repo", "detach", 2),
    lambda style: style.repository_deleted("repo", "delete", 2),
    lambda style: style.member_added("bob", "team"),
    lambda style: style.member_removed("bob", "team"),
    lambda style: style.group_granted("repository.read", "team", "repo"),
    lambda style: style.group_revoked("team", "repo"),
]
"""What a style is asked for each row of the document."""


def described():
    """The JSON of the document's rows, by style."""
    rows = [line.split(" | ") for line in DOCUMENT.read_text().splitlines() if line[:3] == "| `"]
    documented, released = zip(*([_json(cell) for cell in row[1:]] for row in rows), strict=True)
    return {"documented": list(documented), "kallithea": list(released)}


def _json(cell):
    return json.loads(re.match(r"(`+)(?P<json>.*?)\1(?!`)", cell)["json"])


class Noting:
    """Notes what it is asked, whatever that is."""

    def __init__(self):
        self.asked = set()

    def __getattr__(self, name):
        self.asked.add(name)
        return lambda *_, **__: None


def test_there_is_an_object_for_every_value_of_the_setting():
    assert tuple(STYLES) == get_args(ResultStyle)


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("name", STYLES)
def test_a_style_has_an_answer_of_its_own_to_everything(name, member):
    own = vars(type(STYLES[name]))[member]
    if isinstance(own, str):
        assert member in inspect.get_annotations(Style)
    else:
        assert inspect.signature(own) == inspect.signature(getattr(Style, member))


@pytest.mark.parametrize("name", STYLES)
def test_the_document_shows_what_the_style_gives(name):
    assert described()[name] == [call(STYLES[name]) for call in CALLS]


def test_the_document_leaves_nothing_out():
    style = Noting()
    for call in CALLS:
        call(style)
    assert sorted(style.asked) == MEMBERS


@pytest.mark.parametrize("name", STYLES)
def test_an_unlocked_repository_has_neither_holder_nor_date(name):
    assert STYLES[name].locked_by(None) is None
    assert STYLES[name].locked_date(None) is None


def test_a_moment_without_milliseconds_is_shown_without():
    assert STYLES["kallithea"].locked_date(0.0) == "1970-01-01T00:00:00"


@pytest.mark.parametrize("forks", ["", "neither"])
def test_forks_that_are_not_spoken_of_are_not_counted(forks):
    text = STYLES["kallithea"].repository_deleted("repo", forks, 0)
    assert text == "Deleted repository `repo`"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--result-style", "kallithea"],
        ["--set", "api_result_style=kallithea"],
        ["--config", "ini"],
    ],
)
def test_the_owner_of_the_server_chooses(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    Path("ini").write_text("[kallithea-host]\napi_result_style = kallithea\n")
    options = Options()
    options.parseOptions(arguments)
    assert options.settings.api_result_style == "kallithea"


def test_without_a_choice_results_are_as_documented():
    assert Settings().api_result_style == "documented"


def test_the_command_line_stands_over_the_file(tmp_path):
    file = tmp_path / "ini"
    file.write_text("[kallithea-host]\napi_result_style = kallithea\n")
    options = Options()
    options.parseOptions(["--config", str(file), "--result-style", "documented"])
    assert options.settings.api_result_style == "documented"


def different(one, other, path=()):
    """The paths at which two results differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(index, *pair) for index, pair in enumerate(zip(one, other, strict=True))]
    else:
        return set() if one == other else {path}
    return set().union(*(different(a, b, (*path, key)) for key, a, b in pairs))


REPO = {"repoid": "groups/repo"}
LOCKED = {(0, "landing_rev"), (0, "locked_by"), (0, "locked_date")}
READ = {
    "get_changeset": (REPO | {"raw_id": "tip"}, set()),
    "get_changesets": (REPO | {"with_file_list": True}, set()),
    "get_ip": ({"userid": "bob"}, set()),
    "get_locks": ({}, LOCKED),
    "get_repo": (
        REPO | {"with_revision_names": True, "with_pullrequests": True},
        {("landing_rev",), ("locked_by",), ("locked_date",), ("members", 2, "type")},
    ),
    "get_repo_group": ({"repogroupid": "groups"}, {("members", 1, "type")}),
    "get_repo_groups": ({}, set()),
    "get_repo_nodes": (REPO | {"revision": "tip", "root_path": ""}, set()),
    "get_repos": ({}, LOCKED),
    "get_server_info": ({}, set()),
    "get_user": ({"userid": "bob"}, set()),
    "get_user_group": ({"usergroupid": "team"}, set()),
    "get_user_groups": ({}, set()),
    "get_users": ({}, set()),
}
"""Methods that read, their arguments, and where their results differ."""


@pytest.fixture
def filled(api, host):
    """A user in a group, and a repository with files that both may write to and he has locked."""
    api.create_user(username="bob", email="bob@example.org")
    api.create_user_group(group_name="team")
    api.add_user_to_user_group(usergroupid="team", userid="bob")
    api.create_repo(repo_name="groups/repo", repo_type="git")
    GitClient().commit(host.settings.repositories / "groups/repo", {"a/b": "1", "c": "2"})
    api.invalidate_cache(**REPO)
    api.grant_user_permission(**REPO, userid="bob", perm="repository.write")
    api.grant_user_group_permission(**REPO, usergroupid="team", perm="repository.write")
    World(host).grant("group.write", 1, users_group_id=1)
    api.lock(**REPO, locked=True, userid="bob")
    return api


def test_every_method_that_reads_is_compared(host):
    declared = {method.name for method in host.registry.methods.values()}
    assert {name for name in declared if name.startswith("get_")} == set(READ)


def test_nothing_that_is_read_differs_but_what_the_document_says(filled, host):
    read = {}
    for name, style in STYLES.items():
        host.style = style
        read[name] = {method: filled.call(method, args) for method, (args, _) in READ.items()}
    found = {
        method: different(read["documented"][method], read["kallithea"][method]) for method in READ
    }
    assert found == {method: points for method, (_, points) in READ.items()}
