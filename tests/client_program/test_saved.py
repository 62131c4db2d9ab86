"""Which server is called with which key, and where both are kept."""

import json
import os
import stat

import pytest

OTHER_KEY = "f" * 40


def write(path, host, key):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"apikey": key, "apihost": host}))


def test_saving_makes_the_file_as_the_program_of_kallithea_does(program):
    ran = program("--save-config", "--apihost=http://localhost:5000", f"--apikey={program.key}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Created new config in {program.config}\n"
    assert program.config.read_text() == (
        f'{{\n    "apihost": "http://localhost:5000",\n    "apikey": "{program.key}"\n}}\n'
    )


def test_a_saved_file_is_its_owners_alone(program):
    program("--save-config", "--apihost=http://localhost:5000", f"--apikey={program.key}")
    assert stat.S_IMODE(program.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(program.config.parent.stat().st_mode) == 0o700


def test_saving_again_updates_the_file_and_shuts_it(program):
    write(program.config, "http://old", OTHER_KEY)
    program.config.chmod(0o644)
    ran = program("--save-config", "--apihost=http://localhost:5000", f"--apikey={program.key}")
    assert ran.out == f"Updated config in {program.config}\n"
    assert json.loads(program.config.read_text())["apikey"] == program.key
    assert stat.S_IMODE(program.config.stat().st_mode) == 0o600


def test_a_link_to_the_file_stays_a_link(program, tmp_path):
    program.config.parent.mkdir()
    program.config.symlink_to(tmp_path / "dotfiles")
    program("--save-config", "--apihost=http://localhost:5000", f"--apikey={program.key}")
    assert program.config.is_symlink()
    assert json.loads((tmp_path / "dotfiles").read_text())["apikey"] == program.key


def test_saving_makes_no_call(program, server):
    program("--save-config", f"--apihost={server.host}", f"--apikey={program.key}", "get_repo")
    assert server.asked == []


def test_the_file_may_be_another(program, tmp_path, server):
    file = tmp_path / "other"
    saving = ("--save-config", f"--apihost={server.host}", f"--apikey={program.key}")
    assert program("--config", file, *saving).out == f"Created new config in {file}\n"
    assert program("--config", file, "test").code == 0
    assert server.last.json["api_key"] == program.key


@pytest.mark.parametrize("missing", ["--apihost=http://localhost:5000", "--apikey=x"])
def test_saving_needs_both(program, missing):
    text = program.wrong("--save-config", missing)
    assert text == "--save-config requires --apikey and --apihost"
    assert not program.config.exists()


def test_saving_checks_the_address(program):
    text = program.wrong("--save-config", "--apihost=localhost:5000", "--apikey=x")
    assert text == ("`localhost:5000` is no address of a server: expected http://… or https://…")
    assert not program.config.exists()


def test_a_folder_that_cannot_be_written_is_one_line(program):
    program.config.parent.write_text("a file where the folder should be")
    ran = program("--save-config", "--apihost=http://localhost", f"--apikey={program.key}")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"kallithea-api: {program.config} cannot be written: ")


def test_an_old_file_is_read_as_it_is(program, server):
    program.saved(f'{{"apikey":"{program.key}","apihost":"{server.host}/","more":1}}')
    ran = program("test")
    assert ran.code == 0
    assert ran.out.startswith(f"Calling method test => {server.host}/\n")
    assert server.last.json["api_key"] == program.key


def test_without_file_and_options_nothing_is_called(program):
    assert program.wrong("get_repo", "repoid:x") == (
        "Could not find config file and missing --apikey or --apihost in params"
    )


@pytest.mark.parametrize("option", ["--apihost=http://localhost:5000", "--apikey=x"])
def test_half_of_it_is_not_enough(program, option):
    assert program.wrong(option, "test").startswith("Could not find config file")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"apihost": 1}', '"x"', "\x00"])
def test_a_broken_file_is_one_line(program, content):
    program.saved(content)
    ran = program("test")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"kallithea-api: {program.config} should be a JSON object")


def test_a_broken_file_does_not_matter_when_it_is_not_needed(program, server):
    program.saved("{")
    assert program("test", f"--apihost={server.host}", f"--apikey={program.key}").code == 0


def test_options_win_over_the_file(program, server):
    write(program.config, "http://127.0.0.1:9", OTHER_KEY)
    program("test", f"--apihost={server.host}", f"--apikey={program.key}")
    assert server.last.json["api_key"] == program.key


def test_either_option_wins_alone_as_ever(program, server):
    write(program.config, "http://127.0.0.1:9", program.key)
    program("test", f"--apihost={server.host}")
    assert server.last.json["api_key"] == program.key


def test_the_environment_wins_over_the_file(program, server):
    write(program.config, server.host, OTHER_KEY)
    program.environment(KALLITHEA_APIKEY=f"{program.key}\n")
    program("test")
    assert server.last.json["api_key"] == program.key


def test_options_win_over_the_environment(at_server, server):
    at_server("test", f"--apikey={OTHER_KEY}")
    assert server.last.json["api_key"] == OTHER_KEY


def test_an_account_without_a_home_needs_none(at_server, monkeypatch):
    homeless(monkeypatch)
    assert at_server("test").code == 0


def test_an_account_without_a_home_has_no_file(program, monkeypatch):
    homeless(monkeypatch)
    ran = program("test")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "kallithea-api: there is no home folder for ~/.config: HOME is not set\n"


def homeless(monkeypatch):
    """Be an account of a container: no HOME, and no entry in the list of accounts."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)


def test_an_empty_variable_says_nothing(program, server):
    write(program.config, server.host, program.key)
    program.environment(KALLITHEA_APIKEY="", KALLITHEA_APIHOST="")
    assert program("test").code == 0


def test_a_saved_key_is_not_sent_where_only_the_environment_points(program, server):
    write(program.config, "http://localhost:9", program.key)
    program.environment(KALLITHEA_APIHOST=server.host)
    assert program.wrong("test").startswith(f"the saved key is not for {server.host}")
    assert server.asked == []


def test_a_saved_key_is_for_the_same_address_wherever_that_is_named(program, server):
    write(program.config, f"{server.host}/", program.key)
    program.environment(KALLITHEA_APIHOST=server.host)
    assert program("test").code == 0


def test_a_key_may_stand_in_a_file(program, server, tmp_path):
    (tmp_path / "key").write_text(f"{program.key}\n")
    program("test", f"--apihost={server.host}", "--apikey-file", tmp_path / "key")
    assert server.last.json["api_key"] == program.key


def test_a_key_may_come_by_standard_input(program, server):
    program("test", f"--apihost={server.host}", "--apikey-file=-", stdin=program.key.encode())
    assert server.last.json["api_key"] == program.key


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff"])
def test_a_file_without_a_key_is_told(program, server, tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    text = program.wrong("test", f"--apihost={server.host}", f"--apikey-file={tmp_path / 'key'}")
    assert " holds no " in text


def test_a_key_is_given_in_one_way(program):
    text = program.wrong("test", "--apikey=x", "--apikey-file=y")
    assert text == "--apikey and --apikey-file exclude each other"


@pytest.fixture
def work(program, server):
    """A profile with the address and key of the server."""
    saving = ("--save-config", f"--apihost={server.host}", f"--apikey={program.key}")
    assert program("--profile=work", *saving).code == 0


def test_a_profile_is_called(program, server, work):
    write(program.config, "http://localhost:9", OTHER_KEY)
    assert program("--profile=work", "test").code == 0
    assert server.last.json["api_key"] == program.key


def test_a_profile_goes_before_the_environment(program, server, work):
    program.environment(KALLITHEA_APIHOST="http://localhost:9", KALLITHEA_APIKEY=OTHER_KEY)
    assert program("--profile=work", "test").code == 0
    assert server.last.json["api_key"] == program.key


def test_a_profile_leaves_the_old_programs_file_alone(program, work):
    assert not program.config.exists()


def test_a_profile_is_a_file_that_the_old_program_can_be_given(program, work, server):
    file = program.home / ".config/kallithea-host/profiles/work"
    assert json.loads(file.read_text()) == {"apihost": server.host, "apikey": program.key}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_key_of_a_profile_is_for_its_server_only(program, server, work):
    text = program.wrong("--profile=work", "--apihost=http://localhost:9", "test")
    assert text.startswith("the saved key is not for http://localhost:9")


def test_an_unknown_profile_is_told(program):
    assert program.wrong("--profile=none", "test").startswith("there is no profile `none`")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "-x", "x" * 65, "a\nb"])
def test_what_cannot_name_a_file_names_no_profile(program, name):
    text = program.wrong("--save-config", f"--profile={name}", "--apihost=http://x", "--apikey=x")
    assert "cannot be a profile's name" in text


def test_a_profile_and_a_file_exclude_each_other(program):
    text = program.wrong("--profile=x", "--config=y", "test")
    assert text == "--config and --profile exclude each other"
