"""The documentation is one site, whose pages are found and whose links lead somewhere."""

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_every_page_is_in_the_navigation():
    index = (DOCS / "index.md").read_text("utf-8").splitlines()
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= set(index)


def test_the_pages_build_without_a_warning(tmp_path):
    build = [sys.executable, "-m", "sphinx", "--builder", "dummy", "--doctree-dir"]
    command = [*build, tmp_path / "trees", "--quiet", "--fail-on-warning", DOCS, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
