"""What docs/command-line-client.md shows can be typed, one after the other, in a fresh home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kallithea_host.client.program import program
from kallithea_host.testing.twistd import Daemon
from tests.client_program.shells import STARTS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "command-line-client.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SHOWN = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
] + re.findall(r"^    (kallithea-api .*)$", README, re.MULTILINE)
EXAMPLES = [
    line.strip() for line in (program.epilog or "").splitlines() if "  kallithea-api" in line
]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with Daemon(tmp_path_factory.mktemp("daemon")) as daemon:
        yield daemon


@pytest.fixture
def typing(daemon, tmp_path):
    """Type lines in an empty home, at a server that has what they speak of."""
    key = (daemon.data_dir / "admin-api-key").read_text()
    (tmp_path / "README.txt").write_text("Puts it where it belongs.\n")
    for name in ("admin-api-key", "key"):
        (tmp_path / name).write_text(key)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }

    def typing(line):
        line = line.replace("https://kallithea.example.com", f"http://127.0.0.1:{daemon.port}")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=tmp_path,
            env=environment,
            input="secret\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout

    return typing


def test_there_is_something_to_type():
    assert len(SHOWN) > 14
    assert len(EXAMPLES) == 5


def test_everything_shown_can_be_typed_in_turn(typing):
    for line in SHOWN:
        typing(line)


def test_the_examples_of_the_help_can_be_typed_in_turn(typing, daemon):
    daemon.api.delete_user(userid="bob")
    for line in EXAMPLES:
        typing(line)


@pytest.mark.parametrize("shell", STARTS)
def test_a_shell_learns_completion_as_it_is_tested(shell):
    learn = STARTS[shell][1].rpartition("; ")[2].replace("|", "\\|")
    assert f"`{learn}`" in DOCUMENT


@pytest.mark.parametrize(
    "option", [parameter.opts[-1] for parameter in program.params if parameter.opts[0][0] == "-"]
)
def test_every_option_is_told(option):
    assert option in DOCUMENT
