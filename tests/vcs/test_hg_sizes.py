"""Sizes of files in Mercurial repositories, of which large ones are told without reading them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from kallithea_host.files import File, FileKind
from kallithea_host.vcs import VcsError
from kallithea_plugins.vcs_hg.backend import HgBackend

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vcs.clients import HgClient

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

NOISE = random.Random(1).randbytes(400_000)
WORDS = b"".join(b"%d words\n" % number for number in range(200_000))
CONTENTS = {
    "incompressible": b"n" + NOISE,
    "beginning with zero": b"\0" + NOISE,
    "beginning like metadata": b"\x01\n" + NOISE,
    "compressed": WORDS,
    "compressed, beginning like metadata": b"\x01\n" + WORDS,
    "one byte": b"\x01",
}


@pytest.fixture(params=["zstd", "zlib", "none"])
def compressing(request: pytest.FixtureRequest, hg: HgClient, tmp_path: Path) -> Path:
    """An empty repository that compresses in some way."""
    path = tmp_path / "repo"
    hg.run("init", "--config", f"format.revlog-compression={request.param}", str(path))
    return path


def test_sizes_are_those_of_the_contents(compressing: Path, hg: HgClient) -> None:
    backend = HgBackend()
    raw_id = hg.commit(compressing, CONTENTS)
    told = {name: backend.file(compressing, raw_id, name).size for name in CONTENTS}
    assert told == {name: len(content) for name, content in CONTENTS.items()}


def test_a_copy_is_as_large_as_what_it_was_copied_from(compressing: Path, hg: HgClient) -> None:
    hg.commit(compressing, CONTENTS)
    here = ("--cwd", str(compressing))
    hg.run(*here, "update", "tip")
    hg.run(*here, "copy", "incompressible", "copied")
    hg.run(*here, "commit", "--user=B", "--message=copied")
    copy = HgBackend().file(compressing, hg.run(*here, "log", "-rtip", "-T{node}"), "copied")
    assert copy == File(len(CONTENTS["incompressible"]), FileKind.FILE)


def test_the_size_of_a_large_file_is_told_without_reading_its_end(
    hg: HgClient, tmp_path: Path
) -> None:
    backend, path = HgBackend(), tmp_path / "repo"
    hg.init(path)
    raw_id = hg.commit(path, {"large": NOISE})
    stored = path / ".hg/store/data/large.d"
    stored.write_bytes(stored.read_bytes()[:-1] + b"!")
    assert backend.file(path, raw_id, "large").size == len(NOISE)
    with pytest.raises(VcsError):
        list(backend.content(path, raw_id, "large"))
