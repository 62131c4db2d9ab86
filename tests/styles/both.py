"""Fixtures that let every test of a folder run in both result styles; its ``conftest.py`` imports
them."""

import pytest

from kallithea_host.styles import STYLES
from kallithea_host.testing import overriding


@pytest.fixture(params=STYLES)
def style(request):
    """The value of ``api_result_style``."""
    return request.param


@pytest.fixture
def settings(settings, style):
    return overriding(settings, api_result_style=style)


@pytest.fixture
def by_style(style):
    """Choose from what is expected of each style."""

    def choose(*, documented, kallithea):
        return {"documented": documented, "kallithea": kallithea}[style]

    return choose
