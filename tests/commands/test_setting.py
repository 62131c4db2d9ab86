import json

import pytest

FRESH = [
    ["default_repo_type", "hg"],
    ["default_repo_private", "false"],
    ["default_repo_enable_statistics", "false"],
    ["default_repo_enable_downloads", "false"],
    ["default_repo_enable_locking", "false"],
]
NAMES = [name for name, _ in FRESH]


def refused(ran, text):
    assert (ran.code, ran.out, ran.err) == (1, "", f"kallithea-host: {text}\n")


def test_a_fresh_installation_has_the_products_settings(run):
    assert run("setting", "list").rows == FRESH


def test_the_list_as_json(run):
    listed = json.loads(run("setting", "list", "--json").out)
    assert listed[0] == {"name": "default_repo_type", "value": "hg"}


@pytest.mark.parametrize(("name", "value"), FRESH)
def test_one_setting_is_printed_and_nothing_else(run, name, value):
    ran = run("setting", "get", name)
    assert (ran.code, ran.out, ran.err) == (0, f"{value}\n", "")


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize(("given", "stored"), [("true", "true"), ("YES", "true"), ("0", "false")])
def test_a_flag_is_set_by_any_word_for_it(run, name, given, stored):
    ran = run("setting", "set", name, given)
    assert (ran.code, ran.out) == (0, f"set {name}\n")
    assert run("setting", "get", name).out == f"{stored}\n"


def test_a_setting_is_set_again_and_others_stay(run):
    run("setting", "set", "default_repo_type", "git")
    run("setting", "set", "default_repo_private", "on")
    run("setting", "set", "default_repo_private", "off")
    assert run("setting", "list").rows == [["default_repo_type", "git"], *FRESH[1:]]


def test_the_type_must_be_served(run):
    ran = run("setting", "set", "default_repo_type", "svn")
    refused(ran, "no plugin serves repositories of type `svn`; there are git, hg")
    assert run("setting", "list").rows == FRESH


@pytest.mark.parametrize("name", NAMES[1:])
def test_what_is_no_flag_is_refused(run, name):
    refused(run("setting", "set", name, "maybe"), f"invalid value for `{name}`: expected boolean")
    assert run("setting", "list").rows == FRESH


@pytest.mark.parametrize("command", [["get", "colour"], ["set", "colour", "red"]])
def test_an_unknown_setting_is_refused(run, command):
    refused(
        run("setting", *command),
        f"setting `colour` does not exist; there are {', '.join(NAMES)}",
    )


def test_a_new_repository_follows_the_settings(run, api):
    run("setting", "set", "default_repo_type", "git")
    run("setting", "set", "default_repo_private", "true")
    run("setting", "set", "default_repo_enable_downloads", "true")
    made = api.create_repo(repo_name="new")["repo"]
    assert (made["repo_type"], made["private"], made["enable_downloads"]) == ("git", True, True)
    assert (made["enable_locking"], made["enable_statistics"]) == (False, False)


@pytest.mark.parametrize("command", ["list", "get", "set"])
def test_every_command_has_help(run, command):
    ran = run("setting", command, "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage:")
