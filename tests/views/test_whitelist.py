"""The whitelist: how it is written, and what is said of names that mean nothing."""

import pytest

from kallithea_host import config, whitelist
from kallithea_host.loading import installed
from kallithea_host.registry import Registry

VIEWS = Registry(installed()[0], config.Settings()).views


@pytest.mark.parametrize(
    "text",
    [
        "FilesController:raw, ChangesetController:changeset_patch",
        "\n    FilesController:raw\n    ChangesetController:changeset_patch",
        "  FilesController:raw ,\n ,, ChangesetController:changeset_patch,  ",
    ],
)
def test_names_stand_between_commas_blanks_and_lines(tmp_path, text):
    path = tmp_path / "kallithea.ini"
    path.write_text(f"[app:main]\napi_access_controllers_whitelist = {text}\n")
    assert config.load(path, {}).api_access_controllers_whitelist == (
        "FilesController:raw",
        "ChangesetController:changeset_patch",
    )


def test_it_is_empty_by_default():
    assert config.Settings().api_access_controllers_whitelist == ()


@pytest.mark.parametrize(
    "name",
    [
        *VIEWS,
        "FilesController:archivefile",
        "ChangesetController:index",
        "SummaryController:index",
        "PullrequestsController:show",
        "GistsController:index",
        "ReposController:__before__",
    ],
)
def test_views_and_pages_of_kallithea_are_known(name):
    assert list(whitelist.unknown([name], VIEWS)) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("FilesController:rawfiles", ", did you mean FilesController:rawfile?"),
        ("filescontroller:raw", ", did you mean FilesController:raw?"),
        ("everything", ""),
        ("*", ""),
    ],
)
def test_an_unknown_name_is_told_with_the_one_that_may_be_meant(name, hint):
    (line,) = whitelist.unknown(["FilesController:raw", name], VIEWS)
    assert line == f"`api_access_controllers_whitelist` names no view: {name}{hint}"


@pytest.mark.parametrize(
    "url", ["ftp://x", "hg.example.org", "https://x/?a", "https://u@x", "https://", "https://x y"]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(config.ConfigError, match="canonical_url"):
        config.load(None, {"canonical_url": url})
