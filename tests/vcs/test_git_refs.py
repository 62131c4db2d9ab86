"""Refs of Git read while others write them."""

import subprocess

import pytest

from kallithea_plugins.vcs_git import refs

OLD, NEW = b"a" * 40, b"b" * 40
BRANCHES = (b"refs/heads/one", b"refs/heads/two")


@pytest.fixture
def git_dir(tmp_path):
    """A repository whose branches are single files, as Git writes them."""
    path = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", "--bare", path], check=True)
    for name in BRANCHES:
        (path / name.decode()).write_bytes(OLD + b"\n")
    return path


def branches(git_dir):
    found = refs.read_refs(git_dir)
    return {found[name] for name in BRANCHES}


def write(git_dir):
    refs.write_refs(git_dir, dict.fromkeys(BRANCHES, NEW), lambda _: None)


def test_what_is_written_between_two_looks_is_seen_whole(git_dir, monkeypatch):
    look, looks = refs._loose, []

    def look_and_let_others_write(path):
        found = list(look(path))
        if not looks:
            looks.append(1)
            write(path)
        return iter(found)

    refs.write_refs(git_dir, {BRANCHES[1]: OLD}, lambda _: None)  # one packed, one a file
    monkeypatch.setattr(refs, "_loose", look_and_let_others_write)
    assert branches(git_dir) == {NEW}


def test_at_every_step_of_writing_the_old_or_the_new_state_is_read(git_dir, monkeypatch):
    seen, unlink = [], refs.Path.unlink

    def look_and_unlink(path, **more):
        seen.append(branches(git_dir))
        unlink(path, **more)
        seen.append(branches(git_dir))

    monkeypatch.setattr(refs.Path, "unlink", look_and_unlink)
    write(git_dir)
    assert len(seen) == 2 * len(BRANCHES)
    assert all(state in ({OLD}, {NEW}) for state in seen)
    assert branches(git_dir) == {NEW}
