"""What docs/json-rpc-2.md shows can be sent, and is answered as it says; it lists every code."""

import json
import re
from pathlib import Path

import pytest

from kallithea_host.dialects.codes import CODES

DOCUMENT = Path(__file__).parents[2] / "docs" / "json-rpc-2.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(set(CODES.values()), key=lambda code: code.number))
def test_every_code_is_listed(code):
    message = f"`{code.message}`" if code.message else "the error's text"
    assert f"| {code.number} | {message} | {code.meaning} |" in TEXT.splitlines()


def test_no_other_code_is_listed():
    rows = [line for line in TEXT.splitlines() if line.startswith("| -32")]
    assert len(rows) == len(set(CODES.values()))


def test_the_call_that_is_shown_works(api):
    (body,) = re.findall("--data-binary '(.*)'", TEXT)
    answer = api.post(body.encode(), headers={"Authorization": f"Bearer {api._key}"})
    assert json.loads(answer.body)["result"]["username"] == "admin"


def test_the_error_that_is_shown_is_the_one_that_is_sent(api):
    (shown,) = re.findall(r'^    (\{"code".*?\}\]\}\})$', TEXT, re.MULTILINE | re.DOTALL)
    asked = {"jsonrpc": "2.0", "id": 1, "method": "get_repo", "params": {"repo_id": 5}}
    assert api.ask(asked | {"api_key": api._key})["error"] == json.loads(shown)


def test_the_batch_that_is_shown_is_answered(api):
    api.create_repo(repo_name="tools/deploy")
    (shown,) = re.findall(r"^    (\[\{.*?\}\])$", TEXT, re.MULTILINE | re.DOTALL)
    headers = {"Authorization": f"Bearer {api._key}"}
    first, second = json.loads(
        api.post(shown.replace("…", api._key).encode(), headers=headers).body
    )
    assert first["result"]["username"] == "admin"
    assert second["result"]["repo_name"] == "tools/deploy"
