import json

import pytest

FRESH = [
    ["user", "default", "group.read"],
    ["user", "default", "hg.create.repository"],
    ["user", "default", "hg.create.write_on_repogroup.true"],
    ["user", "default", "hg.extern_activate.auto"],
    ["user", "default", "hg.fork.repository"],
    ["user", "default", "hg.register.manual_activate"],
    ["user", "default", "repository.read"],
    ["user", "default", "usergroup.read"],
]


@pytest.fixture
def devs(api):
    return api.create_user_group(group_name="devs")["user_group"]


def granted(run, *of):
    return [name for _, _, name in run("permission", "list", *of).rows]


def refused(ran, text):
    assert (ran.code, ran.out, ran.err) == (1, "", f"kallithea-host: {text}\n")


def test_a_fresh_installation_lists_what_everybody_has(run):
    assert run("permission", "list").rows == FRESH


def test_users_come_before_user_groups(run, bob, devs):
    run("permission", "grant", "--group", "devs", "hg.fork.none")
    run("permission", "grant", "--user", "bob", "hg.create.none")
    assert run("permission", "list").rows == [
        *FRESH,
        ["user", "bob", "hg.create.none"],
        ["group", "devs", "hg.fork.none"],
    ]


def test_the_list_of_one_user_or_user_group(run, bob, devs):
    run("permission", "grant", "--group", "devs", "hg.fork.none")
    assert run("permission", "list", "--group", "devs").rows == [["group", "devs", "hg.fork.none"]]
    assert run("permission", "list", "--user", "bob").rows == []
    assert run("permission", "list", "--user", "default").rows == FRESH


def test_the_list_as_json(run):
    listed = json.loads(run("permission", "list", "--json").out)
    assert listed[0] == {"kind": "user", "name": "default", "permission": "group.read"}


def test_a_user_is_granted_a_name_and_the_server_that_runs_obeys(run, api, bob):
    client = api.as_user("bob")
    denied = "Access was denied to this resource."
    assert client.error("create_user_group", group_name="new") == denied
    ran = run("permission", "grant", "--user", "bob", "hg.usergroup.create.true")
    assert (ran.code, ran.out) == (0, "granted hg.usergroup.create.true to user bob\n")
    assert client.create_user_group(group_name="new")["user_group"]["owner"] == "bob"
    ran = run("permission", "revoke", "--user", "bob", "hg.usergroup.create.true")
    assert (ran.code, ran.out) == (0, "revoked hg.usergroup.create.true from user bob\n")
    assert client.error("create_user_group", group_name="newer") == denied


def test_a_user_group_is_granted_a_name(run, api, bob, devs):
    api.add_user_user_group(usergroupid="devs", userid="bob")
    ran = run("permission", "grant", "--group", "devs", "hg.usergroup.create.true")
    assert (ran.code, ran.out) == (0, "granted hg.usergroup.create.true to group devs\n")
    assert api.as_user("bob").create_user_group(group_name="new")


def test_ids_do_as_well_as_names(run, bob, devs):
    run("permission", "grant", "--user", bob["user_id"], "hg.create.none")
    run("permission", "grant", "--group", devs["users_group_id"], "hg.create.none")
    assert granted(run, "--user", "bob") == granted(run, "--group", "devs") == ["hg.create.none"]


def test_a_name_takes_the_place_of_its_opposite(run, bob):
    for name in ("hg.create.none", "hg.fork.none", "hg.create.repository"):
        run("permission", "grant", "--user", "bob", name)
    assert granted(run, "--user", "bob") == ["hg.create.repository", "hg.fork.none"]


def test_of_three_names_one_holds(run):
    run("permission", "grant", "--user", "default", "hg.register.auto_activate")
    names = [name for name in granted(run, "--user", "default") if "register" in name]
    assert names == ["hg.register.auto_activate"]


def test_a_name_leaves_the_opposites_of_others_alone(run, bob):
    run("permission", "grant", "--user", "bob", "hg.create.none")
    assert run("permission", "list", "--user", "default").rows == FRESH


def test_granting_twice_is_granting_once(run, bob):
    for _ in range(2):
        assert run("permission", "grant", "--user", "bob", "hg.create.none").code == 0
    assert granted(run, "--user", "bob") == ["hg.create.none"]


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("repository.none", "repository.read"),
        ("group.write", "group.read"),
        ("usergroup.admin", "usergroup.read"),
    ],
)
def test_default_has_one_name_of_each_kind(run, name, before):
    assert run("permission", "grant", "--user", "default", name).code == 0
    names = {name for _, _, name in FRESH}
    assert set(granted(run, "--user", "default")) == names - {before} | {name}


def test_new_objects_give_everybody_what_default_has(run, api, bob):
    run("permission", "grant", "--user", "default", "usergroup.none")
    api.create_user_group(group_name="devs")
    assert api.as_user("bob").get_user_groups() == []


def test_the_name_of_a_kind_is_replaced_and_not_revoked(run):
    ran = run("permission", "revoke", "--user", "default", "repository.read")
    text = "`repository.read` cannot be revoked, only replaced: grant another of its kind"
    refused(ran, text)
    assert run("permission", "list").rows == FRESH


@pytest.mark.parametrize("option", ["--user", "--group"])
def test_only_default_has_names_of_kinds(run, bob, devs, option):
    name = {"--user": "bob", "--group": "devs"}[option]
    ran = run("permission", "grant", option, name, "repository.none")
    refused(ran, "`repository.none` is what new objects give to everybody: only for `default`")


def test_the_user_group_with_the_id_of_default_is_not_default(run, devs):
    assert devs["users_group_id"] == 1
    assert run("permission", "grant", "--group", "1", "repository.none").code == 1


@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_what_is_no_permission_is_refused(run, bob, command):
    ran = run("permission", command, "--user", "bob", "hg.create.repo")
    refused(ran, "permission `hg.create.repo` does not exist")


@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_nobody_is_made_an_administrator_here(run, bob, command):
    ran = run("permission", command, "--user", "bob", "hg.admin")
    refused(ran, "`hg.admin` is not granted: it is a flag of the user")


def test_only_what_was_granted_is_revoked(run, bob):
    ran = run("permission", "revoke", "--user", "bob", "hg.create.repository")
    refused(ran, "permission `hg.create.repository` was not granted to user `bob`")


@pytest.mark.parametrize(
    "command", [["list"], ["grant", "hg.create.none"], ["revoke", "hg.create.none"]]
)
def test_an_unknown_user_or_user_group_does_not_exist(run, command):
    ran = run("permission", *command, "--user", "nobody")
    refused(ran, "user `nobody` does not exist")
    ran = run("permission", *command, "--group", "nothing")
    refused(ran, "user group `nothing` does not exist")


@pytest.mark.parametrize("whom", [[], ["--user", "bob", "--group", "devs"]])
@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_it_is_wrong_usage_not_to_name_exactly_one(run, bob, devs, command, whom):
    ran = run("permission", command, *whom, "hg.create.none")
    assert (ran.code, ran.out) == (2, "")
    assert "name either a user or a user group" in ran.err


def test_listing_both_a_user_and_a_user_group_is_wrong_usage(run, bob, devs):
    assert run("permission", "list", "--user", "bob", "--group", "devs").code == 2


def test_anonymous_access_is_off_at_first(run):
    assert run("permission", "anonymous").out == "off\n"


def test_anonymous_access_is_the_active_flag_of_default(run, api):
    assert (run("permission", "anonymous", "on").out) == "on\n"
    assert run("permission", "anonymous").out == "on\n"
    assert api.get_user(userid="default")["active"] is True
    assert run("permission", "anonymous", "off").out == "off\n"
    assert api.get_user(userid="default")["active"] is False


def test_anonymous_access_is_on_or_off(run):
    assert run("permission", "anonymous", "maybe").code == 2


@pytest.mark.parametrize("command", ["list", "grant", "revoke", "anonymous"])
def test_every_command_has_help(run, command):
    ran = run("permission", command, "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage:")
