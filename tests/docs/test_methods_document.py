import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generate():
    """The program behind ``make docs``."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["methods.md", "settings.md"])
def test_a_document_is_what_make_docs_writes(generate, name):
    assert (DOCS / name).read_text(encoding="utf-8") == generate.DOCUMENTS[name]()


def test_every_argument_of_a_method_is_described(generate):
    methods, _, _ = generate.methods_document().partition("\n## Objects\n")
    undescribed = [
        line for line in methods.splitlines() if line.startswith("| `") and line.endswith("|  |")
    ]
    assert undescribed == []
