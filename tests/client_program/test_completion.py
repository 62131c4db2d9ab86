"""Completion in the real shells, fed from a server."""

import shutil
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from kallithea_host.client.completion import BREAKS, LINE
from tests.client_program.answering import Answering
from tests.client_program.described import DOCUMENT
from tests.client_program.shells import STARTS, Shell

KEY = "0123456789abcdef0123456789abcdef01234567"
OTHER_KEY = "f" * 40


@pytest.fixture(scope="module")
def describing():
    """A server that describes itself."""
    with Answering() as server:
        server.methods(**{"rpc.discover": DOCUMENT})
        yield server


@pytest.fixture(scope="module", params=STARTS)
def shell(request, describing, tmp_path_factory):
    """A shell that has learnt completion."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    home = tmp_path_factory.mktemp(request.param)
    (home / "a-value.txt").touch()
    environment = {"KALLITHEA_APIHOST": describing.host, "KALLITHEA_APIKEY": KEY}
    shell = Shell(request.param, home, **environment)
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("get_", "get_repo "),
        ("grant_", "grant_permission "),
        ("get_repo re", "get_repo repoid:"),
        ("get_repo repoid:x w", "get_repo repoid:x with_names:"),
        ("get_repo with_names:t", "get_repo with_names:true "),
        ("get_repo with_names=:f", "get_repo with_names=:false "),
        ("grant perm:w", "grant perm:write "),
        ("--for", "--format "),
        ("--format=j", "--format=json "),
        ("--format json get_", "--format json get_repo "),
        ("nonsense x", "nonsense x"),
    ],
)
def test_a_shell_completes(shell, typed, becomes):
    assert shell.completed(f"kallithea-api {typed}") == f"kallithea-api {becomes}"


@pytest.mark.parametrize("typed", ["get_repo repoid@:a-v", "--config a-v"])
def test_a_shell_completes_names_of_files(shell, typed):
    becomes = typed.replace("a-v", "a-value.txt")
    assert shell.completed(f"kallithea-api {typed}").rstrip() == f"kallithea-api {becomes}"


def test_what_is_typed_next_is_not_taken_for_a_key(shell):
    line = "kallithea-api --apikey-file=- get_"
    assert shell.completed(line) == line


def test_a_typed_key_shows_in_no_process_list(shell, describing, monkeypatch):
    looked = Event()
    monkeypatch.setattr(describing, "answer", lambda _: looked.wait(20) and {})
    asked = len(describing.asked)
    line = f"kallithea-api --apikey={OTHER_KEY} get_"
    shell.press_tab(line)
    shell.wait(lambda: len(describing.asked) > asked)
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if holds(path, OTHER_KEY)]
    looked.set()
    assert shell.line() == line


def test_a_silent_server_keeps_no_shell(tmp_path):
    with Answering() as silent:
        silent.answer = lambda _: silent.released.wait(20) and {}
        environment = {"KALLITHEA_APIHOST": silent.host, "KALLITHEA_APIKEY": KEY}
        with closing(Shell("bash", tmp_path, **environment)) as shell:
            assert shell.completed("kallithea-api get_") == "kallithea-api get_"
        assert not silent.released.is_set()


def holds(path, text):
    try:
        return text.encode() in path.read_bytes()
    except OSError:  # the process has ended
        return False


@pytest.fixture
def offered(at_server, server):
    """What a shell is told about a line."""
    server.methods(**{"rpc.discover": DOCUMENT})

    def offered(line, shell="zsh", breaks=""):
        names = {LINE: line, BREAKS: breaks, "_KALLITHEA_API_COMPLETE": f"{shell}_complete"}
        at_server.environment(**names)
        ran = at_server()
        assert (ran.code, ran.err) == (0, "")
        kind, *lines = ran.out.splitlines()
        assert kind == "plain"
        return lines

    return offered


def test_required_arguments_come_first_with_what_they_are(offered):
    assert offered("kallithea-api get_repo ") == [
        "repoid:\tid or full name.",
        "with_names:\twhether names come with it.",
    ]


@pytest.mark.parametrize("given", ["repoid:x", "repoid=:7", "repoid@:file"])
def test_an_argument_that_is_given_is_not_offered_again(offered, given):
    lines = offered(f"kallithea-api get_repo {given} ")
    assert [line.partition("\t")[0] for line in lines] == ["with_names:"]


def test_for_bash_only_what_follows_a_break_is_told(offered):
    lines = offered("kallithea-api get_repo with_names:t", "bash", " \t\n:=")
    assert lines == ["true \t"]


def test_where_a_colon_breaks_no_word_all_is_told(offered):
    assert offered("kallithea-api get_repo with_names:t", "bash") == ["with_names:true \t"]


def test_what_a_shell_could_misread_is_not_offered(offered):
    names = [line.split()[0] for line in offered("kallithea-api ")]
    assert names == ["get_repo", "grant", "grant_permission"]


def test_profiles_are_offered(offered, at_server):
    for name in ("home", "work"):
        saving = ("--save-config", "--apihost=http://x", "--apikey=x")
        assert at_server(f"--profile={name}", *saving).code == 0
    assert offered("kallithea-api --profile ") == ["home \t", "work \t"]


def test_the_server_is_the_one_that_is_named_on_the_line(offered, server):
    with Answering() as other:
        other.methods(**{"rpc.discover": {"methods": []}})
        assert offered(f"kallithea-api --apihost {other.host} ") == []
        assert len(other.asked) == 1
        assert server.asked == []


@pytest.mark.parametrize(
    "line",
    [
        "kallithea-api --profile none ",
        "kallithea-api --apikey=a --apikey-file=b ",
        "kallithea-api --apihost=nonsense ",
        "kallithea-api --apihost http://127.0.0.1:9 get",
        "kallithea-api 'unclosed ",
    ],
)
def test_what_goes_wrong_is_silent(offered, line):
    assert offered(line) == []


def test_a_server_that_talks_nonsense_offers_nothing(offered, server):
    server.methods(**{"rpc.discover": {"methods": [1]}})
    assert offered("kallithea-api ") == []


@pytest.mark.parametrize("shell", STARTS)
def test_what_a_shell_learns_is_printed(program, shell):
    ran = program("--completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "kallithea-api" in ran.out


def test_an_unknown_shell_is_wrong_usage(program):
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in program.wrong("--completion=csh")
