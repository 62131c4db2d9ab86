"""Single files, and all files of a changeset on their way into an archive."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from kallithea_host import archives
from kallithea_host.files import File, FileKind
from kallithea_host.vcs import UnknownPath, UnknownRevision, VcsError
from kallithea_plugins.vcs_git.backend import GitBackend
from kallithea_plugins.vcs_hg.backend import HgBackend
from tests.vcs import trees
from tests.vcs.clients import Link, Script

if TYPE_CHECKING:
    from tests.vcs.clients import Files

WAYS = {
    "hg": ("hg", HgBackend()),
    "git": ("git", GitBackend()),
    "dulwich": ("git", GitBackend(use_program=False)),
}
FILES: Files = {
    "README": "ž\n",
    "tool": Script("#!/bin/sh\n"),
    "docs/latest": Link("guide.txt"),
    "docs/guide.txt": "g\n",
    "Přehled dne.txt": "p\n",
    "picture": bytes(range(256)) * 1000,
    "empty": "",
    "deep/" * 30 + "down": "d\n",
    "tab\there": "t\n",
}

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture(scope="module")
def made(clients, tmp_path_factory):
    """A repository of each type, and its changeset."""
    folder = tmp_path_factory.mktemp("files")
    found = {}
    for alias, client in clients.items():
        client.init(folder / alias)
        found[alias] = folder / alias, client.commit(folder / alias, FILES)
    return found


@pytest.fixture(params=WAYS)
def place(request, made):
    """A backend, a repository, and its changeset."""
    alias, backend = WAYS[request.param]
    return backend, *made[alias]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("README", File(3, FileKind.FILE)),
        ("tool", File(10, FileKind.EXECUTABLE)),
        ("docs/latest", File(9, FileKind.LINK)),
        ("picture", File(256_000, FileKind.FILE)),
        ("empty", File(0, FileKind.FILE)),
        ("Přehled dne.txt", File(2, FileKind.FILE)),
    ],
)
def test_size_and_kind_of_a_file_are_told(place, name, expected):
    backend, path, raw_id = place
    assert backend.file(path, raw_id, name) == expected


def test_how_much_reading_a_file_takes_is_told_unless_only_reading_it_would_tell(place):
    backend, path, raw_id = place
    expected = None if backend is WAYS["dulwich"][1] else 256_000
    assert backend.weight(path, raw_id, "picture") == expected


def test_a_version_of_hg_is_as_heavy_as_the_largest_that_it_is_built_upon(clients, tmp_path):
    hg, backend, path = clients["hg"], WAYS["hg"][1], tmp_path / "repo"
    hg.init(path)
    content = b"".join(b"%06d\n" % number for number in range(1000)) * 40
    first = hg.commit(path, {"file": content})
    second = hg.commit(path, {"file": content[:100_000]}, parent=first, hour=13)
    assert backend.file(path, second, "file").size == 100_000
    assert backend.weight(path, second, "file") == len(content)


def test_a_content_comes_as_it_was_committed(place):
    backend, path, raw_id = place
    assert b"".join(backend.content(path, raw_id, "picture")) == FILES["picture"]
    assert b"".join(backend.content(path, raw_id, "docs/latest")) == b"guide.txt"


@pytest.mark.parametrize(
    "name",
    ["docs", "docs/", "/README", "", "nothing", "README/x", "a\nb", "../README", "\udc80", "\0"],
)
def test_what_is_no_file_is_told(place, name):
    backend, path, raw_id = place
    with pytest.raises(UnknownPath):
        backend.file(path, raw_id, name)
    with pytest.raises(UnknownPath):
        backend.weight(path, raw_id, name)
    with pytest.raises(UnknownPath):
        list(backend.content(path, raw_id, name))


@pytest.mark.parametrize("raw_id", ["tip", "0", "", "-1", "--help", "f" * 39])
def test_only_full_ids_are_taken(place, raw_id):
    backend, path, _ = place
    calls = [
        lambda: backend.file(path, raw_id, "README"),
        lambda: backend.weight(path, raw_id, "README"),
        lambda: list(backend.content(path, raw_id, "README")),
        lambda: list(backend.diff(path, raw_id)),
        lambda: list(backend.patch(path, raw_id)),
        lambda: backend.stats(path, raw_id),
        lambda: list(backend.export(path, raw_id).members),
    ]
    for call in calls:
        with pytest.raises(UnknownRevision):
            call()


def test_a_submodule_is_no_file_and_an_empty_folder_in_archives(clients, tmp_path):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    git.commit(path, {"a": "1\n"})
    stream = b"commit refs/heads/main\ncommitter C <c@x> 1577876400 +0000\ndata 1\nx\n"
    stream += b"from refs/heads/main^0\nM 160000 %s sub\n" % (b"1" * 40)
    git.run("-C", str(path), "fast-import", "--quiet", stdin=stream)
    raw_id = git.run("-C", str(path), "rev-parse", "main").strip()
    for way in ("git", "dulwich"):
        backend = WAYS[way][1]
        with pytest.raises(UnknownPath):
            backend.file(path, raw_id, "sub")
        members = trees.exported(backend, path, raw_id)
        assert members[b"sub"] == (FileKind.FOLDER, b"")
        assert b"Subproject commit 111" in b"".join(backend.diff(path, raw_id))


def unpacked(packed, form, folder):
    """The tree in an archive, unpacked by a client, without its one top folder."""
    folder.mkdir()
    (folder.parent / f"a{form}").write_bytes(packed)
    command = ("unzip", "-^", "-q") if form == ".zip" else ("tar", "-xf")
    trees.run(*command, str(folder.parent / f"a{form}"), cwd=folder)
    (top,) = folder.iterdir()
    assert top.name == "top-1"
    return trees.read(top)


@pytest.mark.parametrize("form", archives.MEDIA_TYPES)
def test_an_archive_unpacks_to_the_tree_that_the_program_itself_gives(place, form, tmp_path, hg):
    backend, path, raw_id = place
    packed = b"".join(archives.pack(backend.export(path, raw_id), form, "top-1"))
    if backend.alias == "git":
        archive = trees.run("git", "archive", "--prefix=top-1/", raw_id, cwd=path)
        expected = unpacked(archive, ".tar", tmp_path / "theirs")
    else:
        out = tmp_path / "theirs"
        hg.run("--cwd", str(path), "archive", "--rev", raw_id, str(out))
        expected = trees.read(out)
    assert unpacked(packed, form, tmp_path / "ours") == expected


def test_an_archive_of_hg_says_what_it_is(made, tmp_path, hg):
    path, raw_id = made["hg"]
    about = next(HgBackend().export(path, raw_id).members)
    hg.run("--cwd", str(path), "archive", "--rev", raw_id, str(tmp_path / "theirs"))
    assert about.path == b".hg_archival.txt"
    assert b"".join(about.chunks) == (tmp_path / "theirs" / ".hg_archival.txt").read_bytes()


@pytest.mark.parametrize("form", archives.MEDIA_TYPES)
def test_an_archive_is_the_same_every_time(place, form):
    backend, path, raw_id = place
    first, again = (
        b"".join(archives.pack(backend.export(path, raw_id), form, "top-1")) for _ in range(2)
    )
    assert first == again


FORGED = {
    "a path that leads up": [b"100644 ..", b"100644 ok"],
    "a file through a link": [b"120000 l", b"40000 l"],
    "a link that is there twice": [b"100644 l", b"120000 l"],
}


@pytest.mark.parametrize("form", archives.MEDIA_TYPES)
@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_tree_unpacks_below_its_folder_with_and_without_git(
    clients, tmp_path, forged, form
):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    tree = forged_tree(path, FORGED[forged])
    raw_id = (
        trees.run(
            *("git", "-c", "user.name=A", "-c", "user.email=a@x", "commit-tree", "-m", "x", tree),
            cwd=path,
        )
        .decode()
        .strip()
    )
    git.run("-C", str(path), "update-ref", "refs/heads/main", raw_id)
    outcomes = []
    for way in ("git", "dulwich"):
        export = WAYS[way][1].export(path, raw_id)
        packed = b"".join(archives.pack(export, form, "top-1"))
        folder = tmp_path / way / "unpacked"
        folder.parent.mkdir()
        outcomes.append(unpacked(packed, form, folder))
        assert [entry.name for entry in folder.parent.iterdir() if entry != folder] == [f"a{form}"]
    assert outcomes[0] == outcomes[1]


def forged_tree(path, entries):
    """A tree with these entries, which no program of Git's would make."""
    blob = trees.run("git", "hash-object", "-w", "--stdin", cwd=path, stdin=b"/tmp").strip()
    inner = b"100644 x\0" + bytes.fromhex(blob.decode())
    store = ("git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
    folder = trees.run(*store, cwd=path, stdin=inner).strip()
    ids = {True: bytes.fromhex(folder.decode()), False: bytes.fromhex(blob.decode())}
    raw = b"".join(entry + b"\0" + ids[entry.startswith(b"40000")] for entry in entries)
    return trees.run(*store, cwd=path, stdin=raw).decode().strip()


def test_git_archive_converts_as_attributes_say(clients, tmp_path):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    files = {".gitattributes": "*.bat text eol=crlf\nv export-subst\n", "a.bat": "1\n"}
    raw_id = git.commit(path, files | {"v": "$Format:%H$\n"})
    packed = b"".join(archives.pack(GitBackend().export(path, raw_id), ".tar", "top-1"))
    tree = unpacked(packed, ".tar", tmp_path / "unpacked")
    assert tree[b"a.bat"][1] == b"1\r\n"
    assert tree[b"v"][1] == f"{raw_id}\n".encode()


def test_archives_tell_which_changeset_they_are_of(place):
    backend, path, raw_id = place
    tar, zipped = (
        io.BytesIO(b"".join(archives.pack(backend.export(path, raw_id), form, "t")))
        for form in (".tar", ".zip")
    )
    with tarfile.open(fileobj=tar) as opened:
        assert opened.pax_headers["comment"] == raw_id
    assert zipfile.ZipFile(zipped).comment == raw_id.encode()


IGNORING: Files = {
    ".gitattributes": "*.log export-ignore\nsecret/ export-ignore\n/top export-ignore\n"
    "docs/*.txt export-ignore\n# comment\nkept.log -export-ignore\n[ export-ignore\n",
    "a.log": "",
    "kept.log": "",
    "deep/b.log": "",
    "deep/secret/x": "",
    "secret/y": "",
    "deep/top": "",
    "top": "",
    "docs/a.txt": "",
    "docs/sub/a.txt": "",
    "sub/.gitattributes": "only export-ignore\n",
    "sub/only": "",
    "sub/deep/only": "",
    "only": "",
}


@pytest.mark.parametrize("way", ["git", "dulwich"])
def test_what_git_archive_leaves_out_is_left_out(clients, tmp_path, way):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    raw_id = git.commit(path, IGNORING)
    archive = trees.run("git", "archive", "--prefix=top-1/", raw_id, cwd=path)
    theirs = unpacked(archive, ".tar", tmp_path / "theirs")
    assert trees.exported(WAYS[way][1], path, raw_id) == theirs


def test_nothing_of_a_repositorys_configuration_reaches_git(clients, tmp_path):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    first = git.commit(path, {"a": "1\n"})
    second = git.commit(path, {"a": "2\n"})
    expected = b"".join(GitBackend().diff(path, second))
    touched = tmp_path / "touched"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {touched}\n")
    script.chmod(0o755)
    with (path / "config").open("a") as config:
        config.write(f"[diff]\n\texternal = {script}\n\tnoprefix = true\n[core]\n")
        config.write(f"\tfsmonitor = {script}\n\tpager = {script}\n")
        config.write(f'[diff "x"]\n\ttextconv = {script}\n')
    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "attributes").write_text("* diff=x\n")
    git.run("-C", str(path), "replace", second, first)
    assert b"".join(GitBackend().diff(path, second)) == expected
    assert not touched.exists()


def test_a_program_that_nobody_reads_from_leaves_nothing(clients, tmp_path, monkeypatch):
    git, path = clients["git"], tmp_path / "repo"
    git.init(path)
    raw_id = git.commit(path, {str(number): "x" * 9000 for number in range(200)})
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    members = GitBackend().export(path, raw_id).members
    next(members)
    assert list(folder.iterdir())
    members.close()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("way", WAYS)
def test_damaged_data_are_told(way, clients, tmp_path):
    alias, backend = WAYS[way]
    path = tmp_path / "repo"
    clients[alias].init(path)
    raw_id = clients[alias].commit(path, {"a": "content of a file\n" * 50})
    stored = path / (".hg/store/data" if alias == "hg" else "objects")
    for file in stored.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"x" * len(file.read_bytes()))
    with pytest.raises(VcsError):
        list(archives.pack(backend.export(path, raw_id), ".tar", "top"))
