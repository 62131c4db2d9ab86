"""Which permission rule decides after an import: the release's, unless the settings say another."""

import pytest

from kallithea_host.testing import overriding

OWN_NONE = "table-own-none"
"""A repository that everybody reads, and on which gina has a row that says none."""


@pytest.fixture(params=["as_imported", "highest", "most_specific"])
def settings(settings, request):
    return overriding(settings, permission_rule=request.param)


@pytest.fixture
def installation(release, unpack, tmp_path):
    (tmp_path / "old").mkdir()
    return unpack(release, tmp_path / "old")


def test_the_settings_stand_over_what_was_imported(host, installation, take_over, as_user):
    take_over(host, installation)
    before = installation.users["gina"]["permissions"]["repositories"][OWN_NONE]
    expected = {
        "as_imported": before,
        "highest": "repository.read",
        "most_specific": "repository.none",
    }
    now = as_user("gina").get_user()["permissions"]["repositories"][OWN_NONE]
    assert now == expected[host.settings.permission_rule]
    assert before == "repository.read"
