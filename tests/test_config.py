"""Settings: from defaults, a file, assignments and options, checked before anything starts."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from kallithea_host.config import ConfigError, Settings, ignored_options, load


@pytest.fixture
def ini(tmp_path):
    def write(text):
        path = tmp_path / "settings.ini"
        path.write_text(text)
        return path

    return write


def refused(path=None, overrides=None, assignments=()):
    with pytest.raises(ConfigError) as caught:
        load(path, overrides or {}, assignments)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_no_file_is_needed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings.data_dir == tmp_path / "kallithea-data"
    assert settings.repositories == tmp_path / "kallithea-data" / "repositories"
    assert settings.url == f"sqlite:///{tmp_path}/kallithea-data/kallithea.db"
    assert settings.listen == ("tcp:5000:interface=127.0.0.1",)


def test_every_setting_says_what_it_is_for():
    assert all(option.metadata["about"] for option in fields(Settings))


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Settings().body_limit = 5


def test_a_file_gives_settings_of_all_kinds(ini, tmp_path):
    path = ini(
        "[DEFAULT]\ndebug = false\n"
        "[app:main]\nuse = egg:kallithea\nsqlalchemy.url = sqlite:///%(here)s/a%20b.db\n"
        "[kallithea-host]\ndata_dir = %(here)s/data\nrepositories = %(here)s/repos\n"
        "listen =\n  tcp:1\n  tcp:2:interface=a, b\nclone_uri_allow = a, b\n  10.0.0.0/8\n"
        "BODY_LIMIT = 1000\nstop_grace = 1.5\nshow_keys = never\n"
        "[plugins]\ndisabled = vcs_hg vcs_git\n"
        "[plugin:tickets]\ncolour = 100%% red\nplace = %(here)s\n"
        "[server:main]\nport = 5000\n"
    )
    settings = load(path, {})
    assert settings.url == f"sqlite:///{tmp_path}/a%20b.db"
    assert settings.data_dir == tmp_path / "data"
    assert settings.repositories == tmp_path / "repos"
    assert settings.listen == ("tcp:1", "tcp:2:interface=a, b")
    assert settings.clone_uri_allow == ("a", "b", "10.0.0.0/8")
    assert (settings.body_limit, settings.stop_grace, settings.show_keys) == (1000, 1.5, "never")
    assert settings.plugins_disabled == ("vcs_hg", "vcs_git")
    assert settings.plugin_options == {"tickets": {"colour": "100%% red", "place": str(tmp_path)}}


def test_what_kallithea_s_section_has_beyond_ours_is_listed(ini):
    path = ini(
        "[DEFAULT]\ndebug = x\n[app:main]\nuse = x\nlang = de\nsqlalchemy.url = sqlite:///x\n"
    )
    assert ignored_options(path) == ["lang", "use"]
    assert ignored_options(ini("[kallithea-host]\n")) == []


def test_a_default_of_the_whole_file_counts_for_kallithea_s_section(ini):
    assert load(ini("[DEFAULT]\nsqlalchemy.url = sqlite:///x\n"), {}).url == "sqlite:///x"


@pytest.mark.parametrize("section", ["kallithea-host", "plugins"])
def test_an_unknown_option_of_ours_is_an_error(ini, section):
    path = ini(f"[{section}]\ntypo = 1\n")
    assert refused(path) == f"unknown option `typo` in section [{section}]"


def test_the_command_line_stands_over_assignments_and_they_over_the_file(ini):
    path = ini("[kallithea-host]\nbody_limit = 1\nqueue_limit = 1\nvcs_threads = 1\n")
    settings = load(path, {"body_limit": 3}, ["queue_limit=2", "body_limit=2"])
    assert (settings.body_limit, settings.queue_limit, settings.vcs_threads) == (3, 2, 1)


def test_an_option_that_was_not_given_stands_over_nothing(ini):
    settings = load(ini("[kallithea-host]\nshow_keys = own\n"), {"show_keys": None})
    assert settings.show_keys == "own"


@pytest.mark.parametrize("text", ["typo=1", "body_limit", "", "=1", "plugin_options=x"])
def test_an_assignment_names_a_setting(text):
    assert refused(assignments=[text]).startswith("no setting is called `")


def test_relative_folders_become_absolute(ini, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = ini("[kallithea-host]\ndata_dir = d\nrepositories = r\naccess_log = a\n")
    settings = load(Path(path.name), {})
    assert settings.data_dir == tmp_path / "d"
    assert settings.repositories_dir == tmp_path / "r"
    assert settings.access_log == tmp_path / "a"


def test_an_empty_folder_setting_is_the_default(ini, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(ini("[kallithea-host]\nrepositories =\naccess_log =\n"), {})
    assert (settings.repositories_dir, settings.access_log) == (None, None)


@pytest.mark.parametrize(
    ("assignment", "text"),
    [
        ("api_result_style=fancy", "`api_result_style` must be one of documented"),
        ("show_keys=all", "`show_keys` must be one of documented, own, never"),
        (
            "permission_rule=none",
            "`permission_rule` must be one of as_imported, most_specific, highest",
        ),
        ("body_limit=much", "`body_limit` is no number: much"),
        ("body_limit=1.5", "`body_limit` is no number: 1.5"),
        ("body_limit=", "`body_limit` is no number: "),
        ("body_limit=0", "`body_limit` must be 1 or more"),
        ("vcs_threads=-1", "`vcs_threads` must be 1 or more"),
        ("nesting_limit=1001", "`nesting_limit` must be from 2 to 500"),
        ("digits_limit=5000", "`digits_limit` must be from 20 to 4300"),
        ("stop_grace=nan", "`stop_grace` must be 0 or more"),
        ("listen=", "`listen` is empty: the server would answer nobody"),
        (
            "trusted_proxies=10.0.0.0/8 nonsense",
            "`trusted_proxies` holds no address or network: nonsense",
        ),
        ("remote_addr_header=X Y", "`remote_addr_header` is no name of a header"),
        (
            "clone_uri_schemes=http file",
            "`clone_uri_schemes` may hold http, https and ssh, not file",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_one_line(assignment, text):
    assert refused(assignments=[assignment]).startswith(text)


@pytest.mark.parametrize(
    "text", ["no section", "[a]\nx = 1\nx = 2\n", "[a]\n[a]\n", "[a\n", "\xff"]
)
def test_a_file_that_is_no_ini_file_is_told_in_one_line(tmp_path, text):
    path = tmp_path / "bad.ini"
    path.write_bytes(text.encode("latin-1"))
    assert refused(path).startswith(f"cannot read {path}: ")


def test_a_missing_file_is_told_in_one_line(tmp_path):
    assert refused(tmp_path / "none.ini").startswith(f"cannot read {tmp_path}/none.ini: ")
    assert refused(tmp_path).startswith(f"cannot read {tmp_path}: ")


def test_the_text_form_of_the_settings_holds_no_password():
    assert "secret" not in repr(Settings(database_url="postgresql://user:secret@host/name"))


@pytest.mark.parametrize("name", ["repositories", "repositories_dir"])
def test_an_assignment_names_a_setting_as_the_file_does_too(name, tmp_path):
    assert load(None, {}, [f"{name}={tmp_path}"]).repositories == tmp_path
