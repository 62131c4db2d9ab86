"""The code that docs/plugins.md shows is the example's own."""

import re
from pathlib import Path

import pytest

from kallithea_host import testing

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "plugins.md").read_text("utf-8"), re.DOTALL
)
EXAMPLE = "\n".join(
    path.read_text("utf-8") for path in (ROOT / "examples").rglob("kallithea_host_example/*.py")
)


@pytest.mark.parametrize("line", ['methods = Methods("example")', "class FrozenGroups"])
def test_the_document_shows_the_example(line):
    assert any(line in code for code in SHOWN)


@pytest.mark.parametrize(
    "name", ["count_repositories", "add", "kallithea_event", "kallithea_settings"]
)
def test_every_line_that_is_shown_stands_in_the_example(name):
    (shown,) = (code for code in SHOWN if f"def {name}(" in code)
    lines = [line.strip() for line in shown.splitlines()]
    missing = [line for line in lines if line != "..." and line not in EXAMPLE]
    assert missing == []


def test_every_fixture_of_the_test_kit_is_listed():
    page = (ROOT / "docs" / "testing-plugins.md").read_text("utf-8")
    cells = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)
    listed = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    kind = type(testing.api)
    fixtures = {name for name, made in vars(testing).items() if isinstance(made, kind)}
    named_in_the_text = {"pools"}
    for_the_kit_itself = {"fresh_database"}
    assert fixtures - for_the_kit_itself == listed | named_in_the_text
