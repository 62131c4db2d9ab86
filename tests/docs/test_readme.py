"""What README.md shows can be typed."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^    kallithea-host --data-dir \S+ (.*)$", README, re.MULTILINE)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BODIES = re.findall(r'^    (\{"id".*?\}\})$', README, re.MULTILINE | re.DOTALL)


def test_there_is_something_to_type():
    assert len(COMMANDS) > 3
    assert len(BODIES) > 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_operators_program_works(host, command):
    program = [Path(sys.executable).with_name("kallithea-host")]
    options = ["--data-dir", host.settings.data_dir]
    if host.settings.database_url:
        config = host.settings.data_dir / "test.ini"
        config.write_text(f"[app:main]\nsqlalchemy.url = {host.settings.database_url}\n")
        options += ["--config", config]
    subprocess.run([*program, *options, *shlex.split(command)], check=True, capture_output=True)


def test_its_calls_are_answered_one_after_the_other(api):
    for body in BODIES:
        request = json.loads(body)
        api.call(request["method"], request["args"])


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_target_of_make_is_there(document):
    targets = set(
        re.findall(r"^    make (\w+)", (ROOT / document).read_text("utf-8"), re.MULTILINE)
    )
    known = set(re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert targets
    assert targets <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []
