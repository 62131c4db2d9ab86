"""The options of ``twistd kallithea``."""

import pytest

from kallithea_host.tap import Options


def settings(*arguments):
    options = Options()
    options.parseOptions(arguments)
    return options.settings


def test_without_options_everything_has_its_default():
    assert settings().listen == ("tcp:5000:interface=127.0.0.1",)


def test_options_are_settings(tmp_path):
    given = settings("-d", str(tmp_path), "--result-style", "documented", "--access-log", "a.log")
    assert given.data_dir == tmp_path
    assert given.access_log.is_absolute()


def test_endpoints_and_assignments_add_up():
    given = settings(
        "-l", "tcp:1", "--listen", "tcp:2", "-s", "vcs_threads=9", "--set", "show_keys=own"
    )
    assert given.listen == ("tcp:1", "tcp:2")
    assert (given.vcs_threads, given.show_keys) == (9, "own")


def test_what_is_wrong_is_told_in_one_line():
    with pytest.raises(SystemExit) as ended:
        settings("--set", "vcs_threads=0")
    assert ended.value.code == "kallithea: `vcs_threads` must be 1 or more"


def test_arguments_that_are_no_options_are_refused():
    with pytest.raises(Exception, match="Wrong number of arguments"):
        settings("start")
