from pathlib import Path

import pytest

from kallithea_host.config import Settings
from kallithea_host.loading import installed
from kallithea_host.registry import Registry

DOCUMENT = (Path(__file__).parents[2] / "docs" / "views.md").read_text("utf-8")
VIEWS = Registry(installed()[0], Settings()).views


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_documented_with_its_name_and_its_urls(name):
    assert f"`{name}`" in DOCUMENT
    view = VIEWS[name]
    below = "/<repo>/" if view.of_repository else "/"
    missing = [p.text for p in view.patterns if f"`{below}{p.text}`" not in DOCUMENT]
    assert missing == []
