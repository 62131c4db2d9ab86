"""An import that fails, or is killed, at any step has changed nothing, and can be repeated."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.importing import disk, people, projects
from kallithea_host.storage import checks, intents, layout

OPERATOR = Path(__file__).parents[1] / "acceptance/faulty_operator.py"
STEPS = {
    "the beginning": (intents, "begin", 1),
    "copying": (disk, "copied", 1),
    "the disk's cache": (layout, "make_durable", 1),
    "planning": (intents, "plan_moves", 1),
    "users": (people, "write", 1),
    "repositories": (projects, "write", 1),
    "the first repository": (layout, "move", 1),
    "the last repository": (layout, "move", 8),
    "directories of groups": (intents, "finish", 1),
}


def failing(monkeypatch, module, name, count, when):
    """Let the disk be full before or after a function's call of that number."""
    function, calls = getattr(module, name), []

    def fail(*args, **named):
        calls.append(name)
        if when == "before" and len(calls) == count:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        result = function(*args, **named)
        if len(calls) == count:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return result

    monkeypatch.setattr(module, name, fail)


def state(host):
    """Every row, and every directory beside repositories in the making."""
    with host.database.read() as db:
        tables = schema.metadata.sorted_tables
        rows = {table.name: db.execute(select(table)).all() for table in tables}
    root = host.settings.repositories
    return rows, sorted(path for path in root.rglob("*") if path.name != ".tmp")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_full_disk_leaves_nothing_behind(host, installation, take_over, monkeypatch, step, when):
    before, old = state(host), installation.contents()
    with monkeypatch.context() as patched:
        failing(patched, *step, when)
        with pytest.raises(OSError, match="No space left"):
            take_over(host, installation)
    assert state(host) == before
    assert installation.contents() == old
    take_over(host, installation)
    assert list(checks.findings(host, verify=False)) == []


def test_something_in_the_way_stands_against_it(import_, data_dir):
    (data_dir / "repositories/remote").mkdir(parents=True)
    ran = import_("--copy", "--dry-run")
    why = f"something lies at its place in {data_dir / 'repositories'} already"
    assert ran.about("problem") == [["repository `remote`", why]]


def test_what_gets_in_the_way_at_the_last_moment_is_left_alone(
    host, installation, take_over, monkeypatch
):
    there = host.settings.repositories / "remote"
    copy = disk.copied

    def copied(*args):
        (there / "kept").mkdir(parents=True)
        return copy(*args)

    monkeypatch.setattr(disk, "copied", copied)
    with pytest.raises(FileExistsError, match="something lies at remote already"):
        take_over(host, installation)
    assert (there / "kept").is_dir()
    assert {path.name for path in host.settings.repositories.iterdir()} == {".tmp", "remote"}


KILLS = [
    "after commit 1",  # the first start's rows
    "after layout.make_durable 1",
    "after commit 3",
    "after layout.move 5",
    "before commit 4",
]


@pytest.mark.parametrize("fault", KILLS)
def test_an_import_that_was_killed_can_be_repeated(
    import_, installation, data_dir, tmp_path, fault
):
    file = tmp_path / "fault"
    file.write_text(f"{fault} kill")
    command = [sys.executable, OPERATOR, file, "--data-dir", data_dir, "import", "--copy"]
    command += ["--database-url", installation.url, "--repositories", installation.root]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert ended.returncode == -9
    cut_off = "was cut off" in import_("--copy", "--dry-run").err
    assert cut_off == (fault != KILLS[0])
    assert import_("--copy").code == 0
    assert list((data_dir / "repositories/.tmp").iterdir()) == []
    assert (data_dir / "repositories/top/sub/nested/HEAD").exists()
