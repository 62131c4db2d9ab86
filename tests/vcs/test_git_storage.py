"""What only Git has, on disk: layouts, borrowed objects, forks, repair and verification."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from kallithea_host.vcs import EMPTY, UnknownRevision, VcsError
from kallithea_plugins.vcs_git.backend import GitBackend
from kallithea_plugins.vcs_git.refs import read_refs
from tests.vcs.clients import GitClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.vcs.conftest import History

git = GitClient()
backend = GitBackend()


@pytest.fixture
def alias() -> str:
    """Only this type."""
    return "git"


@pytest.fixture
def without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where the program is not installed."""
    monkeypatch.setenv("PATH", "/nonexistent")


def run(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command in the repository prints."""
    return git.run("-C", str(path), *arguments, stdin=stdin).strip()


def files(path: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {
        str(each.relative_to(path)): each.read_bytes() if each.is_file() else b""
        for each in path.rglob("*")
    }


def test_a_created_repository_begins_on_master_and_has_no_hooks(tmp_path: Path) -> None:
    backend.create(tmp_path / "r")
    assert run(tmp_path / "r", "symbolic-ref", "HEAD") == "refs/heads/master"
    assert run(tmp_path / "r", "rev-parse", "--is-bare-repository") == "true"
    assert not (tmp_path / "r" / "hooks").exists()
    assert git.problems(tmp_path / "r") == ""


def test_refs_that_are_packed_while_they_are_read_are_still_there(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_refs(history.path)
    listed = os.walk

    def pack_after_listing(folder: Path) -> list[tuple[str, list[str], list[str]]]:
        names = list(listed(folder))
        monkeypatch.undo()
        run(history.path, "pack-refs", "--all", "--prune")
        return names

    monkeypatch.setattr(os, "walk", pack_after_listing)
    assert read_refs(history.path) == before
    assert not list((history.path / "refs" / "heads").iterdir())


@pytest.fixture
def with_working_tree(history: History, tmp_path: Path) -> Path:
    """A clone with files, made by hand."""
    path = tmp_path / "tree"
    git.run("clone", "--quiet", "--branch=feature", str(history.path), str(path))
    return path


def test_a_repository_with_a_working_tree_is_served(
    history: History, with_working_tree: Path, tmp_path: Path
) -> None:
    assert backend.is_repository(with_working_tree)
    assert backend.tip(with_working_tree).raw_id == history.third
    assert "README" in backend.nodes(with_working_tree, history.third, "").files
    backend.fork(with_working_tree, tmp_path / "fork")
    assert run(tmp_path / "fork", "rev-parse", "--is-bare-repository") == "true"
    assert backend.resolve(tmp_path / "fork", "feature") == history.third


def test_committed_files_are_not_taken_for_the_repository(
    history: History, with_working_tree: Path
) -> None:
    shutil.copytree(history.path, with_working_tree, dirs_exist_ok=True)
    git.commit(with_working_tree / ".git", {"x": "x"}, branch="feature", hour=20)
    ours = run(with_working_tree / ".git", "rev-parse", "feature")
    assert backend.resolve(with_working_tree, "feature") == ours


@pytest.mark.parametrize("part", ["HEAD", "objects", "refs"])
def test_a_layout_with_symbolic_links_is_no_repository(
    history: History, tmp_path: Path, part: str
) -> None:
    (history.path / part).rename(tmp_path / part)
    (history.path / part).symlink_to(tmp_path / part)
    assert not backend.is_repository(history.path)
    with pytest.raises(VcsError):
        backend.tip(history.path)


def test_a_git_file_or_link_that_points_elsewhere_is_not_followed(
    history: History, tmp_path: Path
) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / ".git").write_text(f"gitdir: {history.path}\n")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / ".git").symlink_to(history.path)
    (tmp_path / "commondir" / "refs").mkdir(parents=True)
    (tmp_path / "commondir" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "commondir" / "commondir").write_text(f"{history.path}\n")
    assert not backend.is_repository(tmp_path / "file")
    assert not backend.is_repository(tmp_path / "link")
    assert not backend.is_repository(tmp_path / "commondir")


@pytest.mark.parametrize(
    "config",
    [
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n",
        "[core]\n\trepositoryformatversion = 2\n",
        "[core\n",
    ],
)
def test_formats_that_cannot_be_read_are_not_recognised(history: History, config: str) -> None:
    (history.path / "config").write_text(config)
    assert not backend.is_repository(history.path)
    with pytest.raises(VcsError):
        backend.tip(history.path)


@pytest.mark.parametrize("extension", ["objectFormat = SHA1", "preciousObjects = true"])
def test_formats_that_make_no_difference_are_recognised(history: History, extension: str) -> None:
    config = f"[core]\n\tRepositoryFormatVersion = 1\n[extensions]\n\t{extension}\n"
    (history.path / "config").write_text(config)
    assert backend.is_repository(history.path)
    assert backend.tip(history.path).raw_id == history.third


def test_included_configuration_is_not_read(history: History, tmp_path: Path) -> None:
    (tmp_path / "more").write_text("[extensions]\n\tpartialClone = origin\n")
    (history.path / "config").write_text(f"[include]\n\tpath = {tmp_path / 'more'}\n")
    assert backend.is_repository(history.path)


def test_a_repository_without_a_configuration_is_served(history: History) -> None:
    (history.path / "config").unlink()
    assert backend.tip(history.path).raw_id == history.third


def test_a_shallow_clone_made_by_hand_is_served(history: History, tmp_path: Path) -> None:
    url = f"file://{history.path}"
    git.run("clone", "--quiet", "--bare", "--depth=1", "-b", "feature", url, str(tmp_path / "s"))
    assert backend.tip(tmp_path / "s").revision == 0
    backend.fork(tmp_path / "s", tmp_path / "fork")
    assert backend.resolve(tmp_path / "fork", 0) == history.third
    assert backend.verify(tmp_path / "fork") == []


@pytest.mark.usefixtures("without_git")
def test_a_shallow_clone_is_sound(history: History) -> None:
    (history.path / "shallow").write_text(history.second + "\n")
    assert backend.verify(history.path) == []


@pytest.fixture
def borrower(history: History, tmp_path: Path) -> Path:
    """A repository with one commit of its own that has all others from elsewhere."""
    git.run("clone", "--quiet", "--bare", "--shared", str(history.path), str(tmp_path / "borrower"))
    git.commit(tmp_path / "borrower", {"x": "x"}, branch="main", hour=20)
    return tmp_path / "borrower"


def test_borrowed_objects_are_read(history: History, borrower: Path) -> None:
    assert backend.tip(borrower).revision == 3
    assert backend.nodes(borrower, history.first, "docs/api").files == ["docs/api/index.txt"]
    assert backend.resolve(borrower, history.third[:8]) == history.third


def test_a_fork_of_a_borrower_is_whole(history: History, borrower: Path, tmp_path: Path) -> None:
    backend.fork(borrower, tmp_path / "fork")
    shutil.rmtree(borrower)
    shutil.rmtree(history.path)
    assert git.problems(tmp_path / "fork") == ""
    assert backend.tip(tmp_path / "fork").revision == 3


def test_repositories_that_borrow_from_each_other_do_no_harm(
    history: History, borrower: Path
) -> None:
    info = history.path / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"# back\n{borrower / 'objects'}\n../objects\n")
    with pytest.raises(UnknownRevision):
        backend.resolve(history.path, "f" * 40)
    assert backend.tip(history.path).raw_id == history.third


def test_a_fork_links_objects_and_copies_nothing_but_data(history: History, tmp_path: Path) -> None:
    run(history.path, "repack", "-adq")
    git.commit(history.path, {"x": "x"}, hour=20)
    (history.path / "hooks").mkdir(exist_ok=True)
    (history.path / "hooks" / "post-update").write_text("#!/bin/sh\n")
    (history.path / "objects" / "pack" / "tmp_pack_1").write_text("x")
    backend.fork(history.path, tmp_path / "fork")
    parts = {each.split("/")[0] for each in files(tmp_path / "fork")}
    assert parts == {"HEAD", "config", "objects", "refs", "packed-refs"}
    objects = [each for each in (tmp_path / "fork" / "objects").rglob("*") if each.is_file()]
    assert objects
    for each in objects:
        assert each.samefile(history.path / each.relative_to(tmp_path / "fork"))
        assert "tmp" not in each.name
    assert run(tmp_path / "fork", "symbolic-ref", "HEAD") == "refs/heads/main"


def test_a_fork_that_fails_leaves_nothing_behind(history: History, tmp_path: Path) -> None:
    wrong_ref(history.path)
    with pytest.raises(VcsError):
        backend.fork(history.path, tmp_path / "fork")
    assert not (tmp_path / "fork").exists()


def test_a_fork_has_annotated_tags_and_other_refs(history: History, tmp_path: Path) -> None:
    run(history.path, "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-amx", "note", "main")
    run(history.path, "update-ref", "refs/notes/commits", history.first)
    backend.fork(history.path, tmp_path / "fork")
    assert run(tmp_path / "fork", "show-ref", "-d") == run(history.path, "show-ref", "-d")
    packed = (tmp_path / "fork" / "packed-refs").read_text()
    assert f"^{history.second}\n" in packed


def test_objects_are_copied_where_links_cannot_be_made(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_links)
    backend.fork(history.path, tmp_path / "fork")
    assert git.problems(tmp_path / "fork") == ""


def test_the_default_description_is_none(history: History) -> None:
    text = "Unnamed repository; edit this file 'description' to name the repository.\n"
    (history.path / "description").write_text(text)
    assert backend.description(history.path) == ""
    (history.path / "description").write_bytes(b" Caf\xe9\n")
    assert backend.description(history.path) == "Caf\N{REPLACEMENT CHARACTER}"


def test_a_description_that_is_a_link_is_not_read(history: History, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (history.path / "description").unlink(missing_ok=True)
    (history.path / "description").symlink_to(tmp_path / "secret")
    assert backend.description(history.path) == ""


LEFT_BEHIND = [
    *("HEAD.lock", "config.lock", "packed-refs.lock", "refs/heads/main.lock"),
    *("refs/heads/new/deep.lock", "objects/pack/pack-1.idx.lock", "objects/info/x.lock"),
    *("objects/tmp_pack_a1", "objects/pack/tmp_idx_a1", "objects/pack/tmpab_12.pack"),
    *("objects/00/tmp_obj_a1", "objects/incoming-a1/pack/pack-1.pack"),
    "objects/tmp_objdir-incoming-a1/00/x",
]


def test_repairing_removes_what_killed_writers_leave(history: History) -> None:
    before = files(history.path / "objects")
    for name in LEFT_BEHIND:
        (history.path / name).parent.mkdir(parents=True, exist_ok=True)
        (history.path / name).write_bytes(b"half")
    backend.repair(history.path)
    left = [name for name in LEFT_BEHIND if (history.path / name).exists()]
    assert left == []
    after = files(history.path / "objects")
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if "incoming" in name]
    git.commit(history.path, {"x": "x"}, hour=20)
    assert git.problems(history.path) == ""


def test_repairing_removes_a_link_and_not_what_it_leads_to(
    history: History, tmp_path: Path
) -> None:
    (tmp_path / "precious").mkdir()
    (history.path / "objects" / "incoming-x").symlink_to(tmp_path / "precious")
    backend.repair(history.path)
    assert (tmp_path / "precious").is_dir()
    assert not (history.path / "objects" / "incoming-x").is_symlink()


def test_repairing_indexes_a_pack_whose_writer_was_killed_before_it_did(history: History) -> None:
    run(history.path, "repack", "-adq")
    [index] = (history.path / "objects" / "pack").glob("*.idx")
    content = index.read_bytes()
    index.unlink()
    backend.repair(history.path)
    assert index.read_bytes() == content
    assert git.problems(history.path) == ""


def damaged_pack(path: Path) -> None:
    """Change a byte amid the objects."""
    run(path, "repack", "-adq")
    [pack] = (path / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0xFF
    pack.write_bytes(content)


def missing_object(path: Path) -> None:
    """Lose a file that the oldest commit has."""
    run(path, "repack", "-adq")
    [pack] = (path / "objects" / "pack").glob("*.pack")
    content = pack.read_bytes()
    for each in (path / "objects" / "pack").iterdir():
        each.unlink()
    run(path, "unpack-objects", "-q", stdin=content)
    blob = run(path, "rev-parse", "main:docs/guide.txt")
    (path / "objects" / blob[:2] / blob[2:]).unlink()


def damaged_object(path: Path) -> None:
    """Replace an object by another."""
    blob = run(path, "hash-object", "-w", "--stdin", stdin=b"one")
    other = run(path, "hash-object", "-w", "--stdin", stdin=b"other")
    where = path / "objects" / other[:2] / other[2:]
    where.unlink()
    shutil.copy(path / "objects" / blob[:2] / blob[2:], where)


def lost_ref(path: Path) -> None:
    """Empty a ref, as a power failure does."""
    (path / "refs" / "heads" / "lost").write_bytes(b"")


def wrong_ref(path: Path) -> None:
    """Let a ref name an object that is not there."""
    (path / "refs" / "heads" / "wrong").write_text("1" * 40 + "\n")


DAMAGE = [damaged_pack, missing_object, damaged_object, lost_ref, wrong_ref]


@pytest.mark.parametrize("damage", DAMAGE)
def test_git_finds_damage(history: History, damage: Callable[[Path], None]) -> None:
    assert backend.verify(history.path) == []
    damage(history.path)
    assert backend.verify(history.path)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_without_git(
    history: History, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(history.path)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert backend.verify(history.path)


def test_a_repository_cannot_silence_its_own_verification(history: History) -> None:
    tree = run(history.path, "rev-parse", "main^{tree}")
    text = f"tree {tree}\nauthor A 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
    words = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    made = run(history.path, *words, stdin=text.encode())
    run(history.path, "update-ref", "refs/heads/main", made)
    (history.path / "config").write_text("[fsck]\n\tmissingEmail = ignore\n")
    assert git.problems(history.path) == ""
    assert "missingEmail" in "".join(backend.verify(history.path))


@pytest.mark.usefixtures("without_git")
def test_all_local_work_needs_no_git(history: History, tmp_path: Path) -> None:
    backend.create(tmp_path / "new")
    assert backend.tip(tmp_path / "new") == EMPTY
    backend.fork(history.path, tmp_path / "fork")
    assert backend.tip(tmp_path / "fork").raw_id == history.third
    assert backend.nodes(tmp_path / "fork", history.third, "").dirs
    backend.repair(tmp_path / "fork")
    assert backend.verify(tmp_path / "fork") == []
    assert backend.verify(tmp_path / "new") == []
