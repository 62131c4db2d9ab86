"""Contents in packs: what is stored as a whole is read piece by piece, with the program or not."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import VcsError
from kallithea_plugins.vcs_git import stored
from kallithea_plugins.vcs_git.backend import GitBackend
from kallithea_plugins.vcs_git.repository import opened
from tests.vcs.clients import GitClient

if TYPE_CHECKING:
    from pathlib import Path

NOISE = random.Random(1).randbytes(1_000_000)
CONTENTS = {
    "empty": b"",
    "short": b"fourteen bytes",
    "noise": NOISE,
    "words": b"".join(b"%d words\n" % number for number in range(100_000)),
    "piece": NOISE[: stored.PIECE],
    "similar": NOISE[:500_000] + b"!" + NOISE[500_000:],
}
"""Of ``noise``, ``piece`` and ``similar`` some are stored as differences from another."""
git = GitClient()


@pytest.fixture(params=[True, False], ids=["with git", "without git"])
def backend(request: pytest.FixtureRequest) -> GitBackend:
    return GitBackend(use_program=request.param)


def packed(path: Path, contents: dict[str, bytes]) -> str:
    """Make a repository with one changeset, all in one pack; its id."""
    git.init(path)
    raw_id = git.commit(path, contents)
    git.run("-C", str(path), "repack", "-adq")
    return raw_id


def whole(path: Path, names: dict[str, bytes]) -> set[str]:
    """The files that are stored as a whole."""
    with opened(path) as found:
        ids = {name: git.run("-C", str(path), "rev-parse", f"main:{name}") for name in names}
        return {n for n, i in ids.items() if stored.find_stored(found, i.strip().encode())}


def test_sizes_and_contents_are_as_committed(backend: GitBackend, tmp_path: Path) -> None:
    raw_id = packed(tmp_path / "repo", CONTENTS)
    assert {"empty", "short", "words"} < whole(tmp_path / "repo", CONTENTS) < set(CONTENTS)
    for name, content in CONTENTS.items():
        assert b"".join(backend.content(tmp_path / "repo", raw_id, name)) == content
        assert backend.file(tmp_path / "repo", raw_id, name).size == len(content)


def test_without_git_the_weight_of_what_is_stored_as_a_whole_is_known(tmp_path: Path) -> None:
    backend, path = GitBackend(use_program=False), tmp_path / "repo"
    raw_id = packed(path, CONTENTS)
    known = {name for name in CONTENTS if backend.weight(path, raw_id, name) is not None}
    assert known == whole(path, CONTENTS)


def test_no_piece_is_larger_than_the_others(backend: GitBackend, tmp_path: Path) -> None:
    raw_id = packed(tmp_path / "repo", {"noise": NOISE, "zeros": bytes(3 * stored.PIECE)})
    for name in ("noise", "zeros"):
        *pieces, _last = map(len, backend.content(tmp_path / "repo", raw_id, name))
        assert set(pieces) == {stored.PIECE}


def test_borrowed_contents_are_read_where_they_are(backend: GitBackend, tmp_path: Path) -> None:
    raw_id = packed(tmp_path / "lender", {"noise": NOISE})
    git.run("clone", "--quiet", "--bare", "--shared", str(tmp_path / "lender"), f"{tmp_path}/repo")
    assert b"".join(backend.content(tmp_path / "repo", raw_id, "noise")) == NOISE
    assert whole(tmp_path / "repo", {"noise": NOISE}) == {"noise"}


@pytest.mark.parametrize("said", [13, 15])
def test_a_content_that_is_not_as_long_as_it_says_is_told(
    said: int, backend: GitBackend, tmp_path: Path
) -> None:
    path = tmp_path / "repo"
    raw_id = packed(path, {"short": CONTENTS["short"]})
    assert forged(path, b"\x3e\x78", bytes([0x30 + said, 0x78]))
    with pytest.raises(VcsError, match="not as long"):
        list(backend.content(path, raw_id, "short"))


def forged(path: Path, what: bytes, by: bytes) -> bool:
    """Replace bytes of the only pack; whether they were there, and once."""
    (pack,) = path.glob("objects/pack/*.pack")
    data = pack.read_bytes()
    pack.chmod(0o644)
    pack.write_bytes(data.replace(what, by))
    return data.count(what) == 1


def test_a_damaged_content_is_told(backend: GitBackend, tmp_path: Path) -> None:
    path = tmp_path / "repo"
    raw_id = packed(path, {"noise": NOISE})
    assert forged(path, NOISE[600_000:600_020], NOISE[:20])
    with pytest.raises(VcsError, match="incorrect data check"):
        list(backend.content(path, raw_id, "noise"))


def test_a_pack_that_ends_too_early_is_told(tmp_path: Path) -> None:
    path = tmp_path / "repo"
    packed(path, {"noise": NOISE})
    with opened(path) as found:
        blob_id = git.run("-C", str(path), "rev-parse", "main:noise").strip()
        place = stored.find_stored(found, blob_id.encode())
        place.pack.chmod(0o644)
        os.truncate(place.pack, 600_000)
        with pytest.raises(VcsError, match="in the middle of a content"):
            list(place.pieces())
