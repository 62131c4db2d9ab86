import json

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.passwords import verify_password

DENIED = 1
USAGE = 2


@pytest.fixture
def password_hash(host):
    def find(username):
        users = schema.users
        with host.database.read() as db:
            return db.scalar(select(users.c.password_hash).where(users.c.username == username))

    return find


def one_line(ran, text):
    assert (ran.code, ran.out) == (DENIED, "")
    assert ran.err == f"kallithea-host: {text}\n"


def test_a_created_user_is_there_for_the_server_that_runs(run, api):
    ran = run(
        "user", "create", "bob", "--email", "Bob@Example.com", "--firstname", "Bob",
        "--lastname", "B.",
    )  # fmt: skip
    assert (ran.code, ran.out, ran.err) == (0, "created user bob (id 3)\n", "")
    user = api.get_user(userid="bob")
    assert (user["user_id"], user["email"]) == (3, "bob@example.com")
    assert (user["firstname"], user["lastname"]) == ("Bob", "B.")
    assert (user["active"], user["admin"]) == (True, False)
    assert (user["extern_type"], user["extern_name"]) == ("internal", "internal")
    assert api.as_key(user["api_key"]).get_user()["username"] == "bob"


def test_an_administrator_who_is_not_active_yet(run, api):
    run("user", "create", "root", "--admin", "--inactive", "--extern-type", "ldap")
    user = api.get_user(userid="root")
    assert (user["active"], user["admin"], user["ldap_dn"]) == (False, True, "")


def test_the_password_comes_from_standard_input(run, password_hash):
    run("user", "create", "bob", "--password-stdin", stdin="geheim ü\nmore\n")
    assert verify_password(password_hash("bob"), "geheim ü")


@pytest.mark.parametrize("options", [[], ["--no-password"]])
def test_without_a_terminal_nobody_is_asked_for_a_password(run, password_hash, options):
    assert run("user", "create", "bob", *options, stdin="geheim\n").code == 0
    assert password_hash("bob") is None


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(on_terminal, password_hash):
    ran = on_terminal("user", "create", "bob", typed="geheim\ngeheim\n")
    assert ran.code == 0, ran.out
    assert "geheim" not in ran.out
    assert verify_password(password_hash("bob"), "geheim")


def test_a_password_is_no_argument(run, password_hash):
    ran = run("user", "create", "bob", "--password", "geheim")
    assert ran.code == USAGE
    assert password_hash("bob") is None


def test_a_failure_is_told_with_its_reason_in_one_line(run):
    reason = "a user name is made of ASCII letters, digits, `_`, `-` and `.`"
    one_line(run("user", "create", "a b"), f"failed to create user `a b`: {reason}")


@pytest.mark.usefixtures("bob")
def test_what_is_taken_is_refused(run):
    one_line(run("user", "create", "BOB"), "user `BOB` already exist")
    ran = run("user", "create", "eve", "--email", "bob@example.com")
    one_line(ran, "email `bob@example.com` already exist")


@pytest.mark.parametrize(
    "command", [["create", "eve", "--password-stdin"], ["set-password", "bob", "--stdin"]]
)
@pytest.mark.usefixtures("bob")
def test_a_password_that_cannot_be_one_is_refused_and_not_repeated(run, password_hash, command):
    one_line(run("user", *command, stdin="x" * 1025), "a password has at most 1024 bytes")
    one_line(run("user", *command, stdin=""), "there is no password on standard input")
    one_line(run("user", *command, stdin="\n"), "there is no password on standard input")
    one_line(run("user", *command, stdin=b"\xff\n"), "the password on standard input is not UTF-8")
    assert password_hash("bob") is None


@pytest.mark.usefixtures("bob")
def test_a_new_password_by_standard_input(run, password_hash):
    ran = run("user", "set-password", "bob", "--stdin", stdin="geheim\r\n")
    assert (ran.code, ran.out) == (0, "set the password of bob\n")
    assert verify_password(password_hash("bob"), "geheim")


@pytest.mark.usefixtures("bob")
def test_a_new_password_on_a_terminal_must_be_typed_alike_twice(on_terminal, password_hash):
    ran = on_terminal("user", "set-password", "bob", typed="one\ntwo\nthree\nthree\n")
    assert ran.code == 0, ran.out
    assert "three" not in ran.out
    assert verify_password(password_hash("bob"), "three")


@pytest.mark.usefixtures("bob")
def test_without_a_terminal_standard_input_must_be_asked_for(run, password_hash):
    ran = run("user", "set-password", "bob", stdin="geheim\n")
    assert ran.code == USAGE
    assert "use --stdin" in ran.err
    assert password_hash("bob") is None


def test_whose_password_cannot_be_set(run):
    nobody = run("user", "set-password", "nobody", "--stdin", stdin="x\n")
    one_line(nobody, "user `nobody` does not exist")
    default = run("user", "set-password", "default", "--stdin", stdin="x\n")
    one_line(default, "editing default user is forbidden")


@pytest.mark.usefixtures("bob")
def test_the_list_is_a_line_a_user_for_programs(run):
    assert run("user", "list").rows == [
        ["2", "admin", "", "yes", "yes", "internal", ""],
        ["3", "bob", "bob@example.com", "yes", "no", "internal", ""],
    ]


def test_the_list_as_json_holds_no_keys(run, api, bob):
    ran = run("user", "list", "--json")
    assert json.loads(ran.out)[1] == {
        "user_id": 3, "username": "bob", "email": "bob@example.com", "active": True,
        "admin": False, "extern_type": "internal", "last_login": None,
    }  # fmt: skip
    assert bob["api_key"] not in ran.out
    assert api.get_user()["api_key"] not in ran.out


@pytest.mark.usefixtures("bob")
def test_the_list_is_a_table_on_a_terminal(on_terminal):
    ran = on_terminal("user", "list")
    assert ran.code == 0
    assert "username" in ran.out
    assert "bob@example.com" in ran.out


def test_names_with_control_characters_do_not_break_lines(run, host, bob):
    users = schema.users
    with host.database.write() as db:
        of_bob = users.c.user_id == bob["user_id"]
        db.execute(users.update().where(of_bob).values(username="b\n\x1b[31m\tb"))
    assert run("user", "list").rows[0][1] == "admin"
    assert run("user", "list").rows[1][1] == r"b\n\x1b[31m\tb"


@pytest.mark.parametrize("arguments", [["user", "create"], ["user", "list", "bob"], ["user", "x"]])
def test_wrong_usage_is_told_as_such(run, arguments):
    assert run(*arguments).code == USAGE


@pytest.mark.parametrize("group", ["user", "key", "ip", "email"])
def test_everything_has_help(run, group):
    ran = run(group, "--help")
    assert ran.code == 0
    for line in ran.out.partition("Commands:\n")[2].splitlines():
        command = line.split()[0]
        assert run(group, command, "--help").code == 0
        assert len(line.split()) > 2, line
